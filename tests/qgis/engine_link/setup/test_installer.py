from __future__ import annotations

import os
import re
import stat
import sys
import threading
import time
from pathlib import Path

import pytest
from fake_wheels import write_wheel
from scene_search.engine_link.engine_log import EngineLog
from scene_search.engine_link.environment import EngineEnvironment, EnvironmentState
from scene_search.engine_link.errors import (
    EngineCancelledError,
    EngineSetupError,
    InterpreterError,
)
from scene_search.engine_link.setup import installer as installer_module
from scene_search.engine_link.setup.installer import EngineInstaller, InstallPlan
from scene_search.engine_link.setup.lock import install_lock

pytestmark = pytest.mark.usefixtures("qgis_app")

FAKE = Path(__file__).resolve().parents[3] / "support" / "fake_engine.py"


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "Räder aus Holz"
    write_wheel(folder, "sstiny", "1.2", requires=("ssdep",))
    write_wheel(folder, "ssdep", "0.3")
    return folder


@pytest.fixture
def make(tmp_path, wheels, quick_interpreter):
    """Return a function that makes an installer and one that tells what it said."""
    said = []

    def make_installer(*, is_cancelled=lambda: False, **changes):
        options = {
            "environment": EngineEnvironment(tmp_path / "profile ü" / "engine-0.1.0"),
            "requirements": ["sstiny>=1"],
            "wheel_folder": str(wheels),
            "launcher": FAKE,
            **changes,
        }
        plan = InstallPlan(**options)
        made = EngineInstaller(
            plan, EngineLog(), lambda share, text: said.append((share, text)), is_cancelled
        )
        return made, plan.environment

    make_installer.said = said
    return make_installer


def left_over(environment):
    return sorted(path.name for path in environment.directory.parent.glob("*"))


def test_installs_from_a_folder_of_wheels_without_a_network(make, monkeypatch):
    # any way to a network is closed: a proxy that is not there
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    # the whole way, with the pip that comes with the interpreter
    own = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info[1]}"
    made, environment = make(interpreter=str(own))
    facts = made.install()
    assert facts["packages"]["sstiny"] == "1.2"
    assert facts["packages"]["ssdep"] == "0.3"
    assert Path(facts["executable"]) == environment.python
    assert environment.facts()["engine"] == facts
    assert left_over(environment) == ["engine-0.1.0"]
    shares = [share for share, _ in make.said]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_half_made_environment_is_rebuilt_and_older_versions_go(make, monkeypatch):
    made, environment = make()
    assert environment.state() is EnvironmentState.ABSENT
    rubbish = environment.directory / "bin" / "rubbish"
    rubbish.parent.mkdir(parents=True)
    rubbish.write_text("left by a crash")
    assert environment.state() is EnvironmentState.PARTIAL
    older = EngineEnvironment(environment.directory.with_name("engine-0.0.9"))
    older.directory.mkdir(parents=True)
    older.mark_ready()
    environment.directory.with_name("engine-notes").mkdir()
    made.install()
    assert environment.state() is EnvironmentState.READY
    assert not rubbish.exists()
    assert left_over(environment) == ["engine-0.1.0", "engine-notes"]
    monkeypatch.setattr("scene_search.engine_link.environment.requirements_digest", lambda: "x")
    assert environment.state() is EnvironmentState.OUTDATED
    environment.marker.unlink()
    assert environment.state() is EnvironmentState.PARTIAL


def test_setting_up_again_keeps_the_old_engine_when_it_fails(make, tmp_path):
    made, environment = make()
    made.install()
    first = environment.facts()
    empty = tmp_path / "other wheels"
    write_wheel(empty, "unrelated")
    again, _ = make(wheel_folder=str(empty))
    with pytest.raises(EngineSetupError):
        again.install()
    assert environment.state() is EnvironmentState.READY
    assert environment.facts() == first
    assert left_over(environment) == ["engine-0.1.0"]


def test_a_missing_wheel_is_named(make, tmp_path):
    folder = tmp_path / "some"
    write_wheel(folder, "sstiny", "1.2", requires=("ssdep",))
    made, environment = make(wheel_folder=str(folder))
    with pytest.raises(EngineSetupError, match="has no ssdep") as caught:
        made.install()
    assert "pip download" in caught.value.hint
    assert left_over(environment) == []


def test_a_folder_without_wheels(make, tmp_path):
    made, _ = make(wheel_folder=str(tmp_path))
    with pytest.raises(EngineSetupError, match="no wheels"):
        made.install()


def test_an_index_that_cannot_be_reached(make, monkeypatch):
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "HTTPS_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    made, environment = make(
        wheel_folder="", package_index="https://user:secret@127.0.0.1:9/simple"
    )
    with pytest.raises(EngineSetupError, match="cannot be reached") as caught:
        made.install()
    assert "folder of wheels" in caught.value.hint
    assert "secret" not in caught.value.log_tail
    assert "user" not in caught.value.log_tail
    assert left_over(environment) == []


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "no Python interpreter"),
        ("exit 3", "not a working"),
        ("echo not json", "not a working"),
        ("""echo '{"version": [3, 9, 2]}'""", "is Python 3.9.2"),
        ("""echo '{"version": [3, 15, 0]}'""", "is Python 3.15.0"),
        ("""echo '{"version": [3, 11, 0], "bits": 32}'""", "32-bit"),
        (
            """echo '{"version": [3, 11, 0], "bits": 64, "venv": true, "ensurepip": false,"""
            """ "pip": false}'""",
            "cannot make virtual environments",
        ),
    ],
)
def test_a_bad_interpreter(make, tmp_path, script, message):
    python = tmp_path / "python"
    if script is not None:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)
    made, environment = make(interpreter=str(python))
    with pytest.raises(InterpreterError, match=message) as caught:
        made.install()
    assert caught.value.hint
    assert not environment.directory.exists()


def test_too_little_space(make, monkeypatch):
    usage = type("Usage", (), {"free": 10_000_000})
    monkeypatch.setattr(installer_module.shutil, "disk_usage", lambda _place: usage)
    made, environment = make()
    with pytest.raises(EngineSetupError, match=r"has 10 MB free; the engine needs \d+ MB"):
        made.install()
    assert not environment.directory.exists()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root writes everywhere")
def test_a_place_that_cannot_be_written(make, tmp_path):
    place = tmp_path / "locked"
    place.mkdir()
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    made, _ = make(environment=EngineEnvironment(place / "engine-0.1.0"))
    with pytest.raises(EngineSetupError, match="cannot be written"):
        made.install()


def test_a_place_below_a_file(make, tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    made, _ = make(environment=EngineEnvironment(file / "engine-0.1.0"))
    with pytest.raises(EngineSetupError, match="cannot be written"):
        made.install()


def test_only_one_installs_at_a_time(make):
    made, environment = make()
    with (
        install_lock(environment.directory),
        pytest.raises(EngineSetupError, match="Another QGIS"),
    ):
        made.install()
    with install_lock(environment.directory):
        pass


def test_an_engine_that_does_not_start_is_a_failed_setup(make, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text("raise ImportError('libcuda.so.1 is missing')")
    made, environment = make(launcher=broken)
    with pytest.raises(EngineSetupError, match="does not start") as caught:
        made.install()
    assert "libcuda.so.1 is missing" in caught.value.log_tail
    assert left_over(environment) == []


def test_cancel_kills_pip_and_leaves_nothing(make, tmp_path, wheels):
    # a server that accepts and never answers holds pip up for as long as it likes
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        cancelled = threading.Event()
        reached = threading.Event()

        def accept():
            connections.append(server.accept())
            reached.set()

        connections = []
        threading.Thread(target=accept, daemon=True).start()
        made, environment = make(
            wheel_folder="",
            package_index=f"http://127.0.0.1:{port}/simple",
            is_cancelled=cancelled.is_set,
        )
        outcome = []

        def install():
            try:
                made.install()
            except EngineCancelledError as error:
                outcome.append((error, time.monotonic()))

        thread = threading.Thread(target=install)
        thread.start()
        assert reached.wait(60)
        start = time.monotonic()
        cancelled.set()
        thread.join(10)
        assert outcome, "the installation did not end"
        assert outcome[0][1] - start < 2
        assert left_over(environment) == []
        connections[0][0].settimeout(2)
        # pip is gone when its end of the connection is closed
        while connections[0][0].recv(4096):
            pass
        connections[0][0].close()


def test_the_gpu_build_takes_the_place_of_the_cpu_build():
    from scene_search.engine_link.environment import requirements
    from scene_search.engine_link.setup.gpu import has_gpu_wheels, with_gpu

    names = [re.split(r"[\[<>=]", line)[0] for line in requirements()]
    assert "onnxruntime" in names
    changed = with_gpu(requirements())
    assert any(line.startswith("onnxruntime-gpu[cuda,cudnn]>=") for line in changed)
    assert not any(re.match(r"onnxruntime\b(?!-)", line) for line in changed)
    assert len(changed) == len(names)
    assert has_gpu_wheels("x86_64")
    assert not has_gpu_wheels("aarch64")
