"""Reading an index: its sources, its tiles, their codes and embeddings."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...same_path import PathKeys
from ...source_files import names
from ..errors import QueryError
from . import check, code_segments, source_table, tile_rows
from .check import Fault
from .open_file import OpenIndexFile
from .schema import CodeTable, SourceRecord, TileRecord


class IndexReader(OpenIndexFile):
    """The reading half of ``TileIndex``."""

    def __init__(self, path: Path, connection: sqlite3.Connection, *, read_only: bool) -> None:
        super().__init__(path, connection, read_only=read_only)
        self._codes: dict[bool, CodeTable] = {}
        self._codes_version: tuple[int, int] | None = None

    def close(self) -> None:
        """Close the file and forget its codes."""
        with self._lock:
            super().close()
            self._codes.clear()

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

    def complete_count(self) -> int:
        """Return the number of sources whose tiles are all there."""
        statement = "SELECT count(*) FROM sources WHERE state = 'complete'"
        with self._reading() as connection:
            return int(connection.execute(statement).fetchone()[0])

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


def _end_of(file: str) -> str:
    """Return the last part of a path, as one that ignores case would take it."""
    return os.path.basename(file).casefold()  # noqa: PTH119
