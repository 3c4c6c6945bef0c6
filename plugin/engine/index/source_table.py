"""Rows of the ``sources`` table, to and from ``SourceRecord``."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import Any, cast

from ..errors import RasterError
from ..imagery.colours.stretch import Stretch
from . import stored
from .schema import SourceRecord, SourceState
from .timestamps import to_text

_COLUMNS = (
    "path, fingerprint, crs, resolution_m, tile_size_m, width, height, stretch, acquisition, "
    "state, error, windows_done, content, damage"
)
_SELECT = f"SELECT {_COLUMNS}, fid FROM sources"  # nosec B608


def all_sources(connection: sqlite3.Connection) -> list[SourceRecord]:
    """Return every source in the order of its id."""
    return [_record(row) for row in connection.execute(f"{_SELECT} ORDER BY fid")]


def by_path(connection: sqlite3.Connection, path: str) -> SourceRecord | None:
    """Return the source of this path, or None."""
    row = connection.execute(f"{_SELECT} WHERE path = ?", (check_path(path),)).fetchone()
    return _record(row) if row else None


def by_id(connection: sqlite3.Connection, source_id: int) -> SourceRecord | None:
    """Return the source of this id, or None."""
    row = connection.execute(f"{_SELECT} WHERE fid = ?", (source_id,)).fetchone()
    return _record(row) if row else None


def insert(connection: sqlite3.Connection, record: SourceRecord) -> int:
    """Add a source and return its id; the caller holds a transaction."""
    values = _values(record)
    cursor = connection.execute(
        f"INSERT INTO sources ({', '.join(values)}) "  # nosec B608
        f"VALUES ({', '.join('?' * len(values))})",
        tuple(values.values()),
    )
    return int(cursor.lastrowid or 0)


def update(connection: sqlite3.Connection, source_id: int, record: SourceRecord) -> None:
    """Replace a source; the caller holds a transaction."""
    values = _values(record)
    changes = ", ".join(f"{name} = ?" for name in values)
    connection.execute(
        f"UPDATE sources SET {changes} WHERE fid = ?",  # nosec B608
        (*values.values(), source_id),
    )


def move(connection: sqlite3.Connection, records: Sequence[SourceRecord]) -> None:
    """Note where sources lie now, and their fingerprints there; the caller holds a transaction."""
    # first out of each other's way: one may come to lie where another was
    connection.executemany(
        "UPDATE sources SET path = 'moving ' || fid WHERE fid = ?", [(r.id,) for r in records]
    )
    connection.executemany(
        "UPDATE sources SET path = ?, fingerprint = ? WHERE fid = ?",
        [(check_path(record.path), record.fingerprint, record.id) for record in records],
    )


def damaged(connection: sqlite3.Connection) -> dict[int, str]:
    """Return what is wrong with each source whose row holds what it cannot."""
    found = {}
    for row in connection.execute(_SELECT):
        try:
            record = _record(row)
        except stored.StoredValueError as error:
            found[int(row[-1])] = str(error)
            continue
        try:
            if record.stretch:
                Stretch.from_json(record.stretch)
        except RasterError:
            found[int(row[-1])] = f"the stretch of source {row[-1]} is none"
    return found


def reset(connection: sqlite3.Connection, source_id: int) -> None:
    """Forget all of a source but its path, so that it is indexed anew; without one it goes."""
    connection.execute("DELETE FROM sources WHERE fid = ? AND typeof(path) <> 'text'", (source_id,))
    blank = _values(SourceRecord(path=""))
    del blank["path"]
    connection.execute(
        f"UPDATE sources SET {', '.join(f'{name} = ?' for name in blank)} "  # nosec B608
        "WHERE fid = ?",
        (*blank.values(), source_id),
    )


def check_path(path: str) -> str:
    """Return the path if a database can hold it.

    Raises:
        RasterError: its name has bytes that are no text.
    """
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        printable = path.encode("utf-8", "replace").decode()
        raise RasterError(
            f"The name of {printable} is not valid text", hint="Rename the file or its folder"
        ) from None
    return path


def same_grid(one: SourceRecord, other: SourceRecord) -> bool:
    """Whether the tiles of one record are valid for the other: same pixels, same windows."""
    return all(
        getattr(one, name) == getattr(other, name)
        for name in ("fingerprint", "crs", "tile_size_m", "width", "height")
    ) and _json(one.stretch) == _json(other.stretch)


def _values(record: SourceRecord) -> dict[str, Any]:
    return {
        "path": check_path(record.path),
        "fingerprint": record.fingerprint,
        "crs": record.crs,
        "resolution_m": record.resolution_m,
        "tile_size_m": record.tile_size_m,
        "width": record.width,
        "height": record.height,
        "stretch": _json(record.stretch),
        "acquisition": _json(record.acquisition),
        "acquired": to_text(record.acquired),
        "state": record.state,
        "error": record.error,
        "windows_done": record.windows_done,
        "content": record.content,
        "damage": record.damage,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _record(row: tuple[Any, ...]) -> SourceRecord:
    path, fingerprint, crs, resolution, tile_size, width, height = row[:7]
    stretch, acquisition, state, error, windows_done, content, damage, fid = row[7:]

    def of(what: str) -> str:
        return f"the {what} of source {fid}"

    return SourceRecord(
        path=stored.text(path, of("path")),
        fingerprint=stored.text(fingerprint, of("fingerprint")),
        crs=stored.text(crs, of("CRS")),
        resolution_m=None if resolution is None else stored.number(resolution, of("resolution")),
        tile_size_m=None if tile_size is None else stored.number(tile_size, of("tile size")),
        width=stored.whole(width, of("width")),
        height=stored.whole(height, of("height")),
        stretch=stored.facts(stretch, of("stretch")),
        acquisition=stored.facts(acquisition, of("acquisition")),
        state=cast(SourceState, stored.text(state, of("state"))),
        error=None if error is None else stored.text(error, of("error")),
        windows_done=stored.whole(windows_done, of("progress")),
        content=None if content is None else stored.text(content, of("content")),
        damage=None if damage is None else stored.text(damage, of("damage")),
        id=fid,
    )
