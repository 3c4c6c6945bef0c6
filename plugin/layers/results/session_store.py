"""The store of results that no project has saved yet: one a running QGIS and project."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from qgis.PyQt.QtCore import QDateTime, QLockFile

from .store import ResultStore, beside, is_discarded, make_folder, remove_store

#: Results of a QGIS that was killed can be fetched back for so long.
_DAYS_KEPT = 14


class SessionStore:
    """Makes the store when it is first needed, and removes it when nothing needs it any more.

    A lock file beside it says that its QGIS runs. What a QGIS that was killed has left behind is
    found by the next one.

    Args:
        folder: the folder of the stores of all running QGIS.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path: Path | None = None
        self._lock: QLockFile | None = None

    @property
    def path(self) -> Path | None:
        """The file, if it has been needed."""
        return self._path

    def store(self) -> ResultStore:
        """Return the store.

        Raises:
            StorageError: if the folder cannot be made.
        """
        path = self._path
        if path is None:
            make_folder(self.folder)
            now = QDateTime.currentDateTimeUtc().toString("yyyyMMdd_HHmmss")
            path = self.folder / f"{now}_{uuid4().hex[:8]}.gpkg"
            self._hold(path)
        return ResultStore(path)

    def adopt(self, path: Path) -> bool:
        """Go on with the store that another session has left; False if that still runs."""
        return self._path is None and path.parent == self.folder and self._hold(path)

    def discard(self) -> None:
        """Remove the store and all that is in it."""
        path, self._path = self._path, None
        if path is not None:
            remove_store(path)
        self.release()

    def release(self) -> None:
        """Leave the store to the next session."""
        self._path = None
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def left_behind(self, *, but: Iterable[Path] = ()) -> list[Path]:
        """Return the stores of sessions that ended without saving or discarding, newest first.

        Those that are too old, or were discarded while something held them open, are removed.

        Args:
            but: stores that are in use here.
        """
        if not self.folder.is_dir():
            return []
        oldest = QDateTime.currentDateTime().addDays(-_DAYS_KEPT).toSecsSinceEpoch()
        spared = {self._path, *but}
        found = []
        for path in sorted(self.folder.glob("*.gpkg"), reverse=True):
            lock = _lock_of(path)
            if path in spared or not lock.tryLock(0):
                continue
            if is_discarded(path) or path.stat().st_mtime < oldest:
                remove_store(path)
            else:
                found.append(path)
            lock.unlock()
        return found

    def _hold(self, path: Path) -> bool:
        lock = _lock_of(path)
        if not lock.tryLock(0):
            return False
        self._path, self._lock = path, lock
        return True


def _lock_of(path: Path) -> QLockFile:
    lock = QLockFile(str(beside(path, ".lock")))
    lock.setStaleLockTime(0)  # stale when its process is gone, not after a time
    return lock
