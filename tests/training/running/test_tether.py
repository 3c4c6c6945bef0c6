"""A training run does not outlive the program that started it."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from scene_search.training.running.tether import tether

from tests.support.processes import wait_until_gone

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
    raise SystemExit(7)
"""

#: Cancels as soon as the training runs; its exit status is one that only the training gives.
CANCELLED = """
import sys, threading, time
from scene_search.engine.commands import training_process
from scene_search.engine.progress import Progress
from pathlib import Path
training_process._LAUNCHER = Path(sys.argv[1])
progress = Progress()
def cancel():
    while not Path(sys.argv[1]).with_name("started").exists():
        time.sleep(0.02)
    progress.cancel()
threading.Thread(target=cancel).start()
sys.exit(training_process.run_training_command(["train"], progress))
"""
STUCK = """
import ctypes, os, pathlib, subprocess, sys
from scene_search.training.running import tether
tether.GRACE_SECONDS = 0.5
tether.tether()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=-3)
draft = pathlib.Path(__file__).parent / "draft"
draft.write_text(f"{os.getpid()} {child.pid}")
draft.rename(draft.with_name("started"))
ctypes.PyDLL(None).sleep(60)
"""


def make_launcher(folder, code):
    """Write what stands for the engine's launcher, beside a training part, and return it."""
    (folder / "training").mkdir()
    (folder / "engine").mkdir()
    launcher = folder / "engine" / "launch.py"
    launcher.write_text(code)
    return launcher


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
    launcher = make_launcher(tmp_path, TRAINING)
    try:
        parent = subprocess.Popen([sys.executable, "-c", PARENT, str(launcher)])
    finally:
        signal.signal(signal.SIGINT, before)
    with parent:
        wait_for(launcher.parent / "started")
        parent.send_signal(kill)
        parent.wait(30)
    wait_for(launcher.parent / "ended", 10)


@pytest.mark.skipif(os.name != "posix", reason="sends the interrupt to itself")
def test_a_cancelled_command_interrupts_its_training_without_a_signal(tmp_path):
    """Windows has no signal to send: ``send_signal`` raises there for an interrupt."""
    launcher = make_launcher(tmp_path, TRAINING)
    no_signals = """
import subprocess
def none(self, number):
    raise ValueError(f"Unsupported signal: {number}")
subprocess.Popen.send_signal = none
"""
    parent = subprocess.Popen([sys.executable, "-c", no_signals + CANCELLED, str(launcher)])
    with parent:
        assert parent.wait(30) == 7
    assert (launcher.parent / "ended").exists()


@pytest.mark.skipif(os.name != "posix", reason="the guard is for POSIX")
def test_training_that_cannot_be_interrupted_is_killed_with_what_it_started(tmp_path):
    launcher = make_launcher(tmp_path, STUCK)
    with subprocess.Popen([sys.executable, "-c", PARENT, str(launcher)]) as parent:
        wait_for(launcher.parent / "started")
        parent.kill()
    for pid in (launcher.parent / "started").read_text().split():
        wait_until_gone(int(pid))
