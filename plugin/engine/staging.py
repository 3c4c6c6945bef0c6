"""Folders in which a file is made before it takes its place; what killed runs left is removed.

Everything that is written for a user appears whole or not at all: it is made in a folder beside
its place and then renamed. A run that is killed leaves that folder behind. The next one that
writes to the same place removes it; it knows folders of live runs, on this computer and others
that share the disk, by a lock in each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .file_lock import try_lock

#: Short, since what is made in it has its own name; hidden where a dot hides.
_PREFIX, _SUFFIX = ".scene-search-", ".part"
_LOCK = "lock"

#: A folder whose lock is not there yet is being made, unless it is older than this.
_GRACE_SECONDS = 60.0


@contextmanager
def staging_folder(place: Path) -> Iterator[Path]:
    """Yield an empty folder inside ``place``, which is removed with what is left in it.

    Args:
        place: an existing folder, where the finished file or folder goes.

    Raises:
        OSError: it cannot be written.
    """
    remove_leftovers(place)
    folder, descriptor = _make(place)
    try:
        yield folder
    finally:
        os.close(descriptor)  # first, since Windows deletes no open file
        shutil.rmtree(folder, ignore_errors=True)


def remove_leftovers(place: Path) -> None:
    """Remove the folders of runs that were killed; those of live runs stay."""
    for folder in place.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):  # no folder, another's, gone meanwhile, or no locks
            _remove_if_left(folder)


def _make(place: Path) -> tuple[Path, int]:
    """Return a new folder and the open file by whose lock others know that it is in use."""
    while True:
        folder = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, place))
        try:
            descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:
            continue  # another run has taken it for one that was left
        with contextlib.suppress(OSError):  # without locks nobody removes what others left
            if not try_lock(descriptor):
                os.close(descriptor)
                continue
        if (folder / _LOCK).exists():
            return folder, descriptor
        os.close(descriptor)


def _remove_if_left(folder: Path) -> None:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        if time.time() - folder.stat().st_mtime > _GRACE_SECONDS:
            shutil.rmtree(folder)
        return
    try:
        if not try_lock(descriptor):
            return
        if os.name != "nt":
            # Locked until it is gone: a run that is just making it must not take it for its own.
            shutil.rmtree(folder)
            return
    finally:
        os.close(descriptor)
    shutil.rmtree(folder)  # Windows deletes no open file, nor one that its maker has open
