"""An open index file: its connection, who may use it when, and what its errors mean."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from ..errors import IndexFileError
from . import layout
from .connection import (
    StepLimit,
    connect,
    damaged_error,
    drop_log,
    fold_log,
    read_only_error,
    transaction,
    translated_errors,
)
from .geopackage import read_info
from .schema import IndexInfo
from .stored import StoredValueError

File = TypeVar("File", bound="OpenIndexFile")


class OpenIndexFile:
    """What reading and writing an index share; see ``TileIndex``.

    Attributes:
        path: the file.
        read_only: whether it was opened for reading only.
        info: what all tiles share.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        """Take over an open connection; use ``create`` or ``open``."""
        self.path = path
        self.read_only = read_only
        self._connection = connection
        self._lock = threading.RLock()
        self._limit = StepLimit(connection, path)
        self._closed = False
        self._writes = 0
        self._identity = _identity(path)
        self.info: IndexInfo = read_info(connection, path)

    @classmethod
    def open(cls: type[File], path: Path | str, *, read_only: bool = False) -> File:
        """Open an index; for writing unless ``read_only``.

        A file of an older layout is brought to today's first, but not where it is only read.

        Raises:
            IndexFileError: the file is missing, damaged, no index, of a newer version, or to be
                written in a read-only place.
            StorageError: the disk has no space to bring an older file along.
        """
        path = Path(path)
        connection = connect(path, read_only=read_only)
        try:
            layout.prepare(connection, path, read_only=read_only)
            return cls(path, connection, read_only=read_only)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """Close the file; a writer folds the log into it first, as far as readers let it.

        The log of a file that was replaced or deleted goes, since it would spoil the next one.
        """
        with self._lock:
            if self._closed:  # what has its name by now is not ours to tidy
                return
            self._closed = True
            lost = not self.read_only and self.replaced()
            if not self.read_only and not lost:
                # what stays in the log is as safe there, and closing must not fail
                with contextlib.suppress(sqlite3.Error):
                    fold_log(self._connection)
            self._connection.close()
            if lost:
                with contextlib.suppress(OSError):
                    drop_log(self.path)

    def __enter__(self: File) -> File:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def replaced(self) -> bool:
        """Whether another file has taken this one's name, or none has it any more."""
        return _identity(self.path) != self._identity

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """See one state of the file in all reads of a block, whatever is written meanwhile.

        Other threads wait for their turn at this object until the block ends.
        """
        with self._reading() as connection:
            if connection.in_transaction:
                yield
            else:
                with transaction(connection, write=False):
                    yield

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that the file alone is complete.

        Waits a second at most: what a reader still needs stays in the log until the next time.
        """
        if self.read_only:
            raise read_only_error(self.path)
        with self._lock, translated_errors(self.path):
            self._check_place()
            fold_log(self._connection)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._translated():
            yield self._connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        if self.read_only:
            raise read_only_error(self.path)
        with self._lock, self._translated():
            self._check_place()
            with transaction(self._connection, write=True):
                yield self._connection
            self._writes += 1

    @contextmanager
    def _translated(self) -> Iterator[None]:
        self._limit.restart()
        try:
            with translated_errors(self.path):
                yield
        except StoredValueError as error:
            hint = "Check and repair the index (scene-search check --repair, or in Processing)"
            raise damaged_error(self.path, str(error), hint) from error

    def _check_place(self) -> None:
        """Refuse to write into a file that nobody can find any more."""
        if self.replaced():
            raise IndexFileError(
                f"{self.path} was replaced or deleted while it was being written",
                hint="What this run wrote went with the file that was there: index again",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
