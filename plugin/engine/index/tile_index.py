"""An index of tiles in one GeoPackage file: what indexing writes and searching reads."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from ...same_path import PathKeys
from ...source_files import names
from ..errors import IndexFileError, QueryError, SourceConflictError
from . import check, code_segments, layout, source_table, tile_ids, tile_rows
from .check import Fault
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
from .geopackage import create_geopackage, read_info
from .schema import CodeTable, IndexInfo, SourceRecord, SourceState, TileBatch, TileRecord
from .stored import StoredValueError

if TYPE_CHECKING:
    from ..imagery.tiles.grid import TileWindow


class TileIndex:
    """An open index.

    Every writing method is one transaction, so a process killed at any moment loses at most the
    call in flight. Several readers and one writer work on a file at once, in one process or in
    several. An object may be used from several threads; one thread at a time gets its turn.

    All methods raise ``IndexFileError`` when the file turns out damaged or another program keeps
    it busy, writing ones ``StorageError`` when the disk is full.

    Examples:
        >>> with TileIndex.open(index_file, read_only=True) as index:
        ...     table = index.load_codes()
        ...     embeddings = index.embeddings(table.ids[:5])
        >>> table.codes.shape[1] * 8, embeddings.shape
        (64, (5, 32))
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
        self._codes: dict[bool, CodeTable] = {}
        self._codes_version: tuple[int, int] | None = None
        self._identity = _identity(path)
        self.info: IndexInfo = read_info(connection, path)

    @classmethod
    def create(cls, path: Path | str, info: IndexInfo) -> TileIndex:
        """Write an empty index and open it for writing.

        Raises:
            IndexFileError: the file exists, or its name does not end in ``.gpkg``.
            StorageError: its folder is missing or cannot be written.
        """
        create_geopackage(Path(path), info)
        return cls.open(path)

    @classmethod
    def open(cls, path: Path | str, *, read_only: bool = False) -> TileIndex:
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
            self._codes.clear()
            if lost:
                with contextlib.suppress(OSError):
                    drop_log(self.path)

    def __enter__(self) -> TileIndex:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # sources

    def sources(self) -> list[SourceRecord]:
        """Return all sources in the order they were added."""
        with self._reading() as connection:
            return source_table.all_sources(connection)

    def source(self, source_id: int) -> SourceRecord | None:
        """Return the source of this id, or None."""
        with self._reading() as connection:
            return source_table.by_id(connection, source_id)

    def source_by_path(self, path: Path | str) -> SourceRecord | None:
        """Return the source of this absolute path, or None."""
        with self._reading() as connection:
            return source_table.by_path(connection, str(path))

    def source_of(self, name: Path | str) -> SourceRecord | None:
        """Return the source of a raster, under whatever path of it the index has it, or None."""
        source = self.source_by_path(name)
        if source is not None:
            return source
        keys = PathKeys()
        wanted = names.key(name, keys)
        file = names.file_of(name)
        # asking the file system about every source would take long
        ends = {_end_of(file), _end_of(os.path.realpath(file))}
        alike = (s for s in self.sources() if _end_of(names.file_of(s.path)) in ends)
        return next((s for s in alike if names.key(s.path, keys) == wanted), None)

    def upsert_source(self, record: SourceRecord) -> int:
        """Add a source or replace the one of the same path, and return its id.

        Tiles stay, and ``windows_done`` with them, where fingerprint, CRS, size, tile size and
        stretch are as before; otherwise they belong to pixels that are no longer there and go. A
        tile that is written at the same window later has the same id.

        Raises:
            RasterError: the path has bytes that are no text.
        """
        with self._writing() as connection:
            old = source_table.by_path(connection, record.path)
            if old is None or old.id is None:
                return source_table.insert(connection, record)
            if source_table.same_grid(old, record):
                record = replace(record, windows_done=old.windows_done)
            else:
                tile_ids.retire(connection, old.id)
                tile_rows.remove(connection, old.id, context=self.info.context)
            source_table.update(connection, old.id, record)
            if record.state == "complete":
                self._settle(connection, old.id)
            return old.id

    def set_source_state(
        self, source_id: int, state: SourceState, error: str | None = None
    ) -> None:
        """Set how far a source came, leaving its tiles as they are.

        Raises:
            SourceConflictError: there is no such source.
        """
        with self._writing() as connection:
            cursor = connection.execute(
                "UPDATE sources SET state = ?, error = ? WHERE fid = ?", (state, error, source_id)
            )
            if not cursor.rowcount:
                raise self._no_source(source_id)
            if state == "complete":
                self._settle(connection, source_id)

    def set_fingerprint(self, source_id: int, fingerprint: str) -> None:
        """Note the fingerprint of another kind of a source that has not changed; tiles stay.

        Raises:
            IndexFileError: there is no such source.
        """
        with self._writing() as connection:
            cursor = connection.execute(
                "UPDATE sources SET fingerprint = ? WHERE fid = ?", (fingerprint, source_id)
            )
            if not cursor.rowcount:
                raise self._no_source(source_id)

    def move_sources(self, records: Sequence[SourceRecord]) -> None:
        """Give sources another path, and the fingerprint that the file has there; tiles stay.

        Raises:
            RasterError: a path has bytes that are no text.
            IndexFileError: there is no such source, or a path is another source's.
        """
        with self._writing() as connection:
            source_table.move(connection, records)

    def remove_sources(self, source_ids: Sequence[int]) -> int:
        """Remove sources with their tiles, all or none, and return the number of tiles.

        Raises:
            SourceConflictError: there is no such source.
        """
        with self._writing() as connection:
            return sum(self._remove(connection, source_id) for source_id in source_ids)

    def remove_source(self, source_id: int) -> int:
        """Remove a source with its tiles and return their number.

        Raises:
            SourceConflictError: there is no such source.
        """
        return self.remove_sources([source_id])

    def _remove(self, connection: sqlite3.Connection, source_id: int) -> int:
        removed = tile_rows.remove(connection, source_id, context=self.info.context)
        tile_ids.forget(connection, source_id)
        cursor = connection.execute("DELETE FROM sources WHERE fid = ?", (source_id,))
        if not cursor.rowcount:
            raise self._no_source(source_id)
        return removed

    # tiles

    def append(self, source_id: int, batch: TileBatch) -> np.ndarray:
        """Write a batch in one transaction and return the new tile ids, int64 ``(n,)``.

        An empty batch only moves the source's ``windows_done``.

        Raises:
            ValueError: the arrays do not fit each other or the index.
            SourceConflictError: there is no such source, or a tile is already there.
            StorageError: the disk is full; earlier batches stay.
        """
        batch.check(self.info)
        with self._writing() as connection:
            cursor = connection.execute(
                "UPDATE sources SET windows_done = coalesce(?, windows_done), "
                "damage = coalesce(?, damage) WHERE fid = ?",
                (batch.windows_done, batch.damage, source_id),
            )
            if not cursor.rowcount:
                raise self._no_source(source_id)
            if not len(batch):
                return np.empty(0, dtype=np.int64)
            return tile_rows.insert(connection, source_id, batch)

    def tile_count(self) -> int:
        """Return the number of tiles."""
        with self._reading() as connection:
            return code_segments.tile_count(connection)

    def tile_counts(self) -> dict[int, int]:
        """Return the number of tiles of each source that has any."""
        with self._reading() as connection:
            if code_segments.agree(connection):
                statement = "SELECT source_id, sum(tiles) FROM code_segments GROUP BY source_id"
            else:
                statement = "SELECT source_id, count(*) FROM tiles GROUP BY source_id"
            return dict(connection.execute(statement).fetchall())

    def extent(self) -> tuple[float, float, float, float] | None:
        """Return west, south, east, north of all tiles in degrees, or None without tiles."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'tiles'"
            ).fetchone()
        return None if row is None or row[0] is None else row

    def has_tiles(self, source_id: int) -> bool:
        """Return whether a source has any tile."""
        statement = "SELECT EXISTS (SELECT 1 FROM tiles WHERE source_id = ?)"
        with self._reading() as connection:
            (found,) = connection.execute(statement, (source_id,)).fetchone()
        return bool(found)

    def done_windows(self, source_id: int) -> set[TileWindow]:
        """Return the windows of the tiles that a source has already."""
        with self._reading() as connection:
            return tile_rows.windows(connection, source_id)

    def load_codes(self, *, context: bool = False) -> CodeTable:
        """Return the codes of all tiles, read again only when the file has changed since.

        Tiles whose source another program has deleted are left out: nothing tells what they show.
        So are tiles whose code is damaged.

        Args:
            context: whether to return those with the context of acquisition.

        Raises:
            QueryError: the index has no context.
        """
        if context:
            self.require_context()
        family = code_segments.CONTEXT if context else code_segments.IMAGE
        with self._reading() as connection:
            (foreign,) = connection.execute("PRAGMA data_version").fetchone()
            version = (foreign, self._writes)
            if self._codes_version != version:
                self._codes.clear()
                self._codes_version = version
            if context not in self._codes:
                with self.snapshot():
                    table = code_segments.load(connection, self.info.code_bytes, family)
                    sources = connection.execute("SELECT fid FROM sources").fetchall()
                self._codes[context] = table.of_sources([fid for (fid,) in sources])
            return self._codes[context]

    def rebuild_codes(self) -> None:
        """Build the code segments anew from the tiles.

        Needed only after another program has changed the tile layer; loading works without.
        """
        with self._writing() as connection:
            for family in code_segments.families(self.info.context):
                code_segments.rebuild(connection, family)

    def embeddings(self, ids: Sequence[int] | np.ndarray, *, context: bool = False) -> np.ndarray:
        """Return embeddings as float32 ``(n, D)`` in the order of the ids.

        One that is damaged in the file is NaN throughout.

        Args:
            ids: tiles.
            context: whether to return those with the context of acquisition.

        Raises:
            QueryError: an id is not in the index, or it has no context.
        """
        if context:
            self.require_context()
        column = "context_embedding" if context else "embedding"
        size = self.info.embedding_size
        with self._reading() as connection:
            return tile_rows.embeddings(connection, np.asarray(ids), size, column)

    def tiles(self, ids: Sequence[int] | np.ndarray) -> list[TileRecord]:
        """Return tiles in the order of the ids.

        Raises:
            QueryError: an id is not in the index.
        """
        with self._reading() as connection:
            return tile_rows.records(connection, np.asarray(ids))

    def footprints(self, ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return shapely footprints in WGS 84 in the order of the ids, which must be there."""
        with self._reading() as connection:
            return tile_rows.footprints(connection, np.asarray(ids))

    def tiles_touching(
        self, bounds: tuple[float, float, float, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return ids ``(n,)`` and boxes ``(n, 4)`` of the tiles whose box touches ``bounds``.

        Boxes are west, south, east, north in degrees, rounded outwards to float32.
        """
        with self._reading() as connection:
            return tile_rows.touching(connection, bounds)

    def windows(self, ids: Sequence[int] | np.ndarray) -> np.ndarray:
        """Return windows as int64 ``(n, 4)``: column, row, width, height in source pixels.

        In the order of the ids, which must be there.
        """
        with self._reading() as connection:
            return tile_rows.windows_of(connection, np.asarray(ids))

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

    def require_context(self) -> None:
        """Check that the index has context, before work that needs it.

        Raises:
            QueryError: it has none.
        """
        if not self.info.context:
            raise QueryError(
                f"{self.path.name} does not hold when, where and by what its tiles were taken",
                hint="Search without context, or index the imagery again with an encoder that "
                "has a context part",
            )

    # the file

    def checkpoint(self) -> None:
        """Fold the write-ahead log into the file, so that the file alone is complete.

        Waits a second at most: what a reader still needs stays in the log until the next time.
        """
        if self.read_only:
            raise read_only_error(self.path)
        with self._lock, translated_errors(self.path):
            self._check_place()
            fold_log(self._connection)

    def complete_count(self) -> int:
        """Return the number of sources whose tiles are all there."""
        statement = "SELECT count(*) FROM sources WHERE state = 'complete'"
        with self._reading() as connection:
            return int(connection.execute(statement).fetchone()[0])

    def faults(self, *, thorough: bool = False) -> list[Fault]:
        """Return what other programs have left wrong in the file; searching works all the same.

        Args:
            thorough: whether to look at everything, the file's own soundness included.

        Raises:
            IndexFileError: the file itself is damaged.
        """
        with self.snapshot(), self._reading() as connection:
            if thorough:
                check.check_file(connection, self.path)
            return check.find_faults(connection, context=self.info.context, thorough=thorough)

    def repair(self, *, thorough: bool = True) -> list[Fault]:
        """Put right what ``faults`` says, in one transaction, and return what that was."""
        with self._writing() as connection:
            return check.mend(connection, context=self.info.context, thorough=thorough)

    def replaced(self) -> bool:
        """Whether another file has taken this one's name, or none has it any more."""
        return _identity(self.path) != self._identity

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

    def _settle(self, connection: sqlite3.Connection, source_id: int) -> None:
        """Tidy up after the last tile of a source."""
        tile_ids.forget(connection, source_id)
        for family in code_segments.families(self.info.context):
            code_segments.merge(connection, source_id, family)

    def _no_source(self, source_id: int) -> SourceConflictError:
        return SourceConflictError(
            f"{self.path} has no source {source_id}", hint="Reload the list of its sources"
        )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _end_of(file: str) -> str:
    """Return the last part of a path, as one that ignores case would take it."""
    return os.path.basename(file).casefold()  # noqa: PTH119
