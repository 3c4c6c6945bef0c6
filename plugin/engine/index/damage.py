"""Finding the rows of an index that hold what they cannot, and taking them out.

A damaged tile is encoded again with its whole source, under its old id; so is a source whose facts
are damaged. Only a source without a path cannot be found again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import numpy as np

from . import source_table, stored, tile_ids, tile_rows

# rows looked at together
_ROWS = 4096


@dataclass(slots=True)
class Damage:
    """What is damaged in an index.

    Attributes:
        tiles: number of damaged tiles of each source.
        sources: what is wrong with each source whose row is damaged.
    """

    tiles: dict[int, int] = field(default_factory=dict)
    sources: dict[int, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tiles or self.sources)


def find(connection: sqlite3.Connection, *, context: bool) -> Damage:
    """Look at every value of every tile and source; the caller holds a transaction."""
    found = Damage(sources=source_table.damaged(connection))
    for source, sound in _tiles(connection, context=context):
        if not sound:
            found.tiles[source] = found.tiles.get(source, 0) + 1
    return found


def mend(connection: sqlite3.Connection, damage: Damage, *, context: bool) -> None:
    """Have the sources that are damaged, or hold damaged tiles, be indexed anew.

    The caller holds a transaction.
    """
    for source in damage.tiles.keys() | damage.sources.keys():
        tile_ids.retire(connection, source)
        tile_rows.remove(connection, source, context=context)
        if source in damage.sources:
            source_table.reset(connection, source)
    connection.executemany(
        "UPDATE sources SET state = 'indexing', error = NULL, windows_done = 0 WHERE fid = ?",
        ((source,) for source in damage.tiles.keys() | damage.sources.keys()),
    )


def _tiles(connection: sqlite3.Connection, *, context: bool) -> Iterator[tuple[int, bool]]:
    """Yield each tile's source and whether the tile is sound."""
    size, bits = connection.execute("SELECT embedding_size, code_bits FROM index_info").fetchone()
    embeddings = ["embedding", *(["context_embedding"] if context else [])]
    codes = ["code", *(["context_code"] if context else [])]
    places = ["col_off", "row_off", "width", "height"]
    sound = [
        *(f"typeof({name}) = 'integer'" for name in places),
        *(f"typeof({name}) IN ('real', 'integer')" for name in ("scale", "valid")),
        *(f"abs({name}) < 1e300" for name in ("scale", "valid")),
        *(f"typeof({name}) = 'blob' AND length({name}) = {bits // 8}" for name in codes),
        *(f"typeof({name}) = 'blob' AND length({name}) = {2 * size}" for name in embeddings),
    ]
    rows = connection.execute(
        f"SELECT fid, source_id, {' AND '.join(sound)}, geom, "  # nosec B608
        f"{', '.join(embeddings)} FROM tiles WHERE typeof(source_id) = 'integer'"
    )
    while part := list(islice(rows, _ROWS)):
        whole = _have_footprints(part)
        for (_, source, values, _, *vectors), drawn in zip(part, whole, strict=True):
            finite = values and all(
                np.isfinite(np.frombuffer(vector, "<f2")).all() for vector in vectors
            )
            yield source, bool(finite and drawn)


def _have_footprints(rows: list[tuple[int, ...]]) -> list[bool]:
    try:
        stored.footprints([row[0] for row in rows], [row[3] for row in rows])
    except stored.StoredValueError:
        return [_has_footprint(row) for row in rows]
    return [True] * len(rows)


def _has_footprint(row: tuple[int, ...]) -> bool:
    try:
        stored.footprints([row[0]], [row[3]])
    except stored.StoredValueError:
        return False
    return True
