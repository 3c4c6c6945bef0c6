"""Finding fill that no tag declares: frames around a picture, gaps of mosaics, lost pixels.

Two kinds of values are fill:

* **Customary values** away from all others: -9999 in an elevation model, -3.4e38.
* **Any end of what there is**, most often 0 or the type's end, that lies about as fill does: in
  solid areas without another pixel, and either far away from all other values, or in the gaps of
  a mosaic, or as a frame from the raster's edge inwards beside which the picture begins at once.
  Dark water and shadows are neither solid nor sharply bounded, and nor are burnt-out clouds: they
  stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from rasterio.io import DatasetReader

from .areas import beside, count_holes, solid_part
from .pixels import Dataset, Values, is_fill
from .sampling import Sample

#: Values that software writes where it has no data, beside the ends of integer types.
CUSTOMARY = (-9999.0, -99999.0, -999.0, -32768.0, -32767.0, -9999999.0, 1e20)

#: No measurement is as large: what is beyond is the end of a float type, or its text rounded.
_HUGE = 1e30

#: Distance to the nearest other value, as a share of the range of the others, from which on a
#: customary value is fill, and any value in solid areas.
_CUSTOMARY_DISTANCE = 0.05
_GAP_DISTANCE = 0.5

#: Share of all pixels from which on a value can be fill; for customary ones a few pixels do.
_LEAST_SHARE = 0.005
_LEAST_PIXELS = 3

#: Other values that a raster must have at least, since the areas of masks (one) and classes (a
#: dozen) are solid and sharp all the same; fewer where all are far away.
_LEAST_VALUES = 16
_LEAST_FAR_VALUES = 3

#: Share of a value's pixels that must lie in solid areas, and of other pixels in them.
_SOLID = 0.8
_HOLES = 1e-3
#: Pixels of the file beside the areas that are looked at, also where JPEG smears over the 16 of
#: its blocks; how far from the value they must be, as a share of how far the picture is; and how
#: many times as far the picture is as the smear.
_CLOSE = 3
_SMEARED = 20
_CONTRAST = 0.5
_SMEAR = 6
#: Share of pixels half-way between smear and picture, on a scale of ratios and up to such a factor
#: from its middle, beyond which one passes into the other.
_BETWEEN = 3**0.5
_MOST_BETWEEN = 0.12
#: Share of the raster's edge that a frame takes; of one set off by its values; of a large one.
_FRAME = 0.2
_SMALL_FRAME = 0.05
_SMALL_FRAME_PIXELS = 500
_SET_OFF = 0.1

_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _Facts:
    """What there is beside one value.

    Attributes:
        distance: from it to the nearest others, as a share of the range of the others.
        values: different ones among the others, counted up to what is asked for.
    """

    distance: float
    values: int


def find_fill(
    dataset: Dataset, sample: Sample, read_edges: Callable[[], Values], *, is_masked: bool
) -> tuple[float, ...]:
    """Return the values that are nodata where all chosen bands have them.

    Args:
        dataset: what was sampled.
        sample: of its chosen bands.
        read_edges: reads the pixels along the raster's edges, (bands, pixels).
        is_masked: whether the file itself leaves out pixels; then what it leaves in may be fill
            only if it is far away from the rest.
    """
    found: list[float] = []
    for _ in range(_ROUNDS):
        value = next(_fill_among(dataset, sample, read_edges, found, is_masked=is_masked), None)
        if value is None:
            break
        found.append(value)
    return tuple(found)


def fill_text(fill: Sequence[float]) -> str:
    """Return a line for people on what was taken for nodata."""
    written = [str(int(v)) if v.is_integer() and abs(v) < _HUGE else f"{v:g}" for v in fill]
    verb = "was" if len(written) == 1 else "were"
    return (
        f"{' and '.join(written)} {verb} taken for nodata, which the file does not declare. Where "
        "that is wrong, give it a mask band (Raster > Conversion > Translate, with -mask)"
    )


def may_be_fill(value: float, dtype: np.dtype[Any]) -> bool:
    """Whether a value that is all that was seen of a raster may be what surrounds its picture."""
    is_end = np.issubdtype(dtype, np.integer) and value == np.iinfo(dtype).max
    return bool(value == 0 or is_end or _is_customary(value, dtype))


def _fill_among(
    dataset: Dataset,
    sample: Sample,
    read_edges: Callable[[], Values],
    known: list[float],
    *,
    is_masked: bool,
) -> Iterator[float]:
    pixels = sample.pixels()
    if known:
        pixels = pixels[:, ~is_fill(pixels, known)]
    if not pixels.size:
        return
    alike = pixels[0][(pixels == pixels[:1]).all(axis=0)]
    for value in _candidates(alike, pixels.dtype):
        count = int(np.count_nonzero(alike == value))
        if count < _LEAST_PIXELS:
            continue
        customary = _is_customary(value, pixels.dtype)
        share = count / pixels.shape[1]
        if share < _LEAST_SHARE and not customary:
            continue
        facts = _facts(pixels, value)
        if customary and facts.values and facts.distance >= _CUSTOMARY_DISTANCE:
            yield value
        elif share >= _LEAST_SHARE and _is_solid(sample, value):
            is_far = facts.distance >= _GAP_DISTANCE and facts.values >= _LEAST_FAR_VALUES
            may_be = not is_masked and facts.values >= _LEAST_VALUES
            if is_far or (may_be and _lies_as_fill(dataset, sample, read_edges, value, facts)):
                yield value


def _candidates(alike: Values, dtype: np.dtype[Any]) -> Iterator[float]:
    """Yield values that may be fill: the ends of what there is, of the type, and customary ones."""
    if not len(alike):
        return
    ends = [float(alike.min()), float(alike.max()), 0.0]
    if np.issubdtype(dtype, np.integer):
        ends += [float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)]
    yield from dict.fromkeys((*ends, *CUSTOMARY))


def _is_customary(value: float, dtype: np.dtype[Any]) -> bool:
    if np.issubdtype(dtype, np.signedinteger) and value == np.iinfo(dtype).min:
        return True
    return abs(value) >= _HUGE or value in CUSTOMARY


def _facts(pixels: Values, value: float) -> _Facts:
    others = pixels[:, (pixels != value).any(axis=0)].astype(np.float64)
    if not others.size:
        return _Facts(0.0, 0)
    low, high = np.percentile(others, (1, 99), axis=1)
    # a few odd pixels, such as those that compression makes at the edge of a frame, do not count
    nearest = np.percentile(np.abs(others - value), 0.1, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.nan_to_num(nearest / (high - low), nan=0.0, posinf=np.inf).min()
    different = min(len(np.unique(band[: 1 << 17])) for band in others)
    return _Facts(float(distance), different)


def _lies_as_fill(
    dataset: Dataset,
    sample: Sample,
    read_edges: Callable[[], Values],
    value: float,
    facts: _Facts,
) -> bool:
    """Whether solid areas of a value are the gaps of a mosaic or a frame."""
    is_set_off = facts.distance >= _SET_OFF
    is_wide = np.dtype(dataset.dtypes[0]).itemsize > 1
    # in wide types brightness begins above 0, and sensors give no areas of one number
    if value == 0 and (_has_gaps(dataset) or (is_wide and is_set_off)):
        return True
    edges = read_edges()
    frame = float(is_fill(edges, (value,)).mean()) if edges.size else 0.0
    touched = frame * 2 * (dataset.width + dataset.height)
    if frame < _SMALL_FRAME or not (
        frame >= _FRAME or is_set_off or touched >= _SMALL_FRAME_PIXELS
    ):
        return False
    return is_set_off or _begins_at_once(sample, value)


def _is_solid(sample: Sample, value: float) -> bool:
    """Whether nearly all pixels of a value lie in areas of nothing else."""
    count, solid, holes = 0, 0, 0
    for block in sample.blocks:
        area = is_fill(block.values, (value,)) & block.valid
        count += int(np.count_nonzero(area))
        solid += int(np.count_nonzero(solid_part(area)))
        holes += count_holes(area, block.valid)
    return count > 0 and solid >= _SOLID * count and holes <= _HOLES * count


def _begins_at_once(sample: Sample, value: float) -> bool:
    """Whether the picture is as far from a value close beside its areas as elsewhere.

    A shore, the edge of a cloud, or a lamp at night begins near to the value. In 8 bit,
    compression may have smeared the edge of a frame: then there are both a smear and the picture,
    and little between.
    """
    close, wide, everywhere = [], [], []
    for block in sample.blocks:
        away = np.abs(block.values.astype(np.float64) - value).max(axis=0)
        area = solid_part(is_fill(block.values, (value,)) & block.valid)
        picture = block.valid & (away > 0)
        everywhere.append(away[picture])
        close.append(away[beside(area, _CLOSE / sample.step) & picture])
        if block.values.dtype == np.uint8:  # what was a JPEG need not be one any more
            wide.append(away[beside(area, _SMEARED / sample.step) & picture])
    usual = np.percentile(np.concatenate(everywhere), (50, 75))
    near = np.concatenate(close)
    if not len(near):
        return False
    # the bright parts as well: of lamps in the dark, what lies beside it is dim alone
    if (np.percentile(near, (50, 75)) >= _CONTRAST * usual).all():
        return True
    return bool(wide) and _is_smear(near, np.concatenate(wide), usual=float(usual[0]))


def _is_smear(near: Values, wide: Values, *, usual: float) -> bool:
    """Whether there are two kinds of pixels beside an area: a smear close by, and the picture.

    Args:
        near: how far from the area's value the pixels close beside it are.
        wide: the same of all pixels that a smear may reach.
        usual: of the middle pixel of the picture.
    """
    smear, picture = float(np.percentile(near, 25)), float(np.percentile(wide, 75))
    if picture < max(_CONTRAST * usual, _SMEAR * smear):
        return False
    middle = np.sqrt(smear * picture)
    between = (wide >= middle / _BETWEEN) & (wide <= middle * _BETWEEN)
    return bool(between.mean() <= _MOST_BETWEEN)


def _has_gaps(dataset: Dataset) -> bool:
    """Whether a virtual raster has places that none of its sources covers."""
    if not isinstance(dataset, DatasetReader) or dataset.driver != "VRT":
        return False
    text = dataset.tags(ns="xml:VRT").get("xml:VRT", "")
    band = text.partition("</VRTRasterBand>")[0]
    covered = [
        shapely.box(x, y, x + width, y + height)
        for x, y, width, height in (
            (float(number) for number in place) for place in _PLACES.findall(band)
        )
    ]
    whole = shapely.box(0, 0, dataset.width, dataset.height)
    return bool(covered) and bool(shapely.union_all(covered).intersection(whole).area < whole.area)


_NUMBER = r'="([\d.eE+-]+)"\s*'
_PLACES = re.compile(rf"<DstRect\s+xOff{_NUMBER}yOff{_NUMBER}xSize{_NUMBER}ySize{_NUMBER}/>")
