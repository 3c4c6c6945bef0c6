"""Reading small files that others put there: never a pipe or a device, never without a bound."""

from __future__ import annotations

import os
import stat
from pathlib import Path

#: Where the system has it, a pipe opened so does not wait for its other end.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def is_special(path: Path | str) -> bool:
    """Whether a path is there and neither a file nor a folder: a pipe, a device, a socket."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - a text is as good
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def read_start(path: Path | str, size: int) -> bytes:
    """Return up to ``size`` bytes from the start of a regular file.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    if is_special(path):
        raise OSError(f"{path} is a pipe or a device, not a file")
    descriptor = os.open(path, _FLAGS)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{path} is no regular file")
        return file.read(size)


def read_small(path: Path | str, most: int) -> bytes | None:
    """Return a regular file's bytes; None where it is missing, no file, or longer than ``most``."""
    try:
        data = read_start(path, most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None
