"""Writes a landscape to a tiled GeoTIFF, block by block, so that a reader never sees half of it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.windows import Window

from ..errors import StorageError
from ..staging import staging_folder
from .acquisitions import Acquisition
from .canvas.noise import FloatArray
from .landscape import BLOCK, Landscape

#: 16-bit values are those of an 11-bit sensor: an offset for dark current, then this many a grey.
_OFFSET, _GAIN = 190.0, 7.2
#: Value of pixels outside the image where it has a border.
NODATA = 0
#: How far the border of a turned strip reaches into the raster, as a share of its edge.
_WEDGE = 0.09


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a name to write to; what is there at the end becomes ``path``.

    Raises:
        StorageError: if the place cannot be written or the disk is full.
    """
    try:
        with staging_folder(path.parent) as folder:
            yield folder / path.name
            (folder / path.name).replace(path)
    except (OSError, RasterioError) as error:
        raise StorageError(
            f"{path.name} cannot be written to {path.parent}: {error}",
            hint="Free some space or choose a folder that you may write to",
        ) from error


def inside_strip(
    col: int, row: int, width: int, height: int, full: tuple[int, int]
) -> npt.NDArray[np.bool_]:
    """Return which pixels of a window lie in the turned strip that an image fills.

    Args:
        col: first column of the window.
        row: first row of the window.
        width: of the window.
        height: of the window.
        full: width and height of the raster.
    """
    x = (col + np.arange(width) + 0.5)[None, :] / full[0]
    y = (row + np.arange(height) + 0.5)[:, None] / full[1]
    return (
        (x > _WEDGE * (1 - y))
        & (x < 1 - _WEDGE * y)
        & (y > _WEDGE * x)
        & (y < 1 - _WEDGE * (1 - x))
    )


def encode(values: FloatArray, dtype: str) -> npt.NDArray[np.uint8] | npt.NDArray[np.uint16]:
    """Return grey values from 0 to 255 as the file stores them; never the nodata value."""
    if dtype == "uint16":
        wide: npt.NDArray[np.uint16] = np.clip(values * _GAIN + _OFFSET, 1, 2047).astype(np.uint16)
        return wide
    narrow: npt.NDArray[np.uint8] = np.clip(values + 0.5, 1, 255).astype(np.uint8)
    return narrow


def write_raster(
    path: Path,
    landscape: Landscape,
    acquisition: Acquisition,
    transform: Affine,
    block_done: Callable[[], None],
    check: Callable[[], None],
) -> None:
    """Write a landscape as a tiled, compressed GeoTIFF with overviews.

    Args:
        path: the file; it appears only when it is complete.
        landscape: what to write.
        acquisition: CRS, type, date, border.
        transform: of the raster.
        block_done: called after each block; may raise to cancel.
        check: called between overview levels; may raise to cancel.

    Raises:
        StorageError: if the place cannot be written or the disk is full.
    """
    full = (landscape.width, landscape.height)
    with written_whole(path) as temporary:
        with rasterio.open(
            temporary,
            "w",
            driver="GTiff",
            width=full[0],
            height=full[1],
            count=3,
            dtype=acquisition.dtype,
            crs=rasterio.CRS.from_epsg(acquisition.epsg),
            transform=transform,
            nodata=NODATA if acquisition.border else None,
            tiled=True,
            blockxsize=256,
            blockysize=256,
            photometric="RGB",
            compress="DEFLATE",
            zlevel=3,
            predictor=2,
            interleave="pixel",
            BIGTIFF="IF_SAFER",
        ) as target:
            target.update_tags(
                TIFFTAG_DATETIME=f"{acquisition.taken:%Y:%m:%d %H:%M:%S}",
                TIFFTAG_IMAGEDESCRIPTION=f"Scene Search sample: {acquisition.place}",
                TIFFTAG_SOFTWARE="Scene Search sample generator",
            )
            target.colorinterp = (
                rasterio.enums.ColorInterp.red,
                rasterio.enums.ColorInterp.green,
                rasterio.enums.ColorInterp.blue,
            )
            for row in range(0, full[1], BLOCK):
                for col in range(0, full[0], BLOCK):
                    width, height = min(BLOCK, full[0] - col), min(BLOCK, full[1] - row)
                    values = landscape.read_float(col, row, width, height)
                    pixels = encode(values, acquisition.dtype)
                    if acquisition.border:
                        pixels[~inside_strip(col, row, width, height, full)] = NODATA
                    window = Window(col, row, width, height)
                    target.write(np.moveaxis(pixels, 2, 0), window=window)
                    block_done()
        _add_overviews(temporary, full, check)


def _add_overviews(path: Path, full: tuple[int, int], check: Callable[[], None]) -> None:
    factors = [f for f in (2, 4, 8, 16, 32, 64) if min(full) // f >= 128]
    with rasterio.open(path, "r+") as target:
        for factor in factors:
            check()
            target.build_overviews([factor], Resampling.average)
