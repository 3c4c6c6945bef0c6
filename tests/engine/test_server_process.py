"""The server as a process: what only shows across the process boundary."""

import signal
import subprocess
import sys
import time

import pytest

from tests.support.engine_process import LAUNCHER, EngineProcess


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "engine.log") as process:
        yield process


def test_it_says_what_it_is(engine):
    info = engine.call("engine.info")
    assert info["protocol"] == 1
    assert info["pid"] == engine.process.pid
    assert "CPUExecutionProvider" in info["providers"]


def test_rubbish_is_answered_and_survived(engine):
    engine.write(b"rubbish")
    assert engine.next()["error"]["code"] == -32700
    engine.write(b"\xff\x00\xfe")
    assert engine.next()["error"]["code"] == -32700
    engine.write(b"")
    engine.write(b"[1, 2]")
    assert engine.next()["error"]["code"] == -32600
    assert engine.fail("no.such.method")["code"] == -32601
    assert engine.fail("engine.info", {"verbose": 1})["code"] == -32602
    assert engine.call("engine.info")["protocol"] == 1


def test_it_ends_when_the_parent_closes_the_link(engine):
    engine.call("engine.info")
    engine.process.stdin.close()
    assert engine.process.wait(10) == 0


def test_shutdown_is_answered_and_ends_it(engine):
    assert engine.call("shutdown") == {}
    assert engine.process.wait(10) == 0


def test_ctrl_c_in_the_terminal_of_qgis_does_not_reach_it(engine):
    engine.call("engine.info")
    engine.process.send_signal(signal.SIGINT)
    time.sleep(0.1)
    assert engine.call("engine.info")["protocol"] == 1


def test_the_launcher_offers_no_neighbour_of_the_package_for_import():
    """A plugin beside this one in QGIS's plugins folder must not become importable."""
    code = (
        "import runpy, sys; ns = runpy.run_path(sys.argv[1]); "
        "from pathlib import Path; folder = Path(sys.argv[1]).parent.parent; "
        "ns['register_package'](folder); import scene_search.engine.errors as e; "
        "print(Path(e.__file__).parent.parent == folder, str(folder.parent) in sys.path)"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", code, str(LAUNCHER)], capture_output=True, text=True
    )
    assert run.stdout.split() == ["True", "False"], run.stderr
