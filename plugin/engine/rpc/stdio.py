"""Takes standard input and output for the link, so that nothing else can write into it."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from .protocol import MAX_LINE_BYTES


def claim_stdio() -> tuple[BinaryIO, BinaryIO]:
    """Return private streams for the protocol and point descriptors 0 and 1 elsewhere.

    Native libraries (GDAL, onnxruntime) print to descriptor 1 behind Python's back; from here
    on that is standard error, which the parent keeps as the log. Descriptor 0 becomes the null
    device, so that no child process or library can swallow a request.
    """
    sys.stdout.flush()
    source = os.fdopen(os.dup(0), "rb", buffering=1024 * 1024)
    sink = os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return source, sink


def read_lines(source: BinaryIO, limit: int = MAX_LINE_BYTES) -> Iterator[bytes | None]:
    """Yield the lines of a stream until it ends; None stands for a line longer than ``limit``.

    An over-long line is skipped to its end in pieces, never held in memory whole.
    """
    while line := source.readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = source.readline(limit)
        yield None


def read_ahead(lines: Iterable[bytes | None], at_end: Callable[[], None]) -> Iterator[bytes | None]:
    """Yield lines that a thread of their own reads.

    The end is noticed even while whoever takes the lines is held up, such as by an answer that
    nobody reads.

    Args:
        lines: what to read.
        at_end: called by the thread as soon as they end.
    """
    read: queue.SimpleQueue[tuple[bytes | None] | None] = queue.SimpleQueue()

    def pump() -> None:
        try:
            for line in lines:
                read.put((line,))
        finally:
            at_end()
            read.put(None)

    threading.Thread(target=pump, name="read-requests", daemon=True).start()
    while (item := read.get()) is not None:
        yield item[0]
