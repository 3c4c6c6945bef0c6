"""Reading the parts of a query as users give them: regions, areas, dates."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from pathlib import Path

import pyproj
import shapely
from pyproj.exceptions import ProjError
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from ..errors import RegionError, UsageError
from .query import Region
from .region_source import to_wgs84

WGS84 = "EPSG:4326"


def parse_region(wkt: str, crs: str | None = None, source: Path | None = None) -> Region:
    """Return a query region.

    Args:
        wkt: point or polygon in ``crs``, x (longitude, easting) first.
        crs: its CRS as PROJ takes it, such as ``EPSG:32618``; WGS 84 by default.
        source: raster to look at; the best indexed one there by default.

    Raises:
        RegionError: not WKT, empty, an unknown CRS, or coordinates that are no degrees.
    """
    geometry = _parse_geometry(wkt)
    if shapely.get_dimensions(geometry) == 2 and geometry.area == 0:
        raise RegionError("The region has no area", hint="Draw it larger, or click a point")
    name = crs or WGS84
    _check_crs(name)
    if crs is None:
        _check_degrees(geometry)
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
    except ValueError:
        raise UsageError(
            f"'{text}' is no date", hint="Write it as 2024-05-31, 2024-05 or 2024"
        ) from None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc)


def _parse_geometry(wkt: str) -> BaseGeometry:
    # EWKT, as PostGIS and some tools write it, names the CRS in front.
    text = re.sub(r"^\s*SRID=\d+;", "", wkt, flags=re.IGNORECASE)
    try:
        geometry = shapely.from_wkt(text)
    except (ShapelyError, TypeError, ValueError):
        shown = wkt if len(wkt) <= 40 else f"{wkt[:37]}..."
        raise RegionError(
            f"The region '{shown}' is not WKT",
            hint="Write it as POINT (x y) or POLYGON ((x y, x y, x y, x y))",
        ) from None
    if geometry is None or geometry.is_empty:
        raise RegionError("The region is empty", hint="Click or draw it on the map")
    if not all(map(math.isfinite, geometry.bounds)):
        raise RegionError("The region has coordinates that are no numbers", hint="Draw it again")
    return geometry


def _check_crs(name: str) -> None:
    try:
        pyproj.CRS.from_user_input(name)
    except ProjError:
        raise RegionError(
            f"'{name[:60]}' is no known CRS", hint="Give its code, such as EPSG:32618"
        ) from None


def _check_degrees(geometry: BaseGeometry) -> None:
    west, south, east, north = geometry.bounds
    if west < -360 or east > 360 or south < -90 or north > 90:
        raise RegionError(
            f"The coordinates of the region ({west:g} {south:g}, …) are no degrees",
            hint="Say which CRS they are in, such as EPSG:32618",
        )
