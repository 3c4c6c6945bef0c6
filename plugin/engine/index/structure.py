"""Whether an index file is built of tables, as it is when nobody has meddled with it.

A view answers like a table and may count without end; so may a trigger. What is read must be a
table, and what is run is counted: see ``connection.limit_steps``.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import IndexFileError
from .connection import damaged_error, translated_errors

#: Without these a file is no index.
_OWN = ("tiles", "sources", "index_info", "code_segments")

#: What else is read; it may be missing where other programs took it away.
_OTHERS = (
    *("context_segments", "retired_tiles"),
    *("gpkg_contents", "gpkg_ogr_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"),
)

_RTREE = "rtree_tiles_geom"


def check_structure(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is no index, or in which something else stands in a table's place.

    Raises:
        IndexFileError: it is another kind of GeoPackage, or damaged.
    """
    with translated_errors(path):
        rows = connection.execute("SELECT name, type, sql FROM sqlite_master").fetchall()
    kinds: dict[str, str] = {}
    for name, kind, sql in rows:
        if kind in ("table", "view"):
            virtual = kind == "table" and str(sql).upper().startswith("CREATE VIRTUAL")
            kinds[str(name).lower()] = "virtual table" if virtual else str(kind)
    if any(kinds.get(name) is None for name in _OWN):
        raise IndexFileError(
            f"{path} is not an index of Scene Search", hint="Choose an index made by it"
        )
    for name in (*_OWN, *_OTHERS):
        if kinds.get(name, "table") != "table":
            raise damaged_error(path, f"{name} is a {kinds[name]}, no table")
    if kinds.get(_RTREE) != "virtual table":
        raise damaged_error(path, "its tiles have no spatial index")
