"""Repairing areas that cross themselves, in a time that does not depend on how often."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import shapely
from rasterio.features import rasterize, shapes
from rasterio.transform import from_origin
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from .footprint import Floats, polygons_of

#: Crossings that are worth an exact repair: it takes half a second for so many, and minutes and
#: gigabytes for ten times as many (a star of a hundred corners).
_MOST_CROSSINGS = 500

#: Cells along the longer side of an area that is repaired on a grid.
_CELLS = 128

#: Pairs of segments looked at in one step, so that memory stays bounded.
_PAIRS = 200_000


def valid_area(area: BaseGeometry) -> BaseGeometry:
    """Return an area that no ring of which crosses itself or another, parts without area dropped.

    What a polygon's rings go around an odd number of times is inside, and of several polygons all
    that lies in any: as GIS programs draw them. A polygon that crosses itself more than some
    hundred times, such as a scribble, is taken on a grid of 128 cells along its longer side: it is
    compared with tiles, and an exact answer takes minutes.

    Args:
        area: polygon or multi-polygon with finite coordinates, in any units.

    Returns:
        A valid polygon or multi-polygon; empty where the area encloses nothing.
    """
    if area.is_valid:
        return polygons_of(area)
    parts = shapely.get_parts(area)
    if len(parts) > 1:
        return polygons_of(shapely.union_all([valid_area(part) for part in parts]))
    if _crosses_at_most(parts[0], _MOST_CROSSINGS):
        return polygons_of(shapely.make_valid(parts[0]))
    return _on_grid(parts[0])


def _crosses_at_most(polygon: Polygon, most: int) -> bool:
    xy, ring = shapely.get_coordinates(shapely.get_rings(polygon), return_index=True)
    whole = ring[:-1] == ring[1:]  # not from one ring to the next
    starts, ends = xy[:-1][whole], xy[1:][whole]
    segments = shapely.linestrings(np.stack([starts, ends], axis=1))
    tree = shapely.STRtree(segments)
    step = max(16, _PAIRS // len(segments))
    crossings = 0
    for first in range(0, len(segments), step):
        one, other = tree.query(segments[first : first + step])
        one += first
        crossings += np.count_nonzero(
            _apart(starts[one], ends[one], starts[other], ends[other])
            & _apart(starts[other], ends[other], starts[one], ends[one])
        )
        if crossings > 2 * most:  # each is met from both sides
            return False
    return True


def _apart(start: Floats, end: Floats, first: Floats, second: Floats) -> npt.NDArray[np.bool_]:
    """Return whether two points lie on either side of a line from start to end, for each row."""
    x, y = (end - start).T

    def side(point: Floats) -> Floats:
        across: Floats = x * (point[:, 1] - start[:, 1]) - y * (point[:, 0] - start[:, 0])
        return np.sign(across)

    apart: npt.NDArray[np.bool_] = side(first) * side(second) < 0
    return apart


def _on_grid(polygon: Polygon) -> MultiPolygon:
    west, south, east, north = polygon.bounds
    size = max(east - west, north - south) / _CELLS
    shape_ = (max(math.ceil((north - south) / size), 1), max(math.ceil((east - west) / size), 1))
    grid = from_origin(west, north, size, size)
    inside = rasterize([polygon], shape_, transform=grid, dtype="uint8")
    found = [shape(part) for part, _ in shapes(inside, inside.astype(bool), transform=grid)]
    parts = [polygons_of(shapely.make_valid(part)) for part in found]
    # they meet at corners at most, which is valid
    return MultiPolygon([polygon for part in parts for polygon in shapely.get_parts(part)])
