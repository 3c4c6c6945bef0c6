"""Taking imagery out of an index: what is named, or all that is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...same_path import PathKeys
from ...source_files import names
from ..errors import IndexFileError
from ..imagery.files.dataset import missing_files
from ..index.schema import SourceRecord
from ..index.tile_index import TileIndex
from .gone import is_there
from .lock import IndexLock


@dataclass(frozen=True, slots=True)
class Removal:
    """What was taken out.

    Attributes:
        index: the index.
        removed: the rasters.
        tiles: number of their tiles.
    """

    index: str
    removed: tuple[str, ...]
    tiles: int

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of the command line and the link."""
        return {
            "index": self.index,
            "removed": len(self.removed),
            "paths": list(self.removed),
            "tiles": self.tiles,
        }


def remove_sources(
    path: Path,
    *,
    sources: Sequence[int] = (),
    files: Sequence[Path | str] = (),
    missing: bool = False,
) -> Removal:
    """Take rasters and their tiles out of an index; the files stay.

    All of them go, or on an error none.

    Args:
        path: the index.
        sources: ids of rasters.
        files: rasters, and folders of rasters, which need not be there any more.
        missing: whether those go that were not found when the index was last updated and are
            not there now.

    Raises:
        IndexFileError: no index, read-only, being indexed, or without one of the rasters.
    """
    with IndexLock(path), TileIndex.open(path) as index:
        known = index.sources()
        chosen = {source: _by_id(index, source) for source in sources}
        keys = PathKeys()
        for file in files:
            chosen |= {record.id or 0: record for record in _under(index, known, file, keys)}
        if missing:
            chosen |= {record.id or 0: record for record in known if _is_missing(record)}
        tiles = index.remove_sources(list(chosen))
        index.checkpoint()
        return Removal(str(path), tuple(record.path for record in chosen.values()), tiles)


def _is_missing(record: SourceRecord) -> bool:
    """Whether a source, or what it is made of, was missing at the last update and is so now."""
    return record.state == "missing" and not (is_there(record) and not missing_files(record.path))


def _by_id(index: TileIndex, source: int) -> SourceRecord:
    record = index.source(source)
    if record is None:
        raise IndexFileError(
            f"{index.path} has no source {source}", hint="Reload the list of its sources"
        )
    return record


def _under(
    index: TileIndex, known: Sequence[SourceRecord], file: Path | str, keys: PathKeys
) -> list[SourceRecord]:
    """Return the sources that are a file, a part of it, or below a folder.

    Raises:
        IndexFileError: there is none.
    """
    found = [
        record
        for record in known
        if record.path == str(file) or keys.is_under(names.file_of(record.path), file)
    ]
    if not found:
        raise IndexFileError(
            f"{index.path.name} holds nothing from {file}",
            hint="Give the path of a raster or folder that was indexed",
        )
    return found
