"""From a region drawn on a map to the tiles of a raster that show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pyproj
import shapely
from rasterio.crs import CRS
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from ..raster import Raster
from .grid import TileWindow
from .region_geometry import region_in_pixels
from .tiling import lay

#: Windows with a smaller share inside the region are left out, unless none has more.
_LEAST_SHARE = 0.25

#: Candidate windows looked at for each window kept; a larger region is sampled.
_CANDIDATES = 16

#: Share of a tile at either end of a region that needs no window of its own.
_MARGIN = 0.025


def region_windows(
    raster: Raster,
    region: BaseGeometry,
    region_crs: str | CRS | pyproj.CRS,
    tile_size_m: float,
    limit: int = 64,
) -> list[tuple[TileWindow, float]]:
    """Return windows of the index's tile size that together show a region.

    A point, or a region smaller than a tile, gives one window centred on it and shifted inside
    the raster. Larger regions are covered by windows side by side; those with less than a
    quarter inside are left out unless there is no better one, and of too many an even sample
    is kept.

    Args:
        raster: the raster to look at.
        region: point, multi-point, polygon or multi-polygon. Polygons that cross themselves
            are repaired.
        region_crs: authority code (``EPSG:3857``), WKT or a CRS object.
        tile_size_m: side of a tile in metres.
        limit: most windows returned.

    Returns:
        Windows with the share of each that lies inside the region, above 0 and up to 1, the
        largest first; a lone window has 1.

    Raises:
        RegionError: if the region is empty, has no area, is broken, or lies outside the raster.
    """
    inside = region_in_pixels(raster, region, region_crs)
    if isinstance(region, shapely.Polygon | shapely.MultiPolygon):
        return _cover(raster, inside, tile_size_m, limit)
    points = [p for p in shapely.get_parts(inside) if isinstance(p, Point)][:limit]
    return [(_around(raster, p.x, p.y, tile_size_m), 1.0) for p in points]


def _around(raster: Raster, column: float, row: float, tile_size_m: float) -> TileWindow:
    """Return the tile centred on a position in pixels, shifted inside the raster."""
    pixel_width, pixel_height = raster.pixel_size_m(column, row)
    [(left, width)] = _span(column, column, raster.width, lambda _: tile_size_m / pixel_width)
    [(upper, height)] = _span(row, row, raster.height, lambda _: tile_size_m / pixel_height)
    return TileWindow(left, upper, width, height)


def _cover(
    raster: Raster, inside: BaseGeometry, tile_size_m: float, limit: int
) -> list[tuple[TileWindow, float]]:
    windows = list(_candidates(raster, inside, tile_size_m, limit))
    if len(windows) == 1:
        return [(windows[0], 1.0)]
    boxes = shapely.box(
        [w.col_off for w in windows],
        [w.row_off for w in windows],
        [w.col_off + w.width for w in windows],
        [w.row_off + w.height for w in windows],
    )
    shapely.prepare(inside)
    shares = shapely.area(shapely.intersection(boxes, inside)) / shapely.area(boxes)
    least = _LEAST_SHARE if (shares >= _LEAST_SHARE).any() else np.finfo(float).tiny
    kept = np.flatnonzero(shares >= least)
    if len(kept) == 0:
        # The sample of a wide region with little in it missed all of it.
        point = inside.representative_point()
        return [(_around(raster, point.x, point.y, tile_size_m), 1.0)]
    if len(kept) > limit:
        kept = kept[np.unique(np.linspace(0, len(kept) - 1, limit).round().astype(int))]
    kept = kept[np.argsort(-shares[kept], kind="stable")]
    return [(windows[i], float(shares[i])) for i in kept]


def _candidates(
    raster: Raster, inside: BaseGeometry, tile_size_m: float, limit: int
) -> Iterator[TileWindow]:
    """Yield windows over the bounds of a region, row by row; every n-th of a great many."""
    left, upper, right, lower = inside.bounds
    ground = raster.ground
    middle = (left + right) / 2

    def height_at(row: float) -> float:
        return tile_size_m / ground.pixel_size(middle, row)[1]

    rows = _span(upper, lower, raster.height, height_at)
    across = tile_size_m / ground.pixel_size(middle, (upper + lower) / 2)[0]
    count = len(rows) * max((right - left) / across, 1.0)
    every = max(1, math.ceil(math.sqrt(count / (_CANDIDATES * limit))))
    for row, height in _thinned(rows, every):

        def width_at(column: float, at: float = row + height / 2) -> float:
            return tile_size_m / ground.pixel_size(column, at)[0]

        for column, width in _thinned(_span(left, right, raster.width, width_at), every):
            yield TileWindow(column, row, width, height)


def _thinned(spans: list[tuple[int, int]], every: int) -> list[tuple[int, int]]:
    return spans[min(every // 2, (len(spans) - 1) // 2) :: every]


def _span(
    start: float, stop: float, length: int, size_at: Callable[[float], float]
) -> list[tuple[int, int]]:
    """Return tiles over part of an axis; one in its middle if the part is shorter than a tile."""
    middle = (start + stop) / 2
    size = min(max(round(size_at(middle)), 1), length)
    if stop - start <= size * (1.0 + 2 * _MARGIN):
        return [(min(max(round(middle - size / 2), 0), length - size), size)]
    margin = _MARGIN * size
    first, last = max(math.floor(start + margin), 0), min(math.ceil(stop - margin), length)
    return list(lay(first, last, 0.0, size_at))
