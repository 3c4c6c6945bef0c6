"""The packages that training needs are told the same everywhere."""

import subprocess
import sys
from pathlib import Path

import pytest
from scene_search import training_needs
from scene_search.engine.commands import training_process
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.progress import Progress

tomllib = pytest.importorskip("tomllib")  # new in Python 3.11

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_of_the_plugin_is_that_of_the_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = training_needs.REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    assert listed == project["optional-dependencies"]["train"]
    assert [line.split(">")[0].split("=")[0] for line in listed] == training_needs.packages()


def test_the_probe_names_what_is_missing():
    def probe(*names):
        command = [sys.executable, "-I", "-c", training_needs.PROBE, *names]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert probe(*training_needs.packages()) == "missing:"
    assert probe("numpy", "no-such-package-a", "torch", "no-such-b") == (
        "missing:no-such-package-a,no-such-b"
    )


def test_the_command_line_tells_what_to_install(monkeypatch):
    monkeypatch.setattr(training_needs, "packages", lambda: ["torch", "no-such-package"])
    with pytest.raises(
        SceneSearchError, match=r"not installed: no-such-package\. Install"
    ) as caught:
        training_process.run_training_command(["train"], Progress())
    assert f'"{sys.executable}" -m pip install -r' in caught.value.hint
    assert str(training_needs.REQUIREMENTS) in caught.value.hint
