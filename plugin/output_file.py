"""Where results may be written: never over an index, never over layers that are not hits.

The command line, the dock and Processing ask here alike. Nothing outside the standard library is
imported, since QGIS's side has no more.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .engine.errors import StorageError, UsageError
from .file_checks import exists, is_file
from .same_path import same_path

#: Tables that every index has, whatever its layout.
_INDEX_TABLES = {"tiles", "sources", "index_info"}
#: Columns that tell a layer of hits from any other.
_HITS_COLUMNS = {"rank", "score", "hamming", "tile", "source"}
#: Beginnings of names that SQLite and GeoPackage keep for themselves.
_RESERVED = ("sqlite_", "gpkg_", "rtree_")
#: Seconds to wait for a program that is writing to the file.
_BUSY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class HitsLayer:
    """The layer of a GeoPackage that hits go into.

    Attributes:
        name: its name.
        is_there: whether it holds hits of an earlier search, which are replaced.
    """

    name: str
    is_there: bool


def is_geopackage(path: Path | str) -> bool:
    """Whether a file's ending says that it is, or will be, a GeoPackage."""
    return Path(path).suffix.lower() == ".gpkg"


def has_content(path: Path | str) -> bool:
    """Whether there is something to be lost: not where a script made an empty file first."""
    return exists(path) and not (is_file(path) and os.path.getsize(path) == 0)  # noqa: PTH202


def is_index(path: Path | str) -> bool:
    """Whether a file is an index of Scene Search, also one that is damaged inside."""
    with _read(path) as connection:
        return connection is not None and _names(connection).keys() >= _INDEX_TABLES


def refuse_index(path: Path | str, index: Path | str | None = None) -> None:
    """Raise if results written to ``path`` would destroy an index.

    Args:
        path: the file to write.
        index: the index that is being searched.

    Raises:
        UsageError: it is that index, or another.
        StorageError: it is there and cannot be read, so that nobody knows what would be lost.
    """
    if (index is not None and same_path(path, index)) or is_index(path):
        raise UsageError(
            f"{path} is an index, which the results would replace",
            hint="Choose another file for the results",
        )


def hits_layer(path: Path, wanted: str | None = None) -> HitsLayer:
    """Return the layer of the GeoPackage ``path`` that hits go into.

    Without a wish it is called as the file, or "hits" where the file has such a layer of its own,
    as ``parcels.gpkg`` usually does; "hits_2" and so on if that is not hits either.

    Args:
        path: the file; need not be there.
        wanted: name of the layer.

    Raises:
        UsageError: the file is there and no GeoPackage, or the layer wanted is there and does not
            hold hits.
        StorageError: the file cannot be read.
    """
    wishes = [wanted] if wanted else _own_names(path.stem)
    if not has_content(path):
        return HitsLayer(next(name for name in wishes if wanted or not _is_reserved(name)), False)
    with _read(path) as connection:
        names = {} if connection is None else _names(connection)
        if connection is None or "gpkg_contents" not in names:
            raise UsageError(
                f"{path} is there and is no GeoPackage", hint="Choose another file for the results"
            )
        taken = names.keys() | _identifiers(connection)
        for name in wishes:
            if _holds_hits(connection, names.get(name.casefold())):
                return HitsLayer(names[name.casefold()], True)
            if name.casefold() not in taken and not _is_reserved(name):
                return HitsLayer(name, False)
    raise UsageError(
        f"{path} has something else under the name {wanted}",
        hint="Choose another name for the layer of results",
    )


def _own_names(stem: str) -> Iterator[str]:
    yield stem
    yield "hits"
    yield from (f"hits_{number}" for number in itertools.count(2))


def _is_reserved(name: str) -> bool:
    return name.casefold().startswith(_RESERVED)


@contextlib.contextmanager
def _read(path: Path | str) -> Iterator[sqlite3.Connection | None]:
    """Open a file for reading, or give None where it is no SQLite file or not there.

    Raises:
        StorageError: it is there and cannot be read.
    """
    if not is_file(path):
        yield None
        return
    try:
        connection = _connect(path)
        try:
            yield connection
        finally:
            if connection is not None:
                connection.close()
    except sqlite3.Error as error:
        raise StorageError(
            f"{path} is there and cannot be read: {error}",
            hint="Choose another file for the results",
        ) from error


def _connect(path: Path | str) -> sqlite3.Connection | None:
    """Open read-only, or give None where it is no database.

    Not even the first bytes are read in another way: closing the file would lift the locks that
    QGIS holds on it in the same process, as POSIX has it.
    """
    place = Path(os.path.abspath(path)).as_uri()  # noqa: PTH100 (links are left as they are)
    # A file in WAL mode in a place that is read-only opens only as one that rests.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{place}?{mode}", uri=True, timeout=_BUSY_SECONDS)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error as error:
            connection.close()
            if "not a database" in str(error):
                return None
            if mode != "mode=ro" or "unable to open" not in str(error):
                raise
        else:
            return connection
    return None


def _names(connection: sqlite3.Connection) -> dict[str, str]:
    """Return the tables and views by their names in lower case: SQLite knows no other."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    return {name.casefold(): name for (name,) in rows}


def _identifiers(connection: sqlite3.Connection) -> set[str]:
    """Return the titles of layers, which must be unique as well."""
    rows = connection.execute("SELECT identifier FROM gpkg_contents WHERE identifier IS NOT NULL")
    return {str(name).casefold() for (name,) in rows}


def _holds_hits(connection: sqlite3.Connection, table: str | None) -> bool:
    if table is None:
        return False
    features = connection.execute(
        "SELECT 1 FROM gpkg_contents "
        "WHERE table_name = ? COLLATE NOCASE AND data_type = 'features'",
        (table,),
    ).fetchone()
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", (table,))
    return features is not None and {name for (name,) in rows} >= _HITS_COLUMNS
