"""SQLite connections to an index: how they are opened, and what their errors mean to a user."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from fudgeo.extension.spatial import ST_FUNCS

from ..errors import IndexFileError, SceneSearchError, SourceConflictError, StorageError

#: Steps of SQLite's machine for one piece of work: some ten seconds, and more in a large file.
LEAST_STEPS = 1_000_000_000
STEPS_PER_BYTE = 10
_STEPS_AT_ONCE = 1_000_000

#: Seconds to wait for another writer's batch before giving up.
BUSY_SECONDS = 30.0

_MAGIC = b"SQLite format 3\x00"


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open a connection in autocommit mode, usable from any thread under the caller's lock.

    A writer puts the file in WAL mode, so that readers go on while it writes.

    Raises:
        IndexFileError: the file is missing, empty, no SQLite file, or its place is read-only.
    """
    _check_file(path)
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    if read_only:
        return _connect_reader(path, writable=writable)
    if not writable:
        raise read_only_error(path)
    with translated_errors(path):
        connection = _open(path, "mode=rw")
        try:
            # the R-tree triggers that fudgeo writes call these functions
            for name, function in ST_FUNCS.items():
                connection.create_function(name, 1, function, deterministic=True)
            _enter_wal(connection)
            # safe against a killed process and never corrupt; a power cut may take back batches
            connection.execute("PRAGMA synchronous = NORMAL")
        except BaseException:
            connection.close()
            raise
    return connection


class StepLimit:
    """Ends what would never end by itself: a view or a trigger that somebody put into a file.

    Counts the steps of SQLite's machine, not seconds, which a busy computer or a slow share would
    use up with honest work. The most work that an index needs is a few steps a byte.

    Args:
        connection: what is limited.
        path: its file.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._path = path
        self._left = 0
        connection.set_progress_handler(self._over, _STEPS_AT_ONCE)

    def restart(self) -> None:
        """Begin to count anew, before each piece of work."""
        try:
            size = self._path.stat().st_size
        except OSError:
            size = 0
        self._left = LEAST_STEPS + STEPS_PER_BYTE * size

    def _over(self) -> bool:
        self._left -= _STEPS_AT_ONCE
        return self._left < 0


@contextmanager
def transaction(connection: sqlite3.Connection, *, write: bool) -> Iterator[None]:
    """Run a block in one transaction: all of it is kept, or nothing.

    A reading transaction sees one state of the file throughout.
    """
    connection.execute("BEGIN IMMEDIATE" if write else "BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite has rolled back already after a full disk
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def fold_log(connection: sqlite3.Connection) -> None:
    """Move the write-ahead log into the file as far as readers let it, within a second."""
    connection.execute("PRAGMA busy_timeout = 1000")
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {round(BUSY_SECONDS * 1000)}")


def drop_log(path: Path) -> None:
    """Delete a log that lies beside a name and belongs to a file that is there no longer.

    SQLite knows a log by its name alone, and would write what it holds into whatever file has
    that name next.

    Raises:
        OSError: it cannot be deleted.
    """
    for suffix in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ones that say what to do."""
    try:
        yield
    except (sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise  # a mistake in the code that calls, not in the file
    except sqlite3.Error as error:
        raise translate(error, path) from error


def translate(error: sqlite3.Error, path: Path) -> SceneSearchError:
    """Return the error to show for an error of SQLite.

    Its messages are a fixed table (``sqlite3ErrStr``); the error numbers reach Python only
    from 3.11 on.
    """
    text = str(error)
    if "is full" in text or "disk I/O error" in text:
        return StorageError(
            f"Writing {path} failed: {text}",
            hint="Free some space on its disk and run indexing again: finished tiles are kept",
        )
    if "readonly" in text:
        return read_only_error(path)
    if "locked" in text or "busy" in text:
        return IndexFileError(
            f"{path} is in use by another program",
            hint="Wait until its indexing or editing ends, or close the program",
        )
    if "unable to open" in text:
        return IndexFileError(
            f"{path} cannot be opened", hint="Check that you may read the file and its folder"
        )
    if "interrupted" in text:
        return damaged_error(path, "a view or trigger in it does not come to an end")
    if "UNIQUE" in text:
        return SourceConflictError(
            "Tiles of it are in the index already, written by another run or edited by hand",
            hint="Let other runs finish, remove it from the index, then index it again",
            reason=text,
        )
    return damaged_error(path, text)


def damaged_error(path: Path, reason: str, hint: str = "") -> IndexFileError:
    """Return the error for a file that is an index no longer."""
    return IndexFileError(
        f"{path} is damaged ({reason})",
        hint=hint or "Restore it from a backup, or delete it and index the imagery again",
    )


def read_only_error(path: Path) -> IndexFileError:
    """Return the error for writing where writing is not allowed."""
    return IndexFileError(
        f"{path} is in a read-only place or open for reading only",
        hint="Copy the index to a folder that you may write to",
    )


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
    except FileNotFoundError:
        raise IndexFileError(
            f"{path} does not exist", hint="Check the path, or create the index first"
        ) from None
    except IsADirectoryError:
        raise IndexFileError(f"{path} is a folder", hint="Choose an index file (.gpkg)") from None
    except OSError as error:
        raise IndexFileError(
            f"{path} cannot be read: {error.strerror}", hint="Check that you may read the file"
        ) from error
    if head != _MAGIC:
        what = "empty" if not head else "not a GeoPackage"
        raise IndexFileError(f"{path} is {what}", hint="Choose an index made by Scene Search")


def _connect_reader(path: Path, *, writable: bool) -> sqlite3.Connection:
    with translated_errors(path):
        # the last to close a file tidies its log and shared memory away, but only if it may write
        connection = _open(path, "mode=rw" if writable else "mode=ro")
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            # A file in WAL mode wants a shared-memory file beside it, which a read-only folder
            # denies. Without an unfinished log the file alone is complete and cannot change.
            log = path.with_name(path.name + "-wal")
            if log.exists() and log.stat().st_size:
                raise
            return _open(path, "mode=ro&immutable=1")
        except sqlite3.Error:
            connection.close()
            raise
    return connection


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; QGIS switches GeoPackages back when it closes them."""
    try:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlite3.OperationalError as error:
        # A reader holds the file in the old mode. Writing works all the same, one waits for
        # the other; any other error is the caller's.
        if "locked" not in str(error):
            raise


def _open(path: Path, parameters: str) -> sqlite3.Connection:
    text = quote(path.absolute().as_posix(), safe="/:")
    # SQLite takes no host in a URI: //server/share is a path after an empty one, and so is C:/x
    prefix = "file://" if text.startswith("//") else "file:" if text.startswith("/") else "file:///"
    return sqlite3.connect(
        f"{prefix}{text}?{parameters}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
