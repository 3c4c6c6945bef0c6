"""Looking for files where looking may be forbidden.

Before Python 3.14, ``Path.exists`` and its like raise ``PermissionError`` for a path below a
folder that may not be entered. What cannot be seen counts as not there; using it gives the
reason.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def exists(path: Path | str) -> bool:
    """Whether there is something that can be seen."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path | str) -> bool:
    """Whether there is a file that can be seen."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path | str) -> bool:
    """Whether there is a folder that can be seen."""
    return os.path.isdir(path)  # noqa: PTH112


def is_link(path: Path | str) -> bool:
    """Whether there is a symbolic link that can be seen, to whatever."""
    return os.path.islink(path)  # noqa: PTH114


def is_database_name_too_long(path: Path) -> bool:
    """Whether file systems refuse the name of a GeoPackage, or of what SQLite puts beside it.

    All in use take 255: bytes of UTF-8 on Linux, UTF-16 units on Windows and macOS.
    """
    if sys.platform in ("win32", "darwin"):
        length = len(path.name.encode("utf-16-le", "surrogatepass")) // 2
    else:
        length = len(os.fsencode(path.name))
    return length + len("-journal") > 255
