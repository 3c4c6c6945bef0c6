"""An index of tiles in one GeoPackage file: what indexing writes and searching reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import SourceConflictError
from . import check, code_segments, source_table, tile_ids, tile_rows
from .check import Fault
from .geopackage import create_geopackage
from .index_reader import IndexReader
from .schema import IndexInfo, SourceRecord, SourceState, TileBatch


class TileIndex(IndexReader):
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

    @classmethod
    def create(cls, path: Path | str, info: IndexInfo) -> TileIndex:
        """Write an empty index and open it for writing.

        Raises:
            IndexFileError: the file exists, or its name does not end in ``.gpkg``.
            StorageError: its folder is missing or cannot be written.
        """
        create_geopackage(Path(path), info)
        return cls.open(path)

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

    def rebuild_codes(self) -> None:
        """Build the code segments anew from the tiles.

        Needed only after another program has changed the tile layer; loading works without.
        """
        with self._writing() as connection:
            for family in code_segments.families(self.info.context):
                code_segments.rebuild(connection, family)

    def repair(self, *, thorough: bool = True) -> list[Fault]:
        """Put right what ``faults`` says, in one transaction, and return what that was."""
        with self._writing() as connection:
            return check.mend(connection, context=self.info.context, thorough=thorough)

    def _remove(self, connection: sqlite3.Connection, source_id: int) -> int:
        removed = tile_rows.remove(connection, source_id, context=self.info.context)
        tile_ids.forget(connection, source_id)
        cursor = connection.execute("DELETE FROM sources WHERE fid = ?", (source_id,))
        if not cursor.rowcount:
            raise self._no_source(source_id)
        return removed

    def _settle(self, connection: sqlite3.Connection, source_id: int) -> None:
        """Tidy up after the last tile of a source."""
        tile_ids.forget(connection, source_id)
        for family in code_segments.families(self.info.context):
            code_segments.merge(connection, source_id, family)

    def _no_source(self, source_id: int) -> SourceConflictError:
        return SourceConflictError(
            f"{self.path} has no source {source_id}", hint="Reload the list of its sources"
        )
