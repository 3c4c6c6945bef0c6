"""Reading tiles as the encoder wants them: square, 8-bit, three colours, north up."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt
from rasterio.io import DatasetReader
from rasterio.windows import Window

from ....source_files import names
from ...errors import RasterError
from ..colours.pixels import PixelBlock, PixelSource
from ..colours.stretch import Stretch, stretch_of
from ..files.dataset import open_dataset
from ..files.exif import exif_orientation
from ..ground.ground import Ground
from ..ground.orientation import Orientation
from ..raster import is_identity, open_raster
from .grid import TileWindow

#: Sides of a picture that differ by less than this factor are squeezed into a square.
_SQUEEZE = 1.25


@dataclass(frozen=True, slots=True)
class TilePixels:
    """A tile's picture.

    Attributes:
        rgb: uint8 (size, size, 3).
        valid: share of the window's pixels that are valid, 0 to 1.
    """

    rgb: npt.NDArray[np.uint8]
    valid: float


class TileReader:
    """Reads the tiles of one raster. Use it as a context manager, or close it.

    It opens the file for itself, so that one reader per thread is safe; one reader used from
    several threads reads one tile at a time.

    Args:
        name: the raster's, as ``open_raster`` takes it.
        stretch: from ``estimate_stretch``, or kept in the index.
        size: side of the pictures in pixels.

    Attributes:
        raster: the open raster.

    Raises:
        RasterError: if the file cannot be opened.
    """

    def __init__(self, name: Path | str, stretch: Stretch, size: int) -> None:
        self.size = size
        self._stretch = stretch
        self.raster = open_raster(name)
        self._source = PixelSource(self.raster.dataset, stretch.choice, stretch.fill)
        self._orientation = Orientation.of(*self.raster.ground.up_and_right())
        self._lock = threading.Lock()

    def __enter__(self) -> TileReader:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; may be called twice."""
        with self._lock:
            self.raster.close()

    def read(self, window: TileWindow) -> TilePixels:
        """Read a tile, north up, nodata filled with the mean colour of its valid pixels.

        A window that is not square on the ground (a raster narrower than a tile) keeps its
        shape in the middle of the picture, with the same fill around it.

        Raises:
            RasterError: if the file cannot be read there; ``details["window"]`` says where.
        """
        rows, columns = self._shape(window)
        place = Window(window.col_off, window.row_off, window.width, window.height)
        with self._lock:
            block = self._source.read(place, rows, columns)
        rgb = picture(block, self._stretch, self.size)
        return TilePixels(self._orientation.apply(rgb), float(block.valid.mean()))

    def _shape(self, window: TileWindow) -> tuple[int, int]:
        """Return the rows and columns that a window takes in the picture."""
        pixel_width, pixel_height = self.raster.pixel_size_m(
            window.col_off + window.width / 2, window.row_off + window.height / 2
        )
        ratio = window.width * pixel_width / (window.height * pixel_height)
        if 1 / _SQUEEZE <= ratio <= _SQUEEZE:
            return self.size, self.size
        if ratio > 1:
            return max(round(self.size / ratio), 1), self.size
        return self.size, max(round(self.size * ratio), 1)


def picture(block: PixelBlock, stretch: Stretch, size: int) -> npt.NDArray[np.uint8]:
    """Return a block as colours (size, size, 3), in the middle of a square if it is not one.

    Nodata and the rest of the square get the mean colour of the valid pixels, black without
    any.
    """
    rgb = stretch.apply(block.values)
    rows, columns = block.valid.shape
    whole = bool(block.valid.all())
    if whole and rows == size and columns == size:
        return rgb
    mean = np.zeros(3)
    if block.valid.any():
        mean = rgb.mean(axis=(0, 1)) if whole else rgb[block.valid].mean(axis=0)
    square = np.empty((size, size, 3), np.uint8)
    square[:] = np.rint(mean).astype(np.uint8)
    upper, left = (size - rows) // 2, (size - columns) // 2
    square[upper : upper + rows, left : left + columns][block.valid] = rgb[block.valid]
    return square


def read_image(path: Path | str, size: int) -> npt.NDArray[np.uint8]:
    """Read any image file as a picture (size, size, 3), resampled and stretched like a tile.

    It needs no CRS. A picture much longer than wide, or wider than long, loses its ends. North is
    up where the file has a position; a photo without one is turned as its EXIF data say.

    Raises:
        RasterError: if it cannot be read, or has no valid pixel.
    """
    with open_dataset(path) as dataset:
        stretch = stretch_of(dataset, names.shown(path))
        width, height = dataset.width, dataset.height
        if max(width, height) > _SQUEEZE * min(width, height):
            side = min(width, height)
            window = Window((width - side) // 2, (height - side) // 2, side, side)
        else:
            window = Window(0, 0, width, height)
        source = PixelSource(dataset, stretch.choice, stretch.fill)
        upright = _upright(dataset, path)
        return upright.apply(picture(source.read(window, size, size), stretch, size))


def _upright(dataset: DatasetReader, path: Path | str) -> Orientation:
    """Return how a picture that may have a position is turned."""
    grid = dataset.transform
    if is_identity(grid):
        return Orientation.of_exif(exif_orientation(Path(names.file_of(path))))
    if dataset.crs is not None:
        try:
            ground = Ground(dataset.crs, grid, dataset.width, dataset.height)
        except RasterError:  # a drawing's own coordinates: as they are
            pass
        else:
            return Orientation.of(*ground.up_and_right())
    return Orientation.of((-grid.b, -grid.e), (grid.a, grid.d))
