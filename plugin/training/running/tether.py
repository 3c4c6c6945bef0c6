"""Ends a training run with the program that started it: nothing is left running unseen."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from ...engine.lifeline import guard

#: Seconds in which an interrupted training writes what it has, before it is killed.
GRACE_SECONDS = 30.0


def tether(source: int | None = None, end: Callable[[], None] | None = None) -> None:
    """Interrupt this process when its standard input ends, as if by Ctrl-C.

    The input is a pipe whose other end nobody but the starting program holds. It closes when that
    program dies, by whatever signal, on every operating system. Finished epochs are kept. One that
    cannot be interrupted, since it is stuck in native code, is killed with all it has started. To
    be called on the main thread.

    Args:
        source: descriptor of the pipe; standard input if None.
        end: what is done at its end; interrupts the main thread if None.
    """
    # by its descriptor: a thread that reads a buffered file keeps the interpreter from ending
    pipe = sys.stdin.fileno() if source is None else source
    stop = end or _thread.interrupt_main
    if source is None:
        guard(pipe, GRACE_SECONDS)
    over = threading.Event()

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if over.is_set():
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # in the background of a shell, whose Ctrl-C is for others: only the pipe's end interrupts
        signal.signal(signal.SIGINT, interrupt)

    def wait() -> None:
        while os.read(pipe, 1):
            pass
        over.set()
        stop()

    threading.Thread(target=wait, name="tether", daemon=True).start()
