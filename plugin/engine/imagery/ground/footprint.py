"""Footprints in longitude and latitude, valid also across the date line and around a pole."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

Floats = npt.NDArray[np.float64]


def lonlat_polygon(lon: Floats, lat: Floats) -> Polygon | MultiPolygon:
    """Return the area inside a ring given in degrees.

    Consecutive points are taken to be less than 180° of longitude apart, so a ring that jumps
    from 179° to -179° crosses the date line, and one that goes once around encloses a pole.

    Args:
        lon: longitudes of the ring's points, any multiple of 360° off; not closed. Points off
            the Earth (infinite) are left out.
        lat: latitudes, clipped to ±90°.

    Returns:
        A valid polygon with longitudes in [-180, 180], in two parts if it crosses the date
        line; empty if fewer than three points are on the Earth.
    """
    on_earth = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon[on_earth], np.clip(lat[on_earth], -90.0, 90.0)
    if len(lon) < 3:
        return Polygon()
    lon = np.unwrap(np.append(lon, lon[0]), period=360.0)
    lat = np.append(lat, lat[0])
    turn = lon[-1] - lon[0]
    if abs(turn) > 180.0:
        pole = 90.0 if lat.mean() > 0 else -90.0
        lon = np.concatenate([lon, [lon[-1], lon[0]]])
        lat = np.concatenate([lat, [pole, pole]])
    else:
        lon, lat = lon[:-1], lat[:-1]
    west = lon.min()
    lon = lon - 360.0 * np.floor((west + 180.0) / 360.0)
    polygon = Polygon(np.column_stack([lon, lat]))
    if not polygon.is_valid:
        polygon = polygons_of(shapely.make_valid(polygon))
    return wrap_longitudes(polygon)


def plain_polygons(lon: Floats, lat: Floats) -> npt.NDArray[np.object_]:
    """Return what ``lonlat_polygon`` does, for many rings of the plain sort at once.

    Args:
        lon: longitudes (rings, points) in degrees.
        lat: latitudes likewise.

    Returns:
        A polygon for each ring; None for those that are not wholly on the Earth, not within
        one turn of longitudes, or not valid as they are.
    """
    # comparisons with points off the Earth, infinite or not a number, are false
    plain = np.all((lon >= -180.0) & (lon < 180.0) & (np.abs(lat) <= 90.0), axis=1)
    plain[plain] = np.ptp(lon[plain], axis=1) < 180.0
    polygons = np.full(len(lon), None, dtype=object)
    polygons[plain] = shapely.polygons(np.stack([lon[plain], lat[plain]], axis=-1))
    polygons[~shapely.is_valid(polygons)] = None
    return polygons


def wrap_longitudes(area: BaseGeometry) -> Polygon | MultiPolygon:
    """Bring every part of an area into longitudes [-180, 180], cutting it at the date line."""
    west, _, east, _ = area.bounds if not area.is_empty else (0.0, 0.0, 0.0, 0.0)
    if west >= -180.0 and east <= 180.0:
        return polygons_of(area)
    parts = []
    for turn in range(
        int(np.floor((west + 180.0) / 360.0)), int(np.ceil((east - 180.0) / 360.0)) + 1
    ):
        shift = 360.0 * turn
        part = area.intersection(box(-180.0 + shift, -90.0, 180.0 + shift, 90.0))
        if part.area > 0.0:
            parts.append(translate(part, -shift))
    return polygons_of(shapely.union_all(parts))


def polygons_of(geometry: BaseGeometry) -> Polygon | MultiPolygon:
    """Return the polygonal part of a geometry, dropping points and lines."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    parts = [p for p in shapely.get_parts(geometry) if isinstance(p, Polygon | MultiPolygon)]
    flat = [q for p in parts for q in shapely.get_parts(p)]
    if not flat:
        return Polygon()
    return flat[0] if len(flat) == 1 else MultiPolygon(flat)
