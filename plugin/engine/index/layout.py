"""The layout of an index file, and how files of older layouts are brought along.

=====  ==========================================================================================
  1    the first
  2    as 1, with the context of acquisition: ``index_info.context``, a second code and embedding
       beside each tile, ``context_segments``
  3    of both kinds: every file says in ``index_info.context`` which it is. ``sources.content``,
       by which a moved file is recognised, and ``sources.damage``, which says what of it cannot
       be read. Triggers keep the segments of codes true.
=====  ==========================================================================================

A file is brought along in place, in one transaction, when it is opened for writing. One that is
only read is left as it is: what its tables lack is added by views of the connection.

To change the layout: name the new columns under ``_COLUMNS`` here and in ``geopackage.py``, raise
``SCHEMA_VERSION``, and keep a small file of the layout before in ``tests/engine/index/layouts``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import IndexFileError
from . import code_segments
from .connection import damaged_error, transaction, translated_errors
from .schema import SCHEMA_VERSION
from .structure import check_structure


@dataclass(frozen=True, slots=True)
class _Column:
    """A column that a layout added; ``default`` is what rows of older files have, as SQL."""

    table: str
    name: str
    type: str
    default: str


_COLUMNS = {
    3: (
        _Column("index_info", "context", "BOOLEAN NOT NULL", "0"),
        _Column("sources", "content", "TEXT", "NULL"),
        _Column("sources", "damage", "TEXT", "NULL"),
    )
}


def prepare(connection: sqlite3.Connection, path: Path, *, read_only: bool) -> None:
    """Make a file of any known layout usable as one of today's.

    Args:
        connection: just opened.
        path: its file, for messages.
        read_only: whether the file stays as it is.

    Raises:
        IndexFileError: it is another kind of GeoPackage, of a newer layout, damaged, or another
            program keeps it busy.
        StorageError: the disk is full; the file is as before.
    """
    with translated_errors(path):
        version = _stored(connection, path)
        if version == SCHEMA_VERSION:
            return
        if read_only:
            _add_views(connection, version)
            return
        with transaction(connection, write=True):
            version = _stored(connection, path)  # another process may have been faster
            for column in _lacking(connection, version):
                connection.execute(
                    f"ALTER TABLE {column.table} ADD COLUMN {column.name} {column.type} "
                    f"DEFAULT {column.default}"
                )
            (context,) = connection.execute("SELECT context FROM index_info").fetchone()
            for family in code_segments.families(bool(context)):
                code_segments.make_true(connection, family)
            connection.execute("UPDATE index_info SET schema_version = ?", (SCHEMA_VERSION,))


def _stored(connection: sqlite3.Connection, path: Path) -> int:
    check_structure(connection, path)
    # read alone first: the other columns of a newer layout are unknown here
    row = connection.execute("SELECT schema_version FROM index_info").fetchone()
    if row is None:
        raise damaged_error(path, "index_info is empty")
    if not isinstance(row[0], int) or row[0] < 1:
        raise damaged_error(path, f"index_info: no layout {row[0]!r}")
    if row[0] > SCHEMA_VERSION:
        raise IndexFileError(
            f"{path} was made by a newer Scene Search "
            f"(schema {row[0]}, this version reads up to {SCHEMA_VERSION})",
            hint="Update the plugin, or index the imagery again with this version",
        )
    return row[0]


def _lacking(connection: sqlite3.Connection, version: int) -> Iterator[_Column]:
    for added in range(version + 1, SCHEMA_VERSION + 1):
        for column in _COLUMNS.get(added, ()):
            known = connection.execute(f"PRAGMA table_info({column.table})").fetchall()
            if column.name not in (row[1] for row in known):
                yield column


def _add_views(connection: sqlite3.Connection, version: int) -> None:
    """Put a view with the columns that it lacks in front of each table, for this connection."""
    views: dict[str, list[str]] = {}
    for column in _lacking(connection, version):
        views.setdefault(column.table, []).append(f"{column.default} AS {column.name}")
    # a reader's connection refuses even what lives in memory
    (query_only,) = connection.execute("PRAGMA query_only").fetchone()
    connection.execute("PRAGMA query_only = OFF")
    try:
        for table, columns in views.items():
            connection.execute(
                f"CREATE TEMP VIEW {table} AS "  # nosec B608
                f"SELECT *, {', '.join(columns)} FROM main.{table}"
            )
    finally:
        connection.execute(f"PRAGMA query_only = {query_only}")
