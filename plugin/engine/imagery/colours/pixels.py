"""Reading pixels at any resolution, with what is valid among them.

GDAL resamples in the reading call: it starts from the best overview, averages over the area of
each output pixel (an antialiased triangle), leaves declared nodata out of the mean, and works
in pieces, so that memory stays bounded whatever the window's size. What it cannot do is done
here: colours of a palette, and pixels beside undeclared nodata (NaN, infinity, fill), are
averaged from a denser sample.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from rasterio.enums import MaskFlags, Resampling
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from ...errors import RasterError
from ..files import gdal
from .bands import BandChoice

Dataset: TypeAlias = DatasetReader | WarpedVRT
Values: TypeAlias = npt.NDArray[Any]

#: Samples along one axis for each output pixel where GDAL cannot average.
_SUPERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class PixelBlock:
    """Pixels as they are in the file, only resampled.

    Attributes:
        values: (bands, rows, columns) in the file's type, or a float type that holds its values
            where undeclared nodata was left out; a palette is expanded to three bands of uint8.
        valid: (rows, columns), False for nodata, transparent and non-finite pixels.
    """

    values: Values
    valid: npt.NDArray[np.bool_]


class PixelSource:
    """Reads the chosen bands of an open dataset.

    Args:
        dataset: what to read, used by one thread at a time.
        choice: the bands.
        fill: values that mark a pixel as nodata when all chosen bands have one of them.

    Raises:
        RasterError: it has no such bands.
    """

    def __init__(self, dataset: Dataset, choice: BandChoice, fill: Sequence[float] = ()) -> None:
        self._dataset = dataset
        self._bands = list(choice.bands)
        if max(self._bands) > dataset.count:
            raise RasterError(
                f"{Path(dataset.name).name} has no band {max(self._bands)}",
                hint="It has changed since it was indexed: index it again",
            )
        self._fill = tuple(fill)
        flags = [dataset.mask_flag_enums[band - 1] for band in self._bands]
        if all(MaskFlags.all_valid in flag for flag in flags):
            self._mask_bands: list[int] = []
        elif MaskFlags.per_dataset in flags[0]:
            self._mask_bands = self._bands[:1]
        else:
            self._mask_bands = self._bands
        self._hides_damage = dataset.driver.startswith("JP2")
        self._is_float = np.issubdtype(np.dtype(dataset.dtypes[self._bands[0] - 1]), np.floating)
        self._palette = _palette(dataset, self._bands[0]) if choice.kind == "palette" else None

    @property
    def is_masked(self) -> bool:
        """Whether the file itself says which pixels are valid."""
        return bool(self._mask_bands)

    @property
    def has_mask(self) -> bool:
        """Whether the file has a mask or alpha band, which says what is valid for every pixel."""
        told_by_value = MaskFlags.nodata in self._dataset.mask_flag_enums[self._bands[0] - 1]
        return self.is_masked and not told_by_value

    def read(self, window: Window, rows: int, columns: int) -> PixelBlock:
        """Read a window, smoothly resampled to a number of rows and columns.

        Raises:
            RasterError: if the file cannot be read there; ``details["window"]`` says where.
        """
        if self._palette is not None:
            return self._supersample(window, rows, columns)
        try:
            if self._hides_damage:
                # Smoothed, what is damaged comes without an error, as whatever was read before.
                self._read(window, rows, columns, Resampling.nearest)
            values = self._read(window, rows, columns, Resampling.bilinear)
        except RasterError:
            # Smoothing looks beyond the window's edges: the damage may lie there alone.
            return self._supersample(window, rows, columns)
        if self._is_float and not np.isfinite(values).all():
            return self._supersample(window, rows, columns)
        if self._fill and self._touches_fill(window, rows, columns):
            return self._supersample(window, rows, columns)
        return PixelBlock(values, self._valid(values, window, rows, columns))

    def read_exact(self, window: Window, rows: int, columns: int) -> PixelBlock:
        """Read a window by picking the nearest pixels, so that values are those of the file.

        Raises:
            RasterError: if the file cannot be read there.
        """
        values = self._read(window, rows, columns, Resampling.nearest)
        valid = self._valid(values, window, rows, columns)
        if self._palette is not None:
            colours = self._palette[values[0].astype(np.int64).clip(0, len(self._palette) - 1)]
            valid = valid & (colours[..., 3] > 0)
            values = np.moveaxis(colours[..., :3], -1, 0)
            valid &= ~is_fill(values, self._fill)
        return PixelBlock(values, valid)

    def _touches_fill(self, window: Window, rows: int, columns: int) -> bool:
        """Whether a window has fill, whose values resampling has mixed with others."""
        m, n = _samples(window, rows, columns)
        values = self._read(window, rows * m, columns * n, Resampling.nearest)
        return bool(is_fill(values, self._fill).any())

    def _supersample(self, window: Window, rows: int, columns: int) -> PixelBlock:
        """Average valid pixels only, from up to ``_SUPERSAMPLING`` squared samples each."""
        m, n = _samples(window, rows, columns)
        block = self.read_exact(window, rows * m, columns * n)
        weight = block.valid.reshape(rows, m, columns, n).sum(axis=(1, 3))
        kind = exact_float(block.values.dtype)
        values = np.where(block.valid, block.values.astype(kind), 0)
        total = values.reshape(-1, rows, m, columns, n).sum(axis=(2, 4), dtype=np.float64)
        mean = (total / np.maximum(weight, 1)).astype(kind)
        if self._palette is not None:
            mean = np.rint(mean).astype(np.uint8)
        # At least half of a pixel's area must be valid, as with the masks of other rasters.
        return PixelBlock(mean, 2 * weight >= m * n)

    def _valid(
        self, values: Values, window: Window, rows: int, columns: int
    ) -> npt.NDArray[np.bool_]:
        if self._mask_bands:
            masks = self._read(window, rows, columns, Resampling.nearest, masks=True)
            # Nodata in one band alone is a dark pixel, not a hole.
            valid = np.any(masks > 0, axis=0)
        else:
            valid = np.ones((rows, columns), bool)
        if self._is_float:
            valid &= np.all(np.isfinite(values), axis=0)
        if self._fill and self._palette is None:
            valid &= ~is_fill(values, self._fill)
        return np.asarray(valid, bool)

    def _read(
        self,
        window: Window,
        rows: int,
        columns: int,
        resampling: Resampling,
        *,
        masks: bool = False,
    ) -> Values:
        bands = self._mask_bands if masks else self._bands
        read = self._dataset.read_masks if masks else self._dataset.read
        try:
            with gdal.environment():
                values: Values = read(
                    bands,
                    window=window,
                    out_shape=(len(bands), rows, columns),
                    resampling=resampling,
                )
        except (RasterioError, OSError, ValueError) as error:
            name = Path(self._dataset.name).name
            place = (window.col_off, window.row_off, window.width, window.height)
            raise RasterError(
                f"{name} cannot be read at column {place[0]:.0f}, row {place[1]:.0f}"
                f" ({place[2]:.0f} × {place[3]:.0f} pixels): the file is damaged or incomplete",
                hint="Copy or download it again",
                window=[float(number) for number in place],
                reason=str(error.__cause__ or error),
            ) from error
        return values


def is_fill(values: Values, fill: Sequence[float]) -> npt.NDArray[np.bool_]:
    """Return which pixels (…) of values (bands, …) have one of some values in all bands."""
    found = np.zeros(values.shape[1:], bool)
    for value in fill:
        found |= np.all(values == value, axis=0)
    return found


def exact_float(dtype: np.dtype[Any]) -> type[np.float32] | type[np.float64]:
    """Return the float type to compute with, in which neighbouring values of a type differ."""
    return np.float32 if dtype.itemsize <= 2 or dtype == np.float32 else np.float64


def _samples(window: Window, rows: int, columns: int) -> tuple[int, int]:
    """Return how many samples are taken for each row and column of an averaged picture."""
    return (
        min(max(math.ceil(window.height / rows), 1), _SUPERSAMPLING),
        min(max(math.ceil(window.width / columns), 1), _SUPERSAMPLING),
    )


def _palette(dataset: Dataset, band: int) -> npt.NDArray[np.uint8]:
    """Return a palette as (entries, 4) of red, green, blue, alpha."""
    entries = dataset.colormap(band)
    table = np.zeros((max(entries, default=0) + 1, 4), np.uint8)
    for index, colour in entries.items():
        table[index] = colour
    return table
