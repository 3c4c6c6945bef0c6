"""Reading geometries that users and other programs write as text."""

from __future__ import annotations

import re

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from ..errors import RegionError
from ..given_text import unwritable_part
from ..imagery.ground.valid_area import valid_area

#: Brackets inside brackets: a multi-polygon has three. GEOS reads them by recursion, and tens of
#: thousands overflow the stack, which ends the process.
_MOST_NESTED = 16

_HOW_TO_WRITE = "Write it as POINT (x y) or POLYGON ((x y, x y, x y, x y))"


def parse_wkt(wkt: str) -> BaseGeometry:
    """Return the point or area that a WKT or EWKT text describes, areas repaired.

    Args:
        wkt: point, multi-point, polygon or multi-polygon; heights and measures are dropped.

    Raises:
        RegionError: it is none of these, empty, or has coordinates that are no numbers.
    """
    if unwritable := unwritable_part(wkt):
        raise RegionError(f"The region has {unwritable} in it", hint=_HOW_TO_WRITE)
    # EWKT, as PostGIS and some tools write it, names the CRS in front.
    text = re.sub(r"^\s*SRID=\d+;", "", wkt, flags=re.IGNORECASE)
    if _nesting(text) > _MOST_NESTED:
        raise RegionError("The region nests too many brackets", hint=_HOW_TO_WRITE)
    try:
        with np.errstate(all="ignore"):  # numbers that overflow are told below
            geometry = shapely.force_2d(shapely.from_wkt(text))
    except NotImplementedError:
        raise RegionError(
            "The region has curves, which cannot be compared with tiles",
            hint="Turn them into straight segments, in QGIS with Processing's Segmentize",
        ) from None
    except (ShapelyError, TypeError, ValueError):
        shown = wkt if len(wkt) <= 40 else f"{wkt[:37]}..."
        raise RegionError(f"The region '{shown}' is not WKT", hint=_HOW_TO_WRITE) from None
    if geometry is None or geometry.is_empty:
        raise RegionError("The region is empty", hint="Click or draw it on the map")
    if not isinstance(geometry, Point | MultiPoint | Polygon | MultiPolygon):
        raise RegionError(f"The region is a {geometry.geom_type}", hint="Give a point or polygon")
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise RegionError("The region has coordinates that are no numbers", hint="Draw it again")
    if isinstance(geometry, Point | MultiPoint):
        return geometry
    return valid_area(geometry)


def _nesting(text: str) -> int:
    """Return how many brackets are open at once at most."""
    characters = np.frombuffer(text.encode(), np.uint8)
    steps = (characters == ord("(")).astype(np.int32) - (characters == ord(")"))
    return int(np.cumsum(steps).max(initial=0))
