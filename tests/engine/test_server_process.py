"""The server as a process: what only shows across the process boundary."""

import os
import signal
import subprocess
import sys
import time

import pytest
from scene_search.engine.rpc.dispatcher import WORKERS

from tests.support.engine_process import LAUNCHER, EngineProcess
from tests.support.processes import wait_until_gone


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


def test_ids_that_cannot_be_answered_cost_no_worker(engine):
    for line in (b'{"jsonrpc":"2.0","id":NaN,"method":"engine.info"}',) * (WORKERS + 1):
        engine.write(line)
        assert engine.next()["error"]["code"] == -32700
    assert engine.call("engine.info")["protocol"] == 1


def test_it_ends_when_the_parent_closes_the_link(engine):
    engine.call("engine.info")
    engine.process.stdin.close()
    assert engine.process.wait(10) == 0


#: The engine with one method that sleeps in native code, and less time to end in.
STUCK = """
import ctypes, threading, time
from scene_search.engine import server
from scene_search.engine.rpc import dispatcher
from scene_search.engine.rpc.methods import Methods
dispatcher.CLOSE_SECONDS, server.END_SECONDS, server.GUARD_SECONDS = 0.3, 0.6, 0.9
def stuck(self, params, progress):
    {body}
Methods.doctor = stuck
server.serve()
"""


@pytest.mark.skipif(os.name != "posix", reason="the C library by name")
@pytest.mark.parametrize(
    "body",
    [
        "ctypes.CDLL(None).sleep(60)",  # as a read from a share that is away
        "ctypes.PyDLL(None).sleep(60)",  # and one that lets nothing else of Python run
        "threading.Thread(target=lambda: ctypes.CDLL(None).sleep(60)).start(); return {}",
        "Methods.close = lambda self: time.sleep(60); return {}",  # an index cannot be closed
    ],
)
@pytest.mark.parametrize("end", ["closed", "killed"])
def test_it_ends_with_its_input_though_a_thread_is_stuck(body, end):
    """In a parent's place: one that closes the link, or one that is killed, as by a crash."""
    engine = [sys.executable, "-c", STUCK.format(body=body)]
    parent = (
        "import subprocess, sys, time\n"
        f"engine = subprocess.Popen({engine!r}, stdin=-1, stdout=-1, stderr=-3)\n"
        'engine.stdin.write(b\'{"jsonrpc": "2.0", "id": 1, "method": "doctor"}\\n\')\n'
        "engine.stdin.flush()\n"
        "print(engine.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "engine.stdin.close()\n"
        "print(engine.wait(), flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        pid = int(process.stdout.readline())
        time.sleep(1.0)  # by then it is stuck
        if end == "killed":
            process.kill()
            wait_until_gone(pid)
        else:
            process.stdin.write("\n")
            process.stdin.flush()
            wait_until_gone(pid)
            assert int(process.stdout.readline()) in (0, 1, -signal.SIGKILL)


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_it_ends_though_nobody_reads_what_it_answers():
    code = STUCK.format(body="return {}")
    command = [sys.executable, "-c", code]
    pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, **pipes) as process:
        try:
            process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "none"}\n' * 20_000)
            process.stdin.close()
            process.wait(15)
        finally:
            process.kill()


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
