"""Pipes and devices beside a raster, at which opening it would wait or read for ever."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from pathlib import Path

from .bounded import is_special

_MOST_KEPT = 64

_lock = threading.Lock()
_kept: OrderedDict[str, tuple[int, tuple[str, ...]]] = OrderedDict()


def special_beside(path: Path) -> str:
    """Return the name of a pipe or device that GDAL may open along with a raster, or nothing.

    GDAL looks for side files (overviews, masks, world files, metadata) under names that begin as
    the raster's own, in any case.
    """
    stem = path.stem.lower()
    names = _specials(path.parent)
    return next((name for name in names if _belongs(name.lower(), stem)), "")


def _belongs(name: str, stem: str) -> bool:
    return name.startswith(stem) and name[len(stem) : len(stem) + 1] in ("", ".", "_", "-")


def _specials(folder: Path) -> tuple[str, ...]:
    """Return the names of a folder's pipes, devices and sockets, links to such included."""
    key = str(folder)
    try:
        changed = folder.stat().st_mtime_ns
    except OSError:
        return ()
    with _lock:
        kept = _kept.get(key)
    if kept is not None and kept[0] == changed:
        return kept[1]
    try:
        with os.scandir(folder) as entries:
            found = tuple(entry.name for entry in entries if _is_special(entry))
    except OSError:  # a folder may let its files be read and not be listed
        return ()
    with _lock:
        _kept[key] = changed, found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _is_special(entry: os.DirEntry[str]) -> bool:
    try:
        if entry.is_symlink():
            return is_special(entry.path)
        return not (entry.is_file() or entry.is_dir())
    except OSError:
        return False
