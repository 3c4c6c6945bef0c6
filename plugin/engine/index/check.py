"""What is wrong in an index after other programs have edited it, and putting it right.

Analysts edit GeoPackages: a row deleted from ``sources`` leaves tiles that nothing tells where
they were cut, all tiles of a raster may be deleted while it counts as complete. Searching works
all the same; here it is said in words and mended.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...same_path import PathKeys
from ...source_files import names
from . import code_segments, tile_rows
from . import damage as damages
from .connection import damaged_error

#: Rasters named in a sentence.
_NAMED = 3

#: R-trees keep boxes rounded to float32, so the layer's extent is as exact as that, in degrees.
_ROUNDING = 1e-4


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that does not fit in an index.

    Attributes:
        kind: what it is, for programs: ``damaged``, ``orphans``, ``emptied``, ``twins``, ``codes``,
            ``boxes``, ``counts``.
        number: of tiles or rasters that it is about.
        problem: what is wrong, in words.
        repair: what mending it does, in words.
    """

    kind: str
    number: int
    problem: str
    repair: str

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of the command line and the link."""
        return {
            "kind": self.kind,
            "number": self.number,
            "problem": self.problem,
            "repair": self.repair,
        }


def find_faults(connection: sqlite3.Connection, *, context: bool, thorough: bool) -> list[Fault]:
    """Return what does not fit, in the order in which it is mended.

    Args:
        connection: in a transaction, so that all is seen at one moment.
        context: whether the index has context.
        thorough: whether to look at what takes time as well, seconds for a million tiles.
            Otherwise only at what an opened index should say.
    """
    damage = damages.find(connection, context=context) if thorough else damages.Damage()
    if damage.sources:  # the rest cannot be told before they are mended
        return _damaged(damage)
    faults: list[Fault | None] = [*_damaged(damage)]
    faults += [_counts(connection)] if thorough else []
    faults += [_orphans(connection), _emptied(connection)]
    if thorough:
        faults += [_twins(connection), _boxes(connection)]
    faults.append(_codes(connection, context))
    return [fault for fault in faults if fault is not None]


def mend(connection: sqlite3.Connection, *, context: bool, thorough: bool) -> list[Fault]:
    """Put right all that ``find_faults`` finds, and return it; the caller holds a transaction."""
    damage = damages.find(connection, context=context) if thorough else damages.Damage()
    damages.mend(connection, damage, context=context)
    faults = _damaged(damage) + find_faults(connection, context=context, thorough=thorough)
    if faults:
        for source in _orphaned(connection):
            tile_rows.remove(connection, source, context=context)
        for twin in _twin_ids(connection) if thorough else ():
            tile_rows.remove(connection, twin, context=context)
            connection.execute("DELETE FROM sources WHERE fid = ?", (twin,))
        connection.execute(
            "UPDATE sources SET state = 'indexing', error = NULL, windows_done = 0 "
            f"WHERE {_IS_EMPTIED}"  # nosec B608
        )
        _mend_boxes(connection)
        _mend_counts(connection)
        for family in code_segments.families(context):
            code_segments.make_true(connection, family)
    return faults


def check_file(connection: sqlite3.Connection, path: Path) -> None:
    """Look at the file as a whole, which takes as long as reading it.

    Raises:
        IndexFileError: its pages do not fit each other; that cannot be mended.
    """
    for (message,) in connection.execute("PRAGMA quick_check(1)"):
        if message != "ok":
            raise damaged_error(path, " ".join(str(message).split()))


def _damaged(damage: damages.Damage) -> list[Fault]:
    number = sum(damage.tiles.values())
    faults = []
    if damage.sources:
        first = next(iter(damage.sources.values()))
        more = f", and {len(damage.sources) - 1:,} more" if len(damage.sources) > 1 else ""
        faults.append(
            Fault(
                "damaged",
                len(damage.sources),
                f"The table sources is damaged: {first}{more}",
                "Indexing the imagery again reads it anew",
            )
        )
    if number:
        faults.append(
            Fault(
                "damaged",
                number,
                f"{_tiles(number)} of {_rasters(len(damage.tiles))} {_hold(number)} values that "
                "cannot be, and cannot be found",
                "Indexing the imagery again encodes them anew",
            )
        )
    return faults


def _orphans(connection: sqlite3.Connection) -> Fault | None:
    tiles = _orphaned(connection)
    if not tiles:
        return None
    number = sum(tiles.values())
    return Fault(
        "orphans",
        number,
        f"{_tiles(number)} {_belong(number)} to {_rasters(len(tiles))} whose row was deleted from "
        "the table sources",
        "They are removed; indexing the imagery again brings them back",
    )


def _orphaned(connection: sqlite3.Connection) -> dict[int, int]:
    """Return the number of tiles of each source that is not in the table of sources."""
    if code_segments.agree(connection):
        tiles = "SELECT source_id, sum(tiles) FROM code_segments"
    else:
        tiles = "SELECT source_id, count(*) FROM tiles"
    statement = f"{tiles} WHERE source_id NOT IN (SELECT fid FROM sources) GROUP BY source_id"  # nosec B608
    return dict(connection.execute(statement).fetchall())


_IS_EMPTIED = (
    "state = 'complete' AND NOT EXISTS (SELECT 1 FROM tiles WHERE tiles.source_id = sources.fid)"
)


def _emptied(connection: sqlite3.Connection) -> Fault | None:
    rows = connection.execute(f"SELECT path FROM sources WHERE {_IS_EMPTIED}")  # nosec B608
    paths = [path for (path,) in rows]
    if not paths:
        return None
    return Fault(
        "emptied",
        len(paths),
        f"All tiles of {_named(paths)} were deleted",
        "Indexing again encodes them anew; to leave them out, remove the imagery from the index",
    )


def _twins(connection: sqlite3.Connection) -> Fault | None:
    twins = _twin_ids(connection)
    if not twins:
        return None
    return Fault(
        "twins",
        len(twins),
        f"{_named(list(twins.values()))} {'is' if len(twins) == 1 else 'are'} in the index twice, "
        "under another spelling or through a link",
        "The one with fewer tiles is removed",
    )


def _twin_ids(connection: sqlite3.Connection) -> dict[int, str]:
    """Return ids and paths of sources whose file is in the index under another path as well."""
    keys = PathKeys()
    counts = dict(connection.execute("SELECT source_id, count(*) FROM tiles GROUP BY source_id"))
    best: set[str] = set()
    twins: dict[int, str] = {}
    rows = connection.execute("SELECT fid, path FROM sources").fetchall()
    for source, path in sorted(rows, key=lambda row: (-counts.get(row[0], 0), row[0])):
        key = names.key(path, keys)
        if key in best:
            twins[source] = path
        best.add(key)
    return twins


def _boxes(connection: sqlite3.Connection) -> Fault | None:
    (number,) = connection.execute(
        f"SELECT (SELECT count(*) FROM tiles WHERE {_BOXLESS}) + "  # nosec B608
        "(SELECT count(*) FROM rtree_tiles_geom WHERE id NOT IN (SELECT fid FROM tiles))"
    ).fetchone()
    if not number:
        return None
    return Fault(
        "boxes",
        number,
        f"The spatial index does not fit {_tiles(number)}, so that searches in an area miss some",
        "It is made to fit",
    )


_BOXLESS = "fid NOT IN (SELECT id FROM rtree_tiles_geom) AND geom IS NOT NULL"


def _mend_boxes(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM rtree_tiles_geom WHERE id NOT IN (SELECT fid FROM tiles)")
    connection.execute(
        "INSERT INTO rtree_tiles_geom SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), "
        f"ST_MaxY(geom) FROM tiles WHERE {_BOXLESS} AND NOT ST_IsEmpty(geom)"  # nosec B608
    )


def _counts(connection: sqlite3.Connection) -> Fault | None:
    counted = connection.execute(
        "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'tiles'"
    ).fetchone()
    (number,) = connection.execute("SELECT count(*) FROM tiles").fetchone()
    noted = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'tiles'"
    ).fetchone()
    statement = f"SELECT {_EXTENT} FROM rtree_tiles_geom"  # nosec B608
    extent = connection.execute(statement).fetchone()
    if counted is not None and counted[0] in (number, None) and _same_box(noted, extent):
        return None
    return Fault(
        "counts",
        number,
        "The number of tiles or their extent is not what the file says of itself",
        "Both are counted anew",
    )


_EXTENT = "min(minx), min(miny), max(maxx), max(maxy)"


def _mend_counts(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO gpkg_ogr_contents (table_name, feature_count) "
        "SELECT 'tiles', count(*) FROM tiles"
    )
    connection.execute(
        f"UPDATE gpkg_contents SET (min_x, min_y, max_x, max_y) = (SELECT {_EXTENT} "  # nosec B608
        "FROM rtree_tiles_geom) WHERE table_name = 'tiles'"
    )


def _same_box(one: Sequence[Any] | None, other: Sequence[Any]) -> bool:
    if one is None or None in one or None in other:
        # without tiles there is no extent, and GDAL may have left an old one
        return one is None or None in other
    return all(abs(a - b) <= _ROUNDING for a, b in zip(one, other, strict=True))


def _codes(connection: sqlite3.Connection, context: bool) -> Fault | None:
    if all(code_segments.agree(connection, f) for f in code_segments.families(context)):
        return None
    return Fault(
        "codes",
        1,
        "Tiles were deleted or changed by another program, so that opening the index takes longer",
        "The copy of their codes that is read first is made anew",
    )


def _named(paths: Sequence[str]) -> str:
    """Return the names of some rasters, and how many more there are."""
    shown = [names.shown(path) for path in paths[:_NAMED]]
    if len(paths) > _NAMED:
        return f"{', '.join(shown)} and {len(paths) - _NAMED:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _tiles(number: int) -> str:
    return "1 tile" if number == 1 else f"{number:,} tiles"


def _rasters(number: int) -> str:
    return "a raster" if number == 1 else f"{number:,} rasters"


def _hold(number: int) -> str:
    return "holds" if number == 1 else "hold"


def _belong(number: int) -> str:
    return "belongs" if number == 1 else "belong"
