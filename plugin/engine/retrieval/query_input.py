"""Reading the parts of a query as users give them: regions, areas, dates."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from pathlib import Path

import pyproj
import shapely
from pyproj.exceptions import ProjError
from shapely.geometry.base import BaseGeometry

from ..errors import RegionError, UsageError
from ..given_text import unwritable_part
from .query import Region
from .region_source import to_wgs84
from .wkt import parse_wkt

WGS84 = "EPSG:4326"

#: Longitudes and latitudes at most, a turn off at either side, in degrees and in the units of any
#: geographic CRS, of which there are 400 grads to a turn.
_MOST_DEGREES = (360.0, 90.0)
_MOST_UNITS = (600.0, 100.0)

#: Characters of a CRS as WKT; the longest of EPSG have 20,000.
_LONGEST_CRS = 100_000


def parse_region(wkt: str, crs: str | None = None, source: Path | str | None = None) -> Region:
    """Return a query region.

    Args:
        wkt: point or polygon in ``crs``, x (longitude, easting) first.
        crs: its CRS as PROJ takes it, such as ``EPSG:32618``; WGS 84 by default.
        source: raster to look at; the best indexed one there by default.

    Raises:
        RegionError: not WKT, empty, an unknown CRS, or coordinates that are no degrees.
    """
    geometry = parse_wkt(wkt)
    if shapely.get_dimensions(geometry) == 2 and not geometry.area > 0:
        raise RegionError("The region has no area", hint="Draw it larger, or click a point")
    name = crs or WGS84
    if _parse_crs(name).is_geographic:
        _check_degrees(geometry, most=_MOST_DEGREES if crs is None else _MOST_UNITS)
    return Region(geometry, name, source)


def parse_area(wkt: str, crs: str | None = None) -> BaseGeometry:
    """Return an area to search within, in WGS 84 longitude and latitude.

    Raises:
        RegionError: not WKT, empty, no area, or an unknown CRS.
    """
    region = parse_region(wkt, crs)
    if region.geometry.area == 0:
        raise RegionError(
            "The area to search within encloses no ground", hint="Give a polygon, or a larger one"
        )
    return to_wgs84(region)


def parse_date(text: str) -> datetime:
    """Return the beginning of a year, month, day or moment in ISO 8601, UTC unless it says.

    Raises:
        UsageError: it is no date.
    """
    text = text.strip()
    for pattern, rest in ((r"\d{4}", "-01-01"), (r"\d{4}-\d{2}", "-01")):
        if re.fullmatch(pattern, text):
            text += rest
    try:
        moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))
        if moment.tzinfo is None:
            return moment.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc)
    except (ValueError, OverflowError):  # the latter in the years 1 and 9999, for some zones
        shown = text[:40].encode("unicode-escape").decode()
        raise UsageError(
            f"'{shown}' is no date", hint="Write it as 2024-05-31, 2024-05 or 2024"
        ) from None


def _parse_crs(name: str) -> pyproj.CRS:
    shown = name[:60].encode("ascii", "backslashreplace").decode()
    unknown = RegionError(f"'{shown}' is no known CRS", hint="Give its code, such as EPSG:32618")
    if len(name) > _LONGEST_CRS or unwritable_part(name):
        raise unknown
    try:
        crs = pyproj.CRS.from_user_input(name)
    except (ProjError, RecursionError):  # PROJ's JSON may nest deeply
        raise unknown from None
    if not (crs.is_geographic or crs.is_projected):
        raise RegionError(
            f"'{shown}' is a {crs.type_name}, which places nothing on a map",
            hint="Give the code of a projected or geographic one, such as EPSG:32618",
        )
    return crs


def _check_degrees(geometry: BaseGeometry, most: tuple[float, float]) -> None:
    west, south, east, north = geometry.bounds
    longitude, latitude = most
    if west < -longitude or east > longitude or south < -latitude or north > latitude:
        raise RegionError(
            f"The coordinates of the region ({west:g} {south:g}, …) are no degrees",
            hint="Say which CRS they are in, such as EPSG:32618",
        )
