"""Small pictures of tiles, kept as files so that the gallery shows them at once next time."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...source_files import names
from ..errors import QueryError, RasterError, StorageError
from ..imagery.colours.stretch import Stretch
from ..imagery.tiles.reader import TileReader
from ..index.schema import SourceRecord, TileRecord
from ..index.tile_index import TileIndex
from ..progress import Progress
from .as_indexed import change_of

#: Sides in pixels that make sense for a thumbnail.
SIZES = range(16, 1025)


@dataclass(slots=True)
class Thumbnails:
    """Pictures of tiles.

    Attributes:
        paths: PNG file of each tile that has a picture.
        missing: why a tile has none, such as a source that is gone.
    """

    paths: dict[int, Path] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)


def make_thumbnails(
    index: TileIndex,
    tiles: Sequence[int],
    size: int,
    directory: Path,
    progress: Progress | None = None,
) -> Thumbnails:
    """Return pictures of tiles, drawing those that are not in the folder yet.

    A source that was changed since it was indexed has none: they would show something else than
    was found. Where a source is not there, what was drawn before is shown.

    Args:
        index: the index of the tiles.
        tiles: their ids; their order decides which are drawn first within a source.
        size: side in pixels.
        directory: folder of the pictures; made if it is not there.
        progress: told of each picture; cancels.

    Raises:
        CancelledError: when cancelled; pictures drawn so far stay in the folder.
        QueryError: an id is not in the index, or the size makes no sense.
        StorageError: the folder cannot be written.
    """
    progress = progress or Progress()
    if size not in SIZES:
        raise QueryError(
            f"A thumbnail of {size} pixels makes no sense",
            hint=f"Ask for {SIZES.start} to {SIZES.stop - 1} pixels",
        )
    _make_folder(directory)
    result = Thumbnails()
    sources = {record.id: record for record in index.sources()}
    by_source: dict[int, list[TileRecord]] = {}
    for tile in index.tiles(tiles):
        by_source.setdefault(tile.source_id, []).append(tile)
    for source_id, group in by_source.items():
        _draw(sources[source_id], group, size, directory, result, progress)
    return result


def _draw(
    source: SourceRecord,
    tiles: Sequence[TileRecord],
    size: int,
    directory: Path,
    result: Thumbnails,
    progress: Progress,
) -> None:
    reason = _change(source)
    if reason:
        result.missing.update((tile.id, reason) for tile in tiles)
        return
    wanted = []
    for tile in tiles:
        path = directory / f"{_key(source, tile, size)}.png"
        if path.is_file():
            result.paths[tile.id] = path
        else:
            wanted.append((tile, path))
    if not wanted:
        return
    try:
        with TileReader(source.path, Stretch.from_json(source.stretch), size) as reader:
            for tile, path in wanted:
                progress.report(len(result.paths), unit="pictures")
                _save(reader.read(tile.window).rgb, path)
                result.paths[tile.id] = path
    except RasterError as error:
        for tile, _ in wanted:
            if tile.id not in result.paths:
                result.missing[tile.id] = error.message


def _change(source: SourceRecord) -> str:
    """Return why pictures of a source are not to be shown, although it is there; empty if not."""
    try:
        return change_of(source) if names.exists(source.path) else ""
    except OSError as error:
        return (
            f"{names.shown(source.path)} cannot be read: {(error.strerror or str(error)).lower()}"
        )


def _key(source: SourceRecord, tile: TileRecord, size: int) -> str:
    """Return a name that is another one whenever the picture would be."""
    window = tile.window
    parts = (
        *(source.path, source.fingerprint, json.dumps(source.stretch, sort_keys=True), size),
        *(window.col_off, window.row_off, window.width, window.height),
    )
    text = "|".join(map(str, parts)).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest()[:24]


def _save(rgb: npt.NDArray[np.uint8], path: Path) -> None:
    """Write a picture so that it appears whole or not at all: two requests may draw it."""
    partial = path.with_name(f".{path.stem}.{os.getpid()}.{id(rgb)}.part")
    try:
        Image.fromarray(rgb).save(partial, format="PNG", compress_level=1)
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _unwritable(path.parent, error) from error


def _make_folder(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(directory, error) from error


def _unwritable(directory: Path, error: OSError) -> StorageError:
    return StorageError(
        f"Thumbnails cannot be written to {directory}: {(error.strerror or str(error)).lower()}",
        hint="Free some space, or choose another folder in the settings",
    )
