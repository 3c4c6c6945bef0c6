"""A training run does not outlive the program that started it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from scene_search.training.running.tether import tether

PARENT = """
import sys
from scene_search.engine.commands import training_process
from scene_search.engine.progress import Progress
from pathlib import Path
training_process._LAUNCHER = Path(sys.argv[1])
training_process.run_training_command(["train"], Progress())
"""
TRAINING = """
import os, pathlib, time
from scene_search.training.running.tether import tether
tether()
folder = pathlib.Path(__file__).parent
try:
    (folder / "started").write_text(str(os.getpid()))
    while True:
        time.sleep(0.02)
except KeyboardInterrupt:
    (folder / "ended").touch()
"""


def wait_for(file, seconds=60):
    end = time.monotonic() + seconds
    while not file.exists():
        assert time.monotonic() < end, f"{file.name} has not come"
        time.sleep(0.02)


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_in_the_background_an_interrupt_is_still_for_others():
    source, sink = os.pipe()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        tether(source, lambda: None)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)  # nothing is raised
    finally:
        signal.signal(signal.SIGINT, before)
        os.close(sink)


def test_the_end_of_the_pipe_is_the_end_and_nothing_else_is():
    source, sink = os.pipe()
    ended = threading.Event()
    tether(source, ended.set)
    os.write(sink, b"anything")
    assert not ended.wait(0.2)
    os.close(sink)
    assert ended.wait(10)
    os.close(source)


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("background", [False, True])
def test_training_ends_with_the_command_that_started_it(kill, background, tmp_path):
    # a shell's background commands do not hear Ctrl-C
    interrupts = signal.SIG_IGN if background else signal.default_int_handler
    before = signal.signal(signal.SIGINT, interrupts)
    (tmp_path / "training").mkdir()
    engine = tmp_path / "engine"
    engine.mkdir()
    launcher = engine / "launch.py"
    launcher.write_text(TRAINING)
    try:
        parent = subprocess.Popen([sys.executable, "-c", PARENT, str(launcher)])
    finally:
        signal.signal(signal.SIGINT, before)
    with parent:
        wait_for(engine / "started")
        parent.send_signal(kill)
        parent.wait(30)
    wait_for(engine / "ended", 10)
