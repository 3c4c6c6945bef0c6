"""Runs a program, hands out its output line by line, and stops it when cancelled."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import threading
from collections.abc import Callable

from .errors import EngineCancelledError

_POLL_SECONDS = 0.1


def run_lines(
    command: list[str],
    env: dict[str, str],
    on_line: Callable[[str], None],
    is_cancelled: Callable[[], bool],
    *,
    tethered: bool = False,
) -> int:
    """Run ``command`` to its end and return its exit status.

    Args:
        command: the program and its arguments.
        env: its whole environment.
        on_line: told each line of standard output and error, in this thread.
        is_cancelled: polled every 100 ms.
        tethered: give it a standard input that ends when this process does, however that happens;
            otherwise there is none.

    Raises:
        EngineCancelledError: if cancelled; the program and what it started are gone then.
        OSError: if it cannot be started.
    """
    process = subprocess.Popen(  # nosec B603 - commands of the plugin's own, no shell
        command,
        env=env,
        stdin=subprocess.PIPE if tethered else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
    reader.start()
    try:
        while True:
            try:
                line = lines.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                line = ""
            if is_cancelled():
                raise EngineCancelledError()
            if line is None:
                return process.wait()
            if line:
                on_line(line)
    finally:
        _end(process)
        if process.stdin is not None:
            process.stdin.close()
        reader.join(1.0)


def _read(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[str | None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line.decode("utf-8", "replace").rstrip())
        process.stdout.close()
    lines.put(None)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    with contextlib.suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()
