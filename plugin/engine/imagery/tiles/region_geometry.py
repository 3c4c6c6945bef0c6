"""Bringing a region drawn in any CRS into the pixels of a raster."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import CRSError, ProjError
from rasterio.crs import CRS
from shapely.affinity import translate
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from ...errors import RegionError
from ..ground.footprint import polygons_of, wrap_longitudes
from ..ground.valid_area import valid_area
from ..raster import Raster

#: Segments that the longer side of a region is cut into, so that it bends with the raster's CRS.
_SEGMENTS = 32


def region_in_pixels(
    raster: Raster, region: BaseGeometry, region_crs: str | CRS | pyproj.CRS
) -> BaseGeometry:
    """Return the part of a region that lies on a raster, in (column, row) coordinates.

    Polygons that cross themselves are repaired; longitudes may be off by whole turns.

    Args:
        raster: the raster.
        region: point, multi-point, polygon or multi-polygon.
        region_crs: authority code (``EPSG:3857``), WKT or a CRS object.

    Returns:
        A valid geometry inside the raster: polygonal for polygons, points for points.

    Raises:
        RegionError: if the region is empty, has no area, is broken, or lies outside the raster.
    """
    region = _checked(region)
    crs = _parse_crs(region_crs)
    areal = isinstance(region, Polygon | MultiPolygon)
    if areal:
        region = _prepare_area(region, crs)
    pixels = _transform(raster, region, crs)
    inside = pixels.intersection(box(0, 0, raster.width, raster.height))
    if areal:
        inside = polygons_of(inside)
    if inside.is_empty:
        raise RegionError(
            f"The region lies outside {raster.label}",
            hint="Draw it on the imagery, and check that its CRS is the map's",
            raster=raster.name,
            region_crs=crs.to_string(),
        )
    return inside


def _checked(region: BaseGeometry) -> BaseGeometry:
    """Return a region that can be used, areas repaired."""
    if region.is_empty:
        raise RegionError("The region is empty", hint="Click a place or draw a region on the map")
    if not np.isfinite(shapely.get_coordinates(region)).all():
        raise RegionError("The region has coordinates that are not numbers", hint="Draw it again")
    if isinstance(region, Point | MultiPoint):
        return region
    if not isinstance(region, Polygon | MultiPolygon):
        raise RegionError(
            f"The region is a {region.geom_type}", hint="Give a point, rectangle or polygon"
        )
    area = valid_area(region)
    if not area.area > 0.0:
        raise RegionError("The region has no area", hint="Draw a larger one, or click a point")
    return area


def _parse_crs(crs: str | CRS | pyproj.CRS) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(crs.to_wkt() if isinstance(crs, CRS) else crs)
    except CRSError as error:
        raise RegionError(
            f"The region's CRS {str(crs)[:60]!r} is not known",
            hint="Give an authority code such as EPSG:4326",
        ) from error


def _prepare_area(region: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Return an area with enough points to bend, cut at the date line."""
    if crs.is_geographic:
        region = wrap_longitudes(region)
    west, south, east, north = region.bounds
    return region.segmentize(max(east - west, north - south) / _SEGMENTS)


def _transform(raster: Raster, region: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Return the region in pixels, valid, not yet cut to the raster."""
    try:
        to_raster = pyproj.Transformer.from_crs(crs, raster.ground.crs, always_xy=True)
    except ProjError as error:
        raise RegionError(
            f"The region's CRS {crs.name} cannot be related to that of {raster.label}",
            hint="Draw the region in the raster's own CRS",
        ) from error
    moved = _apply(region, to_raster)
    if not _is_finite(moved):
        # Parts of the region cannot be seen in the raster's CRS: take those near the raster.
        moved = _apply(_near(raster, region, crs), to_raster)
        if not _is_finite(moved):
            return Polygon()
    if raster.ground.crs.is_geographic:
        moved = _all_turns(raster, moved)
    to_pixels = ~raster.transform
    coefficients = [to_pixels.a, to_pixels.b, to_pixels.d, to_pixels.e, to_pixels.c, to_pixels.f]
    pixels = shapely.affinity.affine_transform(moved, coefficients)
    return valid_area(pixels) if isinstance(pixels, Polygon | MultiPolygon) else pixels


def _apply(region: BaseGeometry, transformer: pyproj.Transformer) -> BaseGeometry:
    def transform(xy: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(region, transform)


def _is_finite(region: BaseGeometry) -> bool:
    return bool(np.isfinite(shapely.get_coordinates(region)).all())


def _all_turns(raster: Raster, region: BaseGeometry) -> BaseGeometry:
    """Return the parts of a region in the longitudes that the raster is given in.

    A raster may run from 170° to 190°, or from 0° to 360°, where a map says -180° to 180°.
    """
    t = raster.transform
    corners = [t.c + t.a * c + t.b * r for c in (0, raster.width) for r in (0, raster.height)]
    west, east = min(corners), max(corners)
    parts = []
    for part in shapely.get_parts(region):
        left, _, right, _ = part.bounds
        first, last = np.ceil((west - right) / 360.0), np.floor((east - left) / 360.0)
        parts += [translate(part, 360.0 * turn) for turn in np.arange(first, last + 1)]
    areal = [valid_area(p) if isinstance(p, Polygon) else p for p in parts]
    return shapely.union_all(areal)


def _near(raster: Raster, region: BaseGeometry, crs: pyproj.CRS) -> BaseGeometry:
    """Return the part of a region around the raster's footprint, in the region's CRS."""
    from_lonlat = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    footprint = _apply(raster.footprint(), from_lonlat)
    xy = shapely.get_coordinates(footprint)
    xy = xy[np.isfinite(xy).all(axis=1)]
    if len(xy) == 0:
        return Polygon()
    return region.intersection(box(*xy.min(axis=0), *xy.max(axis=0)))
