"""Processes that are stuck end all the same: each way out, tried in a process of its own."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.support.processes import runs, wait_until_gone

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and pipes")

#: Sleeps in C: with Python's global lock held (``PyDLL``) or not (``CDLL``).
STUCK = "import ctypes; ctypes.{library}(None).sleep(60)"
GUARDED = f"""
import subprocess, sys
from scene_search.engine.lifeline import guard
guard(0, 0.3)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=-3)
print(child.pid, flush=True)
{STUCK.format(library="PyDLL")}
"""


def start(code, **options):
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_process_ends_though_a_thread_does_not():
    code = (
        "import threading\n"
        "from scene_search.engine.lifeline import end_process\n"
        f"def stuck():\n    {STUCK.format(library='CDLL')}\n"
        "threading.Thread(target=stuck).start()\n"
        "print('said', end='')\n"
        "end_process(3)\n"
    )
    with start(code) as process:
        assert process.communicate(timeout=10)[0] == "said"
        assert process.returncode == 3


@pytest.mark.parametrize("library", ["CDLL", "PyDLL"])
def test_a_process_that_cannot_run_python_any_more_ends_in_time(library):
    code = (
        "from scene_search.engine.lifeline import end_within\n"
        f"end_within(0.5)\n{STUCK.format(library=library)}"
    )
    with start(code) as process:
        assert process.wait(10) == 1


def test_the_guard_kills_a_stuck_group_after_the_end_of_its_input():
    with start(GUARDED, start_new_session=True) as process:
        child = int(process.stdout.readline())
        time.sleep(0.6)
        assert process.poll() is None  # the input has not ended
        process.stdin.close()
        assert process.wait(10) == -signal.SIGKILL
        wait_until_gone(child)


def test_the_guard_of_a_process_in_another_group_kills_it_alone():
    with start(GUARDED) as process:
        child = int(process.stdout.readline())
        process.stdin.close()
        try:
            assert process.wait(10) == -signal.SIGKILL
            assert runs(child)
        finally:
            os.kill(child, signal.SIGKILL)


def wait_until_group_gone(leader, seconds=10):
    """Wait for the end of a process group, which is there as long as its guard is."""
    end = time.monotonic() + seconds
    while True:
        try:
            os.killpg(leader, 0)
        except ProcessLookupError:
            return
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_guard_leaves_input_alone_and_ends_with_its_process():
    code = (
        "import sys\nfrom scene_search.engine.lifeline import guard\n"
        "guard(0, 60)\nprint(sys.stdin.read(), flush=True)"
    )
    with start(code, start_new_session=True) as process:
        # the guard holds no output: the end of it comes at once
        assert process.communicate("abc" * 1000, timeout=10)[0] == "abc" * 1000 + "\n"
        assert process.returncode == 0
        wait_until_group_gone(process.pid)


def test_the_guard_is_gone_when_its_process_was_killed():
    code = "from scene_search.engine.lifeline import guard\nguard(0, 60)\nprint(1)\ninput()"
    with start(code, start_new_session=True) as process:
        process.stdout.readline()
        process.kill()
        process.wait()
        wait_until_group_gone(process.pid)
        process.stdin.close()
