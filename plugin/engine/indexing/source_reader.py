"""Reading the tiles of one raster from several threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

import numpy as np
import numpy.typing as npt
from shapely.geometry.base import BaseGeometry

from ..errors import RasterError
from ..imagery.acquisition.acquisition import read_acquisition
from ..imagery.colours.stretch import Stretch, estimate_stretch
from ..imagery.content import content_mark
from ..imagery.raster import Raster, open_raster
from ..imagery.tiles.grid import TileGrid, TileWindow
from ..imagery.tiles.reader import TileReader
from ..index.schema import IndexInfo, SourceRecord
from .damage import Damage
from .failures import reason_of
from .plan import SourcePlan

#: A tile with a smaller share of valid pixels shows more of its filling than of the ground.
MIN_VALID = 0.5


@dataclass(frozen=True, slots=True)
class TileChunk:
    """Neighbouring tiles of a raster, read and ready to be encoded.

    Attributes:
        windows: the n windows with enough valid pixels.
        footprints: their outlines in WGS 84.
        rgb: uint8 ``(n, S, S, 3)``.
        valid: share of valid pixels of each.
        empty: windows that were left out because most of their pixels are nodata.
        windows_done: windows of the raster dealt with after this chunk.
        damage: windows that were left out because they cannot be read.
    """

    windows: list[TileWindow]
    footprints: list[BaseGeometry]
    rgb: npt.NDArray[np.uint8]
    valid: list[float]
    empty: int
    windows_done: int
    damage: Damage = field(default_factory=Damage)

    def __len__(self) -> int:
        return len(self.windows)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is found out about a raster once, before its first tile.

    Attributes:
        record: the source with stretch and acquisition.
        stretch: how its values become 8 bit.
        acquired: when it was taken.
    """

    record: SourceRecord
    stretch: Stretch
    acquired: datetime | None


@dataclass(slots=True)
class _Handle:
    """An open file, which belongs to one thread at a time."""

    grid: TileGrid
    reader: TileReader


class SourceReader:
    """Reads chunks of one raster, each in the thread that asks.

    Whichever thread asks first prepares the raster while the others wait. Each lane has an open
    file of its own, kept between its chunks and closed once nothing reads with it.

    Args:
        plan: the raster and how far it came.
        info: tile parameters of the index.
        size: side in pixels of the encoder's input.
    """

    def __init__(self, plan: SourcePlan, info: IndexInfo, size: int) -> None:
        self.plan = plan
        self._info = info
        self._size = size
        self._preparing = threading.Lock()
        self._prepared: Prepared | None = None
        self._failure: Exception | None = None
        self._lock = threading.Lock()
        self._idle: dict[int, _Handle] = {}
        self._closed = threading.Event()

    def windows(self) -> Iterator[TileWindow]:
        """Yield all windows of the grid in order."""
        with open_raster(self.plan.name) as raster:
            grid = self._grid(raster)
        yield from grid  # geometry only: the file is not needed any more

    def fail(self, error: Exception) -> None:
        """Make every later use raise ``error``."""
        with self._preparing:
            self._failure = error

    def prepare(self, lane: int = 0) -> Prepared:
        """Return the raster's stretch and acquisition, found once, and by the given lane.

        Raises:
            RasterError: it has no valid pixel, or cannot be read; the same error every time.
        """
        with self._preparing:
            if self._failure is not None:
                raise self._failure
            if self._prepared is None:
                try:
                    self._prepared = self._prepare(lane)
                except Exception as error:
                    self._failure = error
                    raise
            return self._prepared

    def read(
        self, windows: Sequence[TileWindow] | None, windows_done: int, lane: int = 0
    ) -> TileChunk | None:
        """Read tiles; None once the reader is closed.

        A tile that cannot be read is left out, and those behind it are read all the same.

        Args:
            windows: what to read; None for all that the plan has left.
            windows_done: windows of the raster dealt with after these.
            lane: whose file to read from; one thread at a time for each.

        Raises:
            RasterError: the file as a whole can no longer be read.
        """
        if self._closed.is_set():
            return None
        prepared = self.prepare(lane)
        empty, damage = 0, Damage()
        with self._handle(prepared.stretch, lane) as handle:
            if windows is None:
                windows = list(islice(handle.grid, self.plan.done, None))
            rgb = np.empty((len(windows), self._size, self._size, 3), np.uint8)
            chunk = TileChunk([], [], rgb, [], 0, windows_done)
            for window in windows:
                if self._closed.is_set():
                    return None
                try:
                    tile = handle.reader.read(window)
                except RasterError as error:
                    damage += self._damage(error)
                    continue
                if tile.valid < MIN_VALID:
                    empty += 1
                    continue
                chunk.rgb[len(chunk)] = tile.rgb
                chunk.windows.append(window)
                chunk.valid.append(tile.valid)
            chunk.footprints.extend(handle.grid.footprints(chunk.windows))
        return replace(chunk, rgb=rgb[: len(chunk)], empty=empty, damage=damage)

    def close(self) -> None:
        """Close the files that nothing reads with; the others are closed by their readers."""
        self._closed.set()
        with self._lock:
            idle, self._idle = self._idle, {}
        for handle in idle.values():
            handle.reader.close()

    def _damage(self, error: RasterError) -> Damage:
        """Return what a tile that cannot be read says of the raster.

        Raises:
            RasterError: it is not the tile: the file is gone, or its drive.
        """
        with open_raster(self.plan.name):
            pass
        return Damage(1, reason_of(error))

    def _grid(self, raster: Raster) -> TileGrid:
        return TileGrid(raster, self.plan.tile_size_m, self._info.scales, self._info.overlap)

    def _prepare(self, lane: int) -> Prepared:
        record = self.plan.record
        with open_raster(self.plan.name) as raster:
            if self.plan.action == "resumed":  # tiles of one raster are stretched alike
                stretch = Stretch.from_json(record.stretch)
            else:
                stretch = estimate_stretch(raster)
            acquisition = read_acquisition(raster)
            self._give_back(self._open_handle(stretch), lane)
        record = replace(
            record,
            stretch=stretch.to_json(),
            acquisition=acquisition.to_stac(),
            content=content_mark(self.plan.name),
            state="indexing",
            error=None,
        )
        return Prepared(record, stretch, acquisition.acquired)

    def _open_handle(self, stretch: Stretch) -> _Handle:
        reader = TileReader(self.plan.name, stretch, self._size)
        return _Handle(self._grid(reader.raster), reader)

    @contextmanager
    def _handle(self, stretch: Stretch, lane: int) -> Iterator[_Handle]:
        with self._lock:
            handle = self._idle.pop(lane, None)
        if handle is None:
            handle = self._open_handle(stretch)
        try:
            yield handle
        finally:
            self._give_back(handle, lane)

    def _give_back(self, handle: _Handle, lane: int) -> None:
        with self._lock:
            keep = not self._closed.is_set()
            if keep:
                self._idle[lane] = handle
        if not keep:
            handle.reader.close()
