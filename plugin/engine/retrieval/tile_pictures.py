"""The pictures of tiles, read again from their sources exactly as they were indexed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rasterio.errors import RasterioError

from ..errors import RasterError
from ..imagery.colours.stretch import Stretch
from ..imagery.tiles.reader import TileReader
from ..index.schema import SourceRecord, TileRecord
from ..progress import Progress
from .as_indexed import change_of

#: Tiles read as one piece: few, so that work on them stops soon after it is cancelled.
CHUNK = 8
_READERS = 4
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class PictureChunk:
    """Tiles of one source.

    Attributes:
        positions: of the n tiles that were read, among those asked for.
        rgb: uint8 (n, S, S, 3).
        lost: the positions that were not read, each with the reason.
    """

    positions: tuple[int, ...]
    rgb: npt.NDArray[np.uint8]
    lost: Mapping[int, str]


def read_pictures(
    tiles: Sequence[TileRecord],
    sources: Mapping[int, SourceRecord],
    size: int,
    progress: Progress,
) -> Iterator[PictureChunk]:
    """Yield the pictures of tiles, some being read ahead, grouped by their sources.

    A tile whose source is gone, was changed since it was indexed or cannot be read is lost.

    Args:
        tiles: what to read.
        sources: the sources by their ids.
        size: side S of a picture in pixels.
        progress: cancels, also while the system waits for a file.

    Raises:
        CancelledError: when cancelled.
    """
    by_source: dict[int, list[int]] = {}
    for position, tile in enumerate(tiles):
        by_source.setdefault(tile.source_id, []).append(position)
    jobs = [
        (sources[source_id], positions[start : start + CHUNK])
        for source_id, positions in by_source.items()
        for start in range(0, len(positions), CHUNK)
    ]
    pool = ThreadPoolExecutor(_READERS, "read-again")
    try:
        reading = [
            pool.submit(_read, source, positions, [tiles[p] for p in positions], size)
            for source, positions in jobs
        ]
        for future in reading:
            yield _result(future, progress)
    finally:  # threads that still read are not waited for; they touch nothing but rasters
        pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[PictureChunk], progress: Progress) -> PictureChunk:
    while True:
        progress.check()
        try:
            return future.result(_POLL_SECONDS)
        except FutureTimeoutError:
            if future.done():  # the work itself raised a TimeoutError
                raise


def _read(
    source: SourceRecord, positions: Sequence[int], tiles: Sequence[TileRecord], size: int
) -> PictureChunk:
    pictures: list[npt.NDArray[np.uint8]] = []
    try:
        reason = change_of(source)
        if reason:
            raise RasterError(reason)
        with TileReader(source.path, Stretch.from_json(source.stretch), size) as reader:
            for tile in tiles:
                pictures.append(reader.read(tile.window).rgb)
    except (RasterError, RasterioError, OSError) as error:
        reason = error.message if isinstance(error, RasterError) else str(error)
        lost = dict.fromkeys(positions[len(pictures) :], reason)
    else:
        lost = {}
    rgb = np.stack(pictures) if pictures else np.empty((0, size, size, 3), np.uint8)
    return PictureChunk(tuple(positions[: len(pictures)]), rgb, lost)
