"""Which id a tile has: the same one as long as its source shows that window.

Marks, hits and projects point at tiles by their ids. When a source has changed, its tiles are
taken out, because they show pixels that are no longer there; their ids and windows stay in the
table ``retired_tiles`` until it is indexed again, and a tile at the same window gets its id back.
No id is ever given to another place. The table is made when it is needed first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import numpy as np

from ..imagery.tiles.grid import TileWindow

_WINDOW = "source_id, scale, row_off, col_off, width, height"
_CREATE = (
    "CREATE TABLE IF NOT EXISTS retired_tiles (fid INTEGER PRIMARY KEY, "
    "source_id INTEGER NOT NULL, scale REAL NOT NULL, row_off INTEGER NOT NULL, "
    "col_off INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL, "
    f"UNIQUE ({_WINDOW}))"
)
# a tile whose window is damaged has lost its place, and so its id
_HAS_PLACE = " AND ".join(
    f"typeof({name}) = 'integer'" for name in ("row_off", "col_off", "width", "height")
)


def retire(connection: sqlite3.Connection, source_id: int) -> None:
    """Remember the ids of a source's tiles before they go; the caller holds a transaction."""
    connection.execute(_CREATE)
    connection.execute(
        f"INSERT OR REPLACE INTO retired_tiles (fid, {_WINDOW}) "  # nosec B608
        f"SELECT fid, {_WINDOW} FROM tiles WHERE source_id = ? AND {_HAS_PLACE} "
        "AND typeof(scale) IN ('real', 'integer')",
        (source_id,),
    )


def assign(
    connection: sqlite3.Connection, source_id: int, windows: Sequence[TileWindow]
) -> np.ndarray:
    """Return the ids for tiles of a source, int64 ``(n,)``: those they had, else ones never used.

    The caller holds a transaction and writes the tiles in it.
    """
    ids = np.zeros(len(windows), np.int64)
    if _has_retired(connection, source_id):
        for row, window in enumerate(windows):
            found = connection.execute(
                "SELECT fid FROM retired_tiles WHERE source_id = ? AND scale = ? AND row_off = ? "
                "AND col_off = ? AND width = ? AND height = ?",
                (
                    source_id,
                    float(window.scale),
                    int(window.row_off),
                    int(window.col_off),
                    int(window.width),
                    int(window.height),
                ),
            ).fetchone()
            if found is not None:
                ids[row] = found[0]
    new = np.flatnonzero(ids == 0)
    first = _next_id(connection)
    ids[new] = np.arange(first, first + len(new))
    return ids


def forget(connection: sqlite3.Connection, source_id: int) -> None:
    """Drop what is remembered of a source; the caller holds a transaction."""
    if _has_retired(connection, source_id):
        connection.execute("DELETE FROM retired_tiles WHERE source_id = ?", (source_id,))


def _has_retired(connection: sqlite3.Connection, source_id: int) -> bool:
    there = connection.execute(
        "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'retired_tiles'"
    ).fetchone()
    return there is not None and bool(
        connection.execute(
            "SELECT EXISTS (SELECT 1 FROM retired_tiles WHERE source_id = ?)", (source_id,)
        ).fetchone()[0]
    )


def _next_id(connection: sqlite3.Connection) -> int:
    """Return an id that no tile ever had: old hits must not point at new tiles."""
    # a copy made by another program may have lost the counter
    (last,) = connection.execute(
        "SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name = 'tiles'), 0), "
        "coalesce((SELECT max(fid) FROM tiles), 0))"
    ).fetchone()
    return int(last) + 1
