"""Ends a process, for certain, with the program that started it.

A process at the end of a pipe learns of its parent's death by the end of its input. Usually that
is enough. But a thread may be stuck in native code (a network share that is away, a device that
answers no more): then Python waits for the thread at exit, and where the thread holds Python's
global lock nothing of Python runs any more, not even what would notice the end. So there are
three ways out, each for when the one before does not work: ``end_process``, ``end_within`` and
``guard``.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import select
import signal
import sys
import warnings
from pathlib import Path
from typing import NoReturn, TextIO

#: Descriptors that a process has open when it begins lie below; the system's limit may be 2³⁰.
_MOST_OPEN = 256

#: Kept open for ``faulthandler``, which writes through the descriptor.
_nowhere: list[TextIO] = []


def end_process(status: int) -> NoReturn:
    """End this process now, without waiting for its threads."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # nobody reads it any more
            stream.flush()
    if sys.platform == "win32":
        # os._exit runs the libraries' farewells, which wait for the lock that a stuck thread holds
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        kernel.TerminateProcess(ctypes.c_void_p(kernel.GetCurrentProcess()), status)
    os._exit(status)


def end_within(seconds: float) -> None:
    """End this process with status 1 after some seconds, unless it has ended by then.

    The clock is a thread in C, which needs no lock of Python's.
    """
    if not _nowhere:
        # what it would print has no reader now, and a full pipe would keep it from ending
        _nowhere.append(Path(os.devnull).open("w"))  # noqa: SIM115
    faulthandler.dump_traceback_later(seconds, exit=True, file=_nowhere[0])


def guard(descriptor: int, grace: float) -> None:
    """Have a small process of its own kill this one some time after its input has ended.

    If this process leads its group, as those that QGIS starts do, all of the group is killed.
    To be called early, before there are threads. On Windows there is none of it.

    Args:
        descriptor: of the pipe that this process reads; the guard only watches it.
        grace: seconds from its end to the kill, in which this process should end by itself.
    """
    if sys.platform == "win32":
        return
    alive, _held = os.pipe()
    with warnings.catch_warnings():
        # the child takes no lock: it makes a few system calls and nothing else
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        os.close(alive)  # the other end stays open: it closes when this process ends
        return
    try:
        _watch(os.getppid(), descriptor, alive, grace)
    finally:
        os._exit(0)


def _watch(parent: int, descriptor: int, alive: int, grace: float) -> None:
    """Wait in the guard for the end of the pipe or of the parent."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # those are for the parent
    for other in set(range(_MOST_OPEN)) - {descriptor, alive}:
        with contextlib.suppress(OSError):
            os.close(other)
    poll = select.poll()
    for watched in (descriptor, alive):
        poll.register(watched, 0)  # its end is told without being asked for, its content is not
    ended = {number for number, _ in poll.poll()}
    if alive not in ended:
        poll.unregister(descriptor)
        ended = {number for number, _ in poll.poll(int(grace * 1000))}
    if alive in ended or os.getppid() != parent:
        return
    if os.getpgid(parent) == parent:
        os.killpg(parent, signal.SIGKILL)
    else:
        os.kill(parent, signal.SIGKILL)
