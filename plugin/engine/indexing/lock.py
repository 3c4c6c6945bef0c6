"""One writer at a time on an index: a lock that the system releases when its holder dies."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from types import TracebackType

from ...file_checks import is_folder
from ..errors import IndexFileError, StorageError
from ..file_lock import try_lock


class IndexLock:
    """Holds ``<index>.lock`` while an index is written. Use it as a context manager.

    SQLite's own lock is held for a batch at a time only, and two builds that take turns would
    index the same rasters twice. The file is locked through the system, so a process that was
    killed leaves no stale lock behind; the file itself means nothing.

    Args:
        index: path of the index, which need not exist yet.
    """

    def __init__(self, index: Path) -> None:
        self._index = index
        self._path = index.with_name(index.name + ".lock")
        self._descriptor = -1

    def __enter__(self) -> IndexLock:
        """Take the lock.

        Raises:
            IndexFileError: another build holds it.
            StorageError: the folder is missing, cannot be written, or locks no files.
        """
        while True:
            try:
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as error:
                raise self._unwritable(error) from error
            try:
                if self._take(descriptor):
                    break
            except BaseException:
                os.close(descriptor)  # which frees the lock, too
                raise
            os.close(descriptor)
        self._descriptor = descriptor
        return self

    def _take(self, descriptor: int) -> bool:
        """Lock an open lock file; return whether it is still the one that others would find."""
        try:
            if not try_lock(descriptor):
                raise self._held(_text(descriptor))
        except OSError as error:
            raise StorageError(
                f"{self._index.parent} does not let files be locked: {error.strerror}",
                hint="Keep the index on a disk of this computer",
            ) from error
        # Another process may have deleted the file between our opening and locking it.
        try:
            if not os.path.samestat(os.fstat(descriptor), self._path.stat()):
                return False
        except OSError:
            return False
        # Who holds it is told for people only: a full disk must not keep us from what we hold.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"process {os.getpid()}".encode())
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with contextlib.suppress(OSError):  # Windows deletes no open file
            self._path.unlink()
        os.close(self._descriptor)
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._path.unlink()

    def _held(self, holder: str) -> IndexFileError:
        by = f" ({holder})" if holder else ""
        return IndexFileError(
            f"{self._index.name} is being indexed by another run{by}",
            hint="Wait until it is finished, or cancel it, then run this one again",
        )

    def _unwritable(self, error: OSError) -> IndexFileError | StorageError:
        folder = self._index.parent
        if not is_folder(folder):
            return StorageError(
                f"The folder {folder} does not exist", hint="Create it, or choose another"
            )
        return StorageError(
            f"{folder} cannot be written: {(error.strerror or str(error)).lower()}",
            hint="Choose a folder that you may write to and that has space left",
        )


def _text(descriptor: int) -> str:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        return os.read(descriptor, 100).decode("ascii", "replace").strip()
    except OSError:
        return ""
