"""What a terminal or a log gets to see: names of any letters, and progress as lines."""

from __future__ import annotations

import io
import shutil
import sys
import time
from typing import TextIO

from ..progress import ProgressReport

#: Seconds between lines where the output is a file or a pipe.
PLAIN_INTERVAL = 5.0


def print_any_name() -> None:
    r"""Have standard output and error write what their encoding lacks as ``\u885b``.

    Pipes on Windows take the letters of one region, and a name from another must not end a run.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


class ConsoleProgress:
    """Writes progress reports to a stream.

    Args:
        stream: standard error.
        plain: write whole lines even if the stream is a terminal.
    """

    def __init__(self, stream: TextIO, *, plain: bool = False) -> None:
        self._stream = stream
        self._moving = stream.isatty() and not plain
        self._width = 0
        self._last = float("-inf")

    def __call__(self, report: ProgressReport) -> None:
        """Show a report."""
        line = describe(report)
        if self._moving:
            line = line[: shutil.get_terminal_size().columns - 1]
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
            self._stream.flush()
            return
        now = time.monotonic()
        if now - self._last >= PLAIN_INTERVAL:
            self._last = now
            self._stream.write(line + "\n")
            self._stream.flush()

    def finish(self) -> None:
        """Clear the moving line, so that what follows starts on a clean one."""
        if self._moving and self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0


def describe(report: ProgressReport) -> str:
    """Return a report as text, such as ``1,200 of 5,000 tiles (24 %), 310/s, 0:12 left: a.tif``."""
    parts = [f"{report.done:,}"]
    if report.total:
        share = 100 * report.done / report.total
        parts[0] += f" of {report.total:,} {report.unit} ({share:.0f} %)"
    else:
        parts[0] += f" {report.unit}"
    if report.rate:
        parts.append(f"{report.rate:.3g}/s" if report.rate < 10 else f"{report.rate:,.0f}/s")
    if report.remaining_seconds is not None:
        parts.append(f"{duration(report.remaining_seconds)} left")
    return ", ".join(parts) + (f": {report.message}" if report.message else "")


def duration(seconds: float) -> str:
    """Return seconds as ``m:ss`` or ``h:mm:ss``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
