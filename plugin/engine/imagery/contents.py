"""The pictures that one file holds: pages of a TIFF, variables of netCDF and HDF, tables, images.

GDAL calls them subdatasets. Each that is a picture is indexed as a source of its own; overviews and
masks belong to a picture, and coordinates, angles and quality flags only say something of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rasterio.errors import RasterioError
from rasterio.io import DatasetReader

from ...source_files import names
from ..errors import RasterError
from .files import gdal
from .files.dataset import open_container, subdatasets

#: A side with fewer pixels is that of a table, such as the two bounds of each latitude.
_LEAST_SIDE = 4
#: Drivers that list a file's own picture among its parts, as the first.
_FIRST_IS_ITSELF = ("GTiff", "NITF")
#: Sides of two pages may differ by so much, relatively, where one is a reduced copy of the other.
_SAME_SHAPE = 0.02

_COORDINATES = re.compile(
    r"(?:lat|lats|latitudes?|lon|lons|longitudes?|x|y|time|crs|spatial_ref)\d*$", re.IGNORECASE
)
_ASIDE = re.compile(
    r"(?:^|[_\W])(?:bnds|bounds|vertices|qa|qc|qf|quality|flags?|masks?|scl|angles?|zenith|azimuth"
    r"|sza|saa|vza|vaa|uncertainty|stderr|num_observations|state_1km)(?:\d*$|[_\W])",
    re.IGNORECASE,
)
_CLASSES = ("flag_meanings", "flag_values", "flag_masks")


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds.

    Attributes:
        pictures: names to open, the file's own first.
        note: what else it holds and why that is left out; empty if there is nothing to say.
        is_certain: whether the file could be opened.
    """

    pictures: tuple[str, ...]
    note: str = ""
    is_certain: bool = True


@dataclass(frozen=True, slots=True)
class _Page:
    """What tells pictures from copies and masks of them.

    Attributes:
        name: of the page.
        size: columns and rows.
        bands: how many.
        bounds: outline in its CRS, or None where it has no place of its own.
        has_place: whether it says in any way where it lies.
        is_bilevel: whether its pixels have one bit.
    """

    name: str
    size: tuple[int, int]
    bands: int
    bounds: tuple[float, ...] | None
    has_place: bool
    is_bilevel: bool


def pictures_in(name: str, check: Callable[[], None] = lambda: None) -> Contents:
    """Return the pictures that a file holds; the file itself where it is one picture.

    A file that cannot be opened counts as one picture: opening it says what is wrong.

    Args:
        name: a file. A part of one is one picture.
        check: called for each part; raises to stop.
    """
    alone = Contents((name,))
    if names.split(name).is_part or Path(name).is_dir():
        return alone
    try:
        with open_container(name) as dataset, gdal.environment():
            parts = subdatasets(dataset)
            has_own = dataset.count > 0
            driver = dataset.driver
            own = _page(name, dataset)
    except (RasterError, RasterioError, OSError):
        return Contents((name,), is_certain=False)
    if not parts:
        return alone
    if has_own and driver not in _FIRST_IS_ITSELF:
        note = f"{len(parts)} other rasters in it are left out. Name them to index them"
        return Contents((name,), note)
    if has_own:
        return _pages(own, parts[1:], check)
    return _variables(parts, check)


def _pages(own: _Page, parts: list[str], check: Callable[[], None]) -> Contents:
    """Tell the pages of a TIFF that are pictures from copies and masks of others."""
    pictures, pages = [own.name], [own]
    left_out: dict[str, list[str]] = {}
    for part in parts:
        check()
        page = _look(part)
        reason = "" if page is None else _belongs(page, pages)
        if reason:
            left_out.setdefault(reason, []).append(names.split(part).part)
            continue
        pictures.append(part)
        if page is not None:
            pages.append(page)
    told = [f"{_numbers(numbers)} ({reason})" for reason, numbers in left_out.items()]
    return Contents(tuple(pictures), f"Page {', '.join(told)} left out" if told else "")


def _numbers(numbers: list[str]) -> str:
    more = f" and {len(numbers) - 5} more" if len(numbers) > 5 else ""
    return ", ".join(numbers[:5]) + more


def _variables(parts: list[str], check: Callable[[], None]) -> Contents:
    """Leave out variables that are no pictures: coordinates, angles, quality, tables."""
    pictures: list[str] = []
    left_out: list[str] = []
    for part in parts:
        check()
        variable = names.split(part).part.rsplit("/", 1)[-1]
        is_aside = bool(_COORDINATES.match(variable) or _ASIDE.search(variable))
        (left_out if is_aside or _is_table(part) else pictures).append(part)
    if not pictures:  # quality alone is what the analyst has
        return Contents(tuple(parts))
    shown = ", ".join(names.split(part).part for part in left_out[:5])
    more = f" and {len(left_out) - 5} more" if len(left_out) > 5 else ""
    note = f"No pictures, left out: {shown}{more}. Name them to index them" if left_out else ""
    return Contents(tuple(pictures), note)


def _is_table(part: str) -> bool:
    """Whether a variable is too narrow for a picture, or holds classes."""
    try:
        with open_container(part) as dataset, gdal.environment():
            tags = (key.rpartition("#")[2] for key in dataset.tags())
            narrow = min(dataset.width, dataset.height) < _LEAST_SIDE
            return narrow or any(key in _CLASSES for key in tags)
    except (RasterError, RasterioError, OSError):
        return False  # opening it again says what is wrong


def _look(name: str) -> _Page | None:
    try:
        with open_container(name) as dataset, gdal.environment():
            return _page(name, dataset)
    except (RasterError, RasterioError, OSError):
        return None


def _page(name: str, dataset: DatasetReader) -> _Page:
    has_bounds = dataset.crs is not None and not dataset.transform.is_identity
    has_place = has_bounds or bool(dataset.gcps[0])
    bits = dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS") if dataset.count else None
    bounds = tuple(dataset.bounds) if has_bounds else None
    size = dataset.width, dataset.height
    return _Page(name, size, dataset.count, bounds, has_place, bits == "1")


def _belongs(page: _Page, pages: list[_Page]) -> str:
    """Return how a page belongs to an earlier one; empty if it is a picture of its own."""
    for earlier in pages:
        is_mask = page.is_bilevel and not earlier.is_bilevel and page.size == earlier.size
        if is_mask and page.bounds in (None, earlier.bounds):
            return "a mask"
        smaller = page.size[0] < earlier.size[0] and page.size[1] < earlier.size[1]
        if smaller and page.bands == earlier.bands and _alike(page, earlier):
            return "a reduced copy"
    if not page.has_place and not pages[0].has_place:
        return "without a position, as the first"  # which says for all what is to be done
    return ""


def _alike(page: _Page, earlier: _Page) -> bool:
    """Whether a smaller page shows the same ground, or has the same shape and no place."""
    if page.bounds is not None and earlier.bounds is not None:
        pixel = (earlier.bounds[2] - earlier.bounds[0]) / page.size[0]
        return all(
            abs(one - other) <= abs(pixel)
            for one, other in zip(page.bounds, earlier.bounds, strict=True)
        )
    if page.bounds is not None:
        return False
    factors = [large / small for large, small in zip(earlier.size, page.size, strict=True)]
    return abs(factors[0] / factors[1] - 1) <= max(_SAME_SHAPE, 1.0 / min(page.size))
