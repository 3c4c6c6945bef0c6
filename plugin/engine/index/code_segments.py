"""The codes once more, as one blob for each run of consecutive tiles of one source.

An index with context has two families of codes, each with a table of segments.

A segment is written in the transaction that writes its tiles and goes in the one that removes
them, so the two cannot disagree after a crash. Other programs may edit the tile layer, though:
triggers, which every program runs, remove a segment with the first of its tiles that changes. So
segments never hold a tile that is not there, and where they hold as many as there are, they hold
all. Where they do not, codes are read from the tiles themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .schema import CodeTable

_REMOVE = (
    "DELETE FROM {table} WHERE OLD.fid < first_tile + tiles AND first_tile = "
    "(SELECT max(first_tile) FROM {table} WHERE first_tile <= OLD.fid)"
)
_TRIGGERS = {
    "{table}_tile_deleted": f"AFTER DELETE ON tiles BEGIN {_REMOVE}; END",
    "{table}_tile_changed": "AFTER UPDATE OF fid, source_id, scale, {column} ON tiles "
    "WHEN OLD.fid <> NEW.fid OR OLD.source_id <> NEW.source_id OR OLD.scale <> NEW.scale "
    f"OR OLD.{{column}} <> NEW.{{column}} BEGIN {_REMOVE}; END",
}

# ids of sources are kept in memory as int32
_MOST_SOURCES = 2**31 - 1

#: Segments of a complete source are merged up to this many tiles.
MERGED_TILES = 65_536


@dataclass(frozen=True, slots=True)
class Family:
    """Codes of one kind: the table of their segments and their column of the tile layer."""

    table: str
    column: str


IMAGE = Family("code_segments", "code")
CONTEXT = Family("context_segments", "context_code")


def families(context: bool) -> tuple[Family, ...]:
    """Return the families of an index with or without context."""
    return (IMAGE, CONTEXT) if context else (IMAGE,)


@dataclass(frozen=True, slots=True)
class Segment:
    """Codes of the tiles ``first_tile`` to ``first_tile + tiles - 1``, all of one source."""

    first_tile: int
    tiles: int
    source_id: int
    codes: bytes
    scales: bytes


def write(
    connection: sqlite3.Connection, segments: Iterable[Segment], family: Family = IMAGE
) -> None:
    """Insert segments; the caller holds a transaction."""
    connection.executemany(
        f"INSERT INTO {family.table} (first_tile, tiles, source_id, codes, scales) "  # nosec B608
        "VALUES (?, ?, ?, ?, ?)",
        ((s.first_tile, s.tiles, s.source_id, s.codes, s.scales) for s in segments),
    )


def of_tiles(
    ids: np.ndarray, source_id: int, codes: np.ndarray, scales: np.ndarray
) -> Iterator[Segment]:
    """Yield the segments of some tiles of one source, one for each run of consecutive ids.

    Args:
        ids: int64 ``(n,)``, in any order, none twice.
        source_id: the source.
        codes: uint8 ``(n, code_bits / 8)``, contiguous.
        scales: ``<f4`` ``(n,)``.
    """
    order = np.argsort(ids)
    starts = np.flatnonzero(np.diff(ids[order], prepend=ids[order[0]] - 2) != 1)
    for rows in np.split(order, starts[1:]):
        yield Segment(
            int(ids[rows[0]]), len(rows), source_id, codes[rows].tobytes(), scales[rows].tobytes()
        )


def remove(connection: sqlite3.Connection, source_id: int, family: Family = IMAGE) -> None:
    """Delete the segments of a source; the caller holds a transaction."""
    connection.execute(
        f"DELETE FROM {family.table} WHERE source_id = ?",  # nosec B608
        (source_id,),
    )


def merge(connection: sqlite3.Connection, source_id: int, family: Family = IMAGE) -> None:
    """Join a source's neighbouring segments into few; the caller holds a transaction."""
    rows = connection.execute(
        f"SELECT first_tile, tiles, source_id, codes, scales FROM {family.table} "  # nosec B608
        "WHERE source_id = ? ORDER BY first_tile",
        (source_id,),
    )
    segments = [Segment(*row) for row in rows]
    merged = list(_joined(segments))
    if len(merged) < len(segments):
        remove(connection, source_id, family)
        write(connection, merged, family)


def tile_count(connection: sqlite3.Connection) -> int:
    """Number of rows in the tile layer, from the counter that triggers keep."""
    row = connection.execute(
        "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'tiles'"
    ).fetchone()
    if row is None or type(row[0]) is not int:  # another program took the counter away
        row = connection.execute("SELECT count(*) FROM tiles").fetchone()
    return int(row[0])


def watch(connection: sqlite3.Connection, family: Family = IMAGE) -> None:
    """Make the triggers that remove a segment when one of its tiles changes."""
    for name, action in _triggers(family).items():
        connection.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {action}")


def make_true(connection: sqlite3.Connection, family: Family = IMAGE) -> None:
    """See to it that the segments fit the tiles and stay so; the caller holds a transaction."""
    if not agree(connection, family):
        rebuild(connection, family)
    watch(connection, family)


def agree(connection: sqlite3.Connection, family: Family = IMAGE) -> bool:
    """Whether the segments hold the codes of all tiles."""
    (held,) = connection.execute(
        f"SELECT coalesce(sum(tiles), 0) FROM {family.table}"  # nosec B608
    ).fetchone()
    if held != tile_count(connection):
        return False
    # a file of an older layout may have lost some tiles and gained as many
    return _is_watched(connection, family) or _sums(connection, family) == _tile_sums(connection)


def _triggers(family: Family) -> dict[str, str]:
    words = {"table": family.table, "column": family.column}
    return {name.format(**words): action.format(**words) for name, action in _TRIGGERS.items()}


def _is_watched(connection: sqlite3.Connection, family: Family) -> bool:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    return _triggers(family).keys() <= {name for (name,) in rows}


def _sums(connection: sqlite3.Connection, family: Family) -> list[tuple[int, ...]]:
    """Return source, number, sum, least and largest id of the tiles that the segments hold."""
    return connection.execute(
        "SELECT source_id, sum(tiles), sum(tiles * first_tile + tiles * (tiles - 1) / 2), "
        f"min(first_tile), max(first_tile + tiles - 1) FROM {family.table} "  # nosec B608
        "GROUP BY source_id ORDER BY source_id"
    ).fetchall()


def _tile_sums(connection: sqlite3.Connection) -> list[tuple[int, ...]]:
    return connection.execute(
        "SELECT source_id, count(*), sum(fid), min(fid), max(fid) FROM tiles "
        "GROUP BY source_id ORDER BY source_id"
    ).fetchall()


def rebuild(connection: sqlite3.Connection, family: Family = IMAGE) -> None:
    """Build all segments anew from the tiles; the caller holds a transaction."""
    connection.execute(f"DELETE FROM {family.table}")  # nosec B608
    write(connection, _from_tiles(connection, family), family)


def load(connection: sqlite3.Connection, code_bytes: int, family: Family = IMAGE) -> CodeTable:
    """Read all codes; the caller holds a transaction, so that counts and blobs belong together.

    Where the segments are damaged, codes are read from the tiles. Tiles whose own code is damaged
    are left out.
    """
    if agree(connection, family) and _is_sound(connection, code_bytes, family):
        rows = connection.execute(
            "SELECT first_tile, tiles, source_id, codes, scales "
            f"FROM {family.table} ORDER BY first_tile"  # nosec B608
        )
        segments = [Segment(*row) for row in rows]
    else:
        segments = list(_from_tiles(connection, family))
    count = sum(segment.tiles for segment in segments)
    ids = np.empty(count, dtype=np.int64)
    codes = np.empty((count, code_bytes), dtype=np.uint8)
    sources = np.empty(count, dtype=np.int32)
    scales = np.empty(count, dtype=np.float32)
    start = 0
    for segment in segments:
        stop = start + segment.tiles
        ids[start:stop] = np.arange(segment.first_tile, segment.first_tile + segment.tiles)
        codes[start:stop] = np.frombuffer(segment.codes, np.uint8).reshape(-1, code_bytes)
        sources[start:stop] = segment.source_id
        scales[start:stop] = np.frombuffer(segment.scales, "<f4")
        start = stop
    return CodeTable(ids, codes, sources, scales)


def _is_sound(connection: sqlite3.Connection, code_bytes: int, family: Family) -> bool:
    """Whether every segment has the codes and scales of its tiles; reads lengths alone."""
    (wrong,) = connection.execute(
        f"SELECT count(*) FROM {family.table} WHERE typeof(first_tile) <> 'integer' "  # nosec B608
        "OR typeof(tiles) <> 'integer' OR tiles < 1 OR typeof(source_id) <> 'integer' "
        "OR abs(source_id) > ? OR typeof(codes) <> 'blob' OR length(codes) <> tiles * ? "
        "OR typeof(scales) <> 'blob' OR length(scales) <> tiles * 4",
        (_MOST_SOURCES, code_bytes),
    ).fetchone()
    return not wrong


def _from_tiles(connection: sqlite3.Connection, family: Family) -> Iterator[Segment]:
    (bits,) = connection.execute("SELECT code_bits FROM index_info").fetchone()
    rows = connection.execute(
        f"SELECT fid, source_id, {family.column}, scale FROM tiles "  # nosec B608
        f"WHERE typeof({family.column}) = 'blob' AND length({family.column}) = ? "
        "AND typeof(source_id) = 'integer' AND abs(source_id) <= ? "
        "AND typeof(scale) IN ('real', 'integer') ORDER BY fid",
        (bits // 8, _MOST_SOURCES),
    )
    return _joined(
        Segment(fid, 1, source_id, code, np.array(scale, "<f4").tobytes())
        for fid, source_id, code, scale in rows
    )


def _joined(segments: Iterable[Segment]) -> Iterator[Segment]:
    """Join segments that follow one another; they come in the order of their first tile."""
    run: list[Segment] = []
    tiles = 0
    for segment in segments:
        follows = (
            run
            and run[-1].source_id == segment.source_id
            and run[-1].first_tile + run[-1].tiles == segment.first_tile
            and tiles + segment.tiles <= MERGED_TILES
        )
        if run and not follows:
            yield _join(run, tiles)
            run, tiles = [], 0
        run.append(segment)
        tiles += segment.tiles
    if run:
        yield _join(run, tiles)


def _join(run: list[Segment], tiles: int) -> Segment:
    return Segment(
        run[0].first_tile,
        tiles,
        run[0].source_id,
        b"".join(segment.codes for segment in run),
        b"".join(segment.scales for segment in run),
    )
