"""Keeps two QGIS windows from setting up the same engine at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from qgis.PyQt.QtCore import QLockFile

from ..errors import EngineSetupError


@contextlib.contextmanager
def install_lock(directory: Path) -> Iterator[None]:
    """Hold the lock of an environment's place.

    The lock of a QGIS that crashed or was killed does not count.

    Raises:
        EngineSetupError: if another QGIS holds it, or the place cannot be written.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(directory.with_name(directory.name + ".lock")))
    lock.setStaleLockTime(0)  # an installation may take as long as it takes
    if not lock.tryLock(0):
        if lock.error() == QLockFile.LockError.LockFailedError:
            raise EngineSetupError(
                "Another QGIS window is setting up the search engine",
                "Wait until it has finished, then search again",
            )
        raise EngineSetupError(
            f"{directory.parent} cannot be written",
            "Choose another place for the engine in Scene Search's options",
        )
    try:
        yield
    finally:
        lock.unlock()
