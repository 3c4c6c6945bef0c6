"""Rows of the tile layer: writing a batch, reading tiles and embeddings back by id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..errors import QueryError
from ..imagery.tiles.grid import TileWindow
from . import code_segments, stored, tile_ids
from .footprints import to_blobs
from .schema import TileBatch, TileRecord
from .timestamps import from_text, to_text

# the number of variables that every SQLite allows in a statement
_VARIABLES = 900


def insert(connection: sqlite3.Connection, source_id: int, batch: TileBatch) -> np.ndarray:
    """Write tiles, their codes once more as segments, and the layer's extent.

    The caller holds a transaction. Returns their ids, int64 ``(n,)``; see ``tile_ids``.
    """
    ids = tile_ids.assign(connection, source_id, batch.windows)
    codes = np.ascontiguousarray(batch.codes)
    # little endian on every machine, since files travel
    embeddings = np.ascontiguousarray(batch.embeddings, dtype="<f2")
    arrays = {"code": codes, "embedding": embeddings}
    families = [(code_segments.IMAGE, codes)]
    if batch.context_codes is not None and batch.context_embeddings is not None:
        arrays["context_code"] = np.ascontiguousarray(batch.context_codes)
        arrays["context_embedding"] = np.ascontiguousarray(batch.context_embeddings, dtype="<f2")
        families.append((code_segments.CONTEXT, arrays["context_code"]))
    acquired = to_text(batch.acquired)
    connection.executemany(
        "INSERT INTO tiles (fid, geom, source_id, col_off, row_off, width, height, scale, valid, "
        f"acquired, {', '.join(arrays)}) "  # nosec B608
        f"VALUES ({', '.join('?' * (10 + len(arrays)))})",
        (
            (
                int(ids[i]),
                geometry,
                source_id,
                int(window.col_off),
                int(window.row_off),
                int(window.width),
                int(window.height),
                float(window.scale),
                float(batch.valid[i]),
                acquired,
                *(rows[i].tobytes() for rows in arrays.values()),
            )
            for i, (window, geometry) in enumerate(
                zip(batch.windows, to_blobs(batch.footprints), strict=True)
            )
        ),
    )
    scales = np.array([window.scale for window in batch.windows], "<f4")
    for family, rows in families:
        segments = code_segments.of_tiles(ids, source_id, rows, scales)
        code_segments.write(connection, segments, family)
    _grow_extent(connection, shapely.total_bounds(np.array(batch.footprints, dtype=object)))
    return ids


def remove(connection: sqlite3.Connection, source_id: int, *, context: bool) -> int:
    """Delete a source's tiles and segments and return their number; needs a transaction.

    Args:
        connection: in a transaction.
        source_id: the source.
        context: whether the index has context.
    """
    for family in code_segments.families(context):  # first, so that triggers find nothing to do
        code_segments.remove(connection, source_id, family)
    cursor = connection.execute("DELETE FROM tiles WHERE source_id = ?", (source_id,))
    if cursor.rowcount:
        connection.execute(
            "UPDATE gpkg_contents SET (min_x, max_x, min_y, max_y) = "
            "(SELECT min(minx), max(maxx), min(miny), max(maxy) FROM rtree_tiles_geom), "
            "last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'tiles'"
        )
    return cursor.rowcount


def windows_of(connection: sqlite3.Connection, ids: np.ndarray) -> np.ndarray:
    """Return column, row, width, height of tiles, int64 ``(n, 4)``; all ids must be there."""
    statement = "SELECT fid, col_off, row_off, width, height FROM tiles"
    rows = {}
    for tile, *window in _by_id(connection, statement, ids):
        if set(map(type, window)) != {int}:  # the search for which one only then
            window = [stored.whole(value, f"the window of tile {tile}") for value in window]
        rows[tile] = window
    unknown = set(map(int, ids)) - rows.keys()
    if unknown:
        raise _unknown(unknown)
    return np.array([rows[int(tile)] for tile in ids], dtype=np.int64).reshape(-1, 4)


def embeddings(
    connection: sqlite3.Connection, ids: np.ndarray, size: int, column: str = "embedding"
) -> np.ndarray:
    """Return the embeddings of tiles, float32 ``(n, size)``, in the order of the ids.

    One that is damaged in the file is NaN throughout.

    Args:
        connection: a connection.
        ids: tiles.
        size: numbers in an embedding.
        column: ``"embedding"`` or ``"context_embedding"``.

    Raises:
        QueryError: an id is not in the index.
    """
    result = np.empty((len(ids), size), dtype=np.float32)
    rows = {int(tile): row for row, tile in enumerate(ids)}
    found = 0
    statement = f"SELECT fid, {column} FROM tiles"  # nosec B608
    for fid, blob in _by_id(connection, statement, ids):
        result[rows[fid]] = stored.embedding(blob, size)
        found += 1
    result[~np.isfinite(result).all(axis=1)] = np.nan
    if found < len(rows):
        known = {fid for (fid,) in _by_id(connection, "SELECT fid FROM tiles", ids)}
        raise _unknown(rows.keys() - known)
    if len(rows) < len(ids):  # some id stands twice: its first place was not filled
        result[:] = result[[rows[int(tile)] for tile in ids]]
    return result


def records(connection: sqlite3.Connection, ids: np.ndarray) -> list[TileRecord]:
    """Return the tiles of these ids in their order.

    Raises:
        QueryError: an id is not in the index, or its source is not.
    """
    statement = (
        "SELECT t.fid, t.source_id, s.path, t.col_off, t.row_off, t.width, t.height, t.scale, "
        "t.valid, t.acquired, t.geom FROM tiles AS t JOIN sources AS s ON s.fid = t.source_id"
    )
    rows = list(_by_id(connection, statement, ids, column="t.fid"))
    shapes = stored.footprints([row[0] for row in rows], [row[-1] for row in rows])
    found = {row[0]: _record(row, shape) for row, shape in zip(rows, shapes, strict=True)}
    unknown = set(map(int, ids)) - found.keys()
    if unknown:
        raise _unknown(unknown)
    return [found[int(tile)] for tile in ids]


def _record(row: tuple[Any, ...], footprint: BaseGeometry) -> TileRecord:
    tile = row[0]
    place = [stored.whole(value, f"the window of tile {tile}") for value in row[3:7]]
    scale = stored.number(row[7], f"the scale of tile {tile}")
    return TileRecord(
        id=tile,
        source_id=row[1],
        source_path=stored.text(row[2], f"the path of source {row[1]}"),
        window=TileWindow(place[0], place[1], place[2], place[3], scale),
        scale=scale,
        footprint=footprint,
        valid=stored.number(row[8], f"the valid share of tile {tile}"),
        acquired=from_text(row[9] if isinstance(row[9], str) else None),
    )


def footprints(connection: sqlite3.Connection, ids: np.ndarray) -> np.ndarray:
    """Return the footprints of tiles in the order of the ids, which must all be in the index."""
    rows = dict(_by_id(connection, "SELECT fid, geom FROM tiles", ids))
    unknown = set(map(int, ids)) - rows.keys()
    if unknown:
        raise _unknown(unknown)
    wanted = [int(tile) for tile in ids]
    return stored.footprints(wanted, [rows[tile] for tile in wanted])


def touching(
    connection: sqlite3.Connection, bounds: tuple[float, float, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the tiles whose bounding box touches a box.

    Args:
        connection: a connection.
        bounds: west, south, east, north in degrees.

    Returns:
        ids int64 ``(n,)`` ascending, and their boxes float64 ``(n, 4)`` in the order of
        ``bounds``, rounded outwards to float32 as the R-tree keeps them.
    """
    west, south, east, north = bounds
    # joined, since another program may have left boxes of tiles that are gone
    rows = connection.execute(
        "SELECT id, minx, miny, maxx, maxy FROM rtree_tiles_geom JOIN tiles ON fid = id "
        "WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ? ORDER BY id",
        (west, east, south, north),
    ).fetchall()
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    return table[:, 0].astype(np.int64), table[:, 1:]


def _by_id(
    connection: sqlite3.Connection, statement: str, ids: np.ndarray, column: str = "fid"
) -> Iterator[Any]:
    wanted: Sequence[int] = np.unique(np.asarray(ids, dtype=np.int64)).tolist()
    for start in range(0, len(wanted), _VARIABLES):
        part = wanted[start : start + _VARIABLES]
        marks = ", ".join("?" * len(part))
        yield from connection.execute(f"{statement} WHERE {column} IN ({marks})", part)


def _unknown(ids: set[int]) -> QueryError:
    tiles = sorted(ids)
    return QueryError(
        f"Tile {tiles[0]} is not in the index",
        hint="Its imagery may have been removed or indexed again: search anew",
        tiles=tiles[:100],
    )


def _grow_extent(connection: sqlite3.Connection, bounds: np.ndarray) -> None:
    west, south, east, north = map(float, bounds)
    connection.execute(
        "UPDATE gpkg_contents SET min_x = min(coalesce(min_x, ?1), ?1), "
        "min_y = min(coalesce(min_y, ?2), ?2), max_x = max(coalesce(max_x, ?3), ?3), "
        "max_y = max(coalesce(max_y, ?4), ?4), "
        "last_change = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE table_name = 'tiles'",
        (west, south, east, north),
    )
