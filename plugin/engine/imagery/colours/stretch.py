"""From the values of a raster, whatever their type and range, to 8-bit colours.

A stretch is estimated once for a source and kept in the index, so that every tile and every
later query of the source is coloured alike.

* 8-bit rasters stay as they are: they were made to be looked at, and encoders learnt from such
  pictures. The exception are very dark or flat ones (all below a quarter of the range, or
  using less than a sixth of it), in which nothing would be seen; those are stretched.
* Anything else is stretched from the 2nd to the 98th percentile of its valid pixels.
* The three bands share one range, which keeps their balance and so natural colours, unless it
  would leave one of them with less than a quarter of the contrast (raw counts with different
  gains, unlike units): then each band has its own.
* A raster of one value is refused, since it shows nothing; as a query picture it is grey.

What is nodata though no tag declares it (see ``fill``) is left out of the estimate and of tiles.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from ...errors import RasterError
from ..raster import Raster
from .bands import BandChoice, Kind, choose_bands
from .fill import find_fill, may_be_fill
from .percentiles import percentiles
from .pixels import Dataset, PixelSource, Values, exact_float
from .sampling import Sample, sample_edges, take_sample

#: Percentiles of valid pixels that become black and white.
PERCENTILES = (2.0, 98.0)

_DARK = 64.0
_FLAT = 40.0
#: Where more of a raster is valid, its nodata value is not what surrounds the picture.
_MOSTLY_VALID = 0.995
#: A shared range must leave each band this share of it.
_LEAST_CONTRAST = 0.25


@dataclass(frozen=True, slots=True)
class Stretch:
    """How a source's values become colours.

    Attributes:
        bands: band numbers from 1: three for ``rgb``, one for ``gray`` and ``palette``.
        low: for each band, the value that becomes 0; (0, 0, 0) for a palette.
        high: for each band, the value that becomes 255.
        kind: ``rgb``, ``gray`` or ``palette``.
        fill: values that are nodata where all bands have them, though the file does not say so.
    """

    bands: tuple[int, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    kind: Kind = "rgb"
    fill: tuple[float, ...] = ()

    @property
    def choice(self) -> BandChoice:
        """The bands to read."""
        return BandChoice(self.bands, self.kind)

    def apply(self, values: Values) -> npt.NDArray[np.uint8]:
        """Return colours (rows, columns, 3) for values (bands, rows, columns)."""
        if values.dtype == np.uint8 and self._is_identity:
            scaled = values
        else:
            shape = (-1, 1, 1)
            # doubles where single precision would not tell neighbouring values apart
            kind = exact_float(values.dtype)
            low: Values = np.asarray(self.low, kind).reshape(shape)
            gain: Values = (255.0 / (np.asarray(self.high) - np.asarray(self.low))).astype(kind)
            with np.errstate(invalid="ignore", over="ignore"):
                bright = (values.astype(kind) - low) * gain.reshape(shape)
            bright = np.nan_to_num(bright, nan=0.0, posinf=255.0, neginf=0.0)
            scaled = (bright.clip(0.0, 255.0) + 0.5).astype(np.uint8)
        if len(scaled) == 1:
            scaled = np.repeat(scaled, 3, axis=0)
        return np.ascontiguousarray(np.moveaxis(scaled, 0, -1)).astype(np.uint8, copy=False)

    @property
    def _is_identity(self) -> bool:
        return all(v == 0 for v in self.low) and all(v == 255 for v in self.high)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object, as kept in the index."""
        return {
            "bands": list(self.bands),
            "low": list(self.low),
            "high": list(self.high),
            "kind": self.kind,
            "fill": list(self.fill),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Stretch:
        """Return the stretch that ``to_json`` wrote.

        Raises:
            RasterError: if the object is not a stretch, as in an index that is damaged.
        """
        try:
            read = cls(
                tuple(int(band) for band in data["bands"]),
                tuple(float(value) for value in data["low"]),
                tuple(float(value) for value in data["high"]),
                data.get("kind", "rgb"),
                _read_fill(data),
            )
            sound = (
                read.kind in get_args(Kind)
                and min(read.bands) >= 1
                and len(read.low) == len(read.high) >= len(read.bands)
                and np.isfinite([*read.low, *read.high]).all()
            )
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
            sound = False
        if not sound:
            raise RasterError(
                "What the index holds of how its values become colours is damaged",
                hint="Check and repair the index, then index the imagery again",
            )
        return read


def _read_fill(data: Mapping[str, Any]) -> tuple[float, ...]:
    # indexes made before version 1 keep one value, or none
    empty = data.get("empty")
    fill = data.get("fill") or ([] if empty is None else [empty])
    return tuple(float(value) for value in fill)


def estimate_stretch(raster: Raster) -> Stretch:
    """Estimate a raster's stretch from a bounded sample of it.

    Raises:
        RasterError: if no pixel is valid, all are alike, or the file cannot be read.
    """
    stretch, is_constant = _estimate(raster.dataset, raster.label)
    if is_constant:
        raise RasterError(
            f"{raster.label} shows no picture: all its valid pixels are alike",
            hint="Leave masks and placeholders out of the index",
            path=raster.name,
        )
    return stretch


def stretch_of(dataset: Dataset, name: str) -> Stretch:
    """Estimate the stretch of an open dataset, georeferenced or not, of one colour or not.

    Raises:
        RasterError: if no pixel is valid, or the file cannot be read.
    """
    return _estimate(dataset, name)[0]


def _estimate(dataset: Dataset, name: str) -> tuple[Stretch, bool]:
    """Return a dataset's stretch, and whether all that was seen of it is of one colour."""
    choice = choose_bands(dataset)
    source = PixelSource(dataset, choice)
    parts = take_sample(source, dataset)
    # a nodata value that hardly occurs says nothing
    leaves_out = source.is_masked and parts.valid_share() <= _MOSTLY_VALID
    is_masked = source.has_mask or leaves_out
    fill = find_fill(dataset, parts, lambda: sample_edges(source, dataset), is_masked=is_masked)
    if fill:
        parts = take_sample(PixelSource(dataset, choice, fill), dataset)
    elif (seen := _only_value(parts)) is not None and may_be_fill(seen, parts.pixels().dtype):
        # a small picture in a large frame, which a sample misses
        inner = take_sample(PixelSource(dataset, choice, (seen,)), dataset)
        if inner.pixels().size:
            parts, fill = inner, (seen,)
    sample = parts.pixels()
    if sample.shape[1] == 0:
        raise RasterError(
            f"{name}: every pixel is nodata",
            hint="Nothing to index; check the nodata value if the raster looks filled in QGIS",
        )
    is_constant = bool(np.all(sample == sample[:, :1]))
    if choice.kind == "palette":
        return Stretch(choice.bands, (0.0,) * 3, (255.0,) * 3, choice.kind, fill), is_constant
    low, high = _range(sample)
    return Stretch(choice.bands, low, high, choice.kind, fill), is_constant


def _only_value(parts: Sample) -> float | None:
    """Return the one value that all pixels of a sample have in all bands, None without."""
    pixels = parts.pixels()
    if not pixels.size or np.any(pixels != pixels[0, 0]):
        return None
    return float(pixels[0, 0])


def _range(sample: Values) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the values that become 0 and 255 for a sample (bands, pixels)."""
    bands = len(sample)
    low, high = percentiles(sample, PERCENTILES)
    if sample.dtype == np.uint8 and high.max() >= _DARK and high.max() - low.min() >= _FLAT:
        return (0.0,) * bands, (255.0,) * bands
    if (high <= low).all():
        # Nothing between the percentiles: rare marks on one value, or a constant.
        low, high = sample.min(axis=1).astype(float), sample.max(axis=1).astype(float)
    shared_low, shared_high = low.min(), high.max()
    if ((high - low) >= _LEAST_CONTRAST * (shared_high - shared_low)).all():
        low, high = np.full(bands, shared_low), np.full(bands, shared_high)
    constant = high <= low
    # The step must survive single precision, in which values may be scaled.
    step = np.maximum(np.abs(low) * 1e-3, 1e-6)
    low, high = np.where(constant, low - step, low), np.where(constant, high + step, high)
    return tuple(map(float, low)), tuple(map(float, high))
