"""Following a training process: a stand-in that prints what the training part prints."""

import sys
import time

import pytest


@pytest.fixture
def follow(qgis_app, monkeypatch, tmp_path):
    """Run a script in place of the training part: ``follow(script) -> result``."""
    from scene_search.engine_link import training

    class Follower:
        def __init__(self):
            self.progress, self.lines, self.cancel_when = [], [], lambda: False

        def __call__(self, script):
            file = tmp_path / "stand-in.py"
            file.write_text(script, encoding="utf-8")
            monkeypatch.setattr(
                training, "engine_command", lambda python, *a: [str(python), str(file), *a]
            )
            listener = training.Listener(
                self.progress.append, self.lines.append, lambda: self.cancel_when()
            )
            return training.run_training(sys.executable, {}, ["train"], listener)

    return Follower()


def test_progress_lines_and_the_result_are_told_apart(follow):
    result = follow(
        "import sys\n"
        'print(\'progress: {"done": 1, "total": 4}\', file=sys.stderr, flush=True)\n'
        "print('GPU available: no', file=sys.stderr, flush=True)\n"
        "print('{\"arguments\": \"' + ' '.join(sys.argv[1:]) + '\"}')\n"
    )
    assert result == {"arguments": "--training train --json --tethered"}
    assert follow.progress == [{"done": 1, "total": 4}]
    assert follow.lines[0] == "GPU available: no"


def test_the_reason_of_a_failure_is_the_message(follow):
    from scene_search.engine_link.training import TrainingError

    with pytest.raises(TrainingError) as caught:
        follow(
            "import sys\n"
            "print('noise', file=sys.stderr)\n"
            "sys.exit(print('scene-search: error: No tiles. Index some', file=sys.stderr) or 1)\n"
        )
    assert str(caught.value) == "No tiles. Index some"
    assert "noise" in caught.value.log_tail


def test_a_killed_run_says_how_to_go_on(follow):
    from scene_search.engine_link.training import TrainingError

    with pytest.raises(TrainingError) as caught:
        follow("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    assert "SIGKILL" in caught.value.message
    assert "last finished epoch" in caught.value.hint


def test_cancelling_ends_it_at_once_with_what_it_started(follow, tmp_path):
    from scene_search.engine_link.errors import EngineCancelledError

    beat = tmp_path / "beat"
    child = (
        f"import time, pathlib\nwhile True: pathlib.Path({str(beat)!r}).touch(); time.sleep(.02)"
    )
    script = (
        "import signal, subprocess, sys, time\n"
        "for name in (signal.SIGINT, signal.SIGTERM): signal.signal(name, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        "time.sleep(60)\n"
    )
    cancelled = []

    def beating():
        if beat.exists() and not cancelled:
            cancelled.append(time.monotonic())
        return bool(cancelled)

    follow.cancel_when = beating
    with pytest.raises(EngineCancelledError):
        follow(script)
    assert time.monotonic() - cancelled[0] < 1.0
    time.sleep(0.2)
    beat.unlink()
    time.sleep(0.3)
    assert not beat.exists()


def test_missing_packages_are_named_with_the_command(qgis_app, engine_interpreter, monkeypatch):
    from scene_search import training_needs
    from scene_search.engine_link.training import TrainingNotInstalledError, check_installed

    env = {"PATH": "/usr/bin"}
    check_installed(engine_interpreter, env, lambda: False)
    monkeypatch.setattr(training_needs, "packages", lambda: ["torch", "no-such-package"])
    with pytest.raises(TrainingNotInstalledError) as caught:
        check_installed(engine_interpreter, env, lambda: False)
    assert caught.value.missing == ("no-such-package",)
    assert caught.value.command.startswith(f'"{engine_interpreter}" -m pip install -r "')
    assert caught.value.command in str(caught.value)


def test_a_python_that_does_not_run_is_told_as_such(qgis_app, tmp_path):
    from scene_search.engine_link.training import TrainingError, check_installed

    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho broken; exit 3\n")
    broken.chmod(0o755)
    with pytest.raises(TrainingError, match="does not run"):
        check_installed(broken, {"PATH": "/usr/bin:/bin"}, lambda: False)
