"""The raster to look at for a region that was drawn on the map."""

from __future__ import annotations

import numpy as np
import pyproj
import shapely
from pyproj.exceptions import ProjError
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ...source_files import names
from ..errors import RegionError
from ..imagery.ground.footprint import wrap_longitudes
from ..imagery.ground.valid_area import valid_area
from ..index.schema import SourceRecord
from ..index.tile_index import TileIndex
from ..index.timestamps import to_text
from .query import Region

# points on a side of the grid that measures how much of a region a source shows
_SAMPLES = 16
# sources whose share differs less show the region equally well
_SHARE_STEP = 0.05


def find_source(index: TileIndex, region: Region) -> SourceRecord:
    """Return the indexed source that shows a region best.

    The one that covers most of it; of equal ones the sharpest, then the latest. Sources whose
    files are gone do not count.

    Raises:
        RegionError: the region is empty, its CRS unknown, or nothing indexed is there.
    """
    area = to_wgs84(region)
    ids, bounds = index.tiles_touching(area.bounds)
    shares: dict[int, float] = {}
    if len(ids):
        table = index.load_codes()
        rows = table.positions(ids)
        ids, bounds, rows = ids[rows >= 0], bounds[rows >= 0], rows[rows >= 0]
        shares = _shares(area, bounds, table.source_ids[rows])
    sources = {s.id: s for s in index.sources() if s.id in shares}
    present = [s for s in sources.values() if names.exists(s.path)]
    if not present:
        missing = "; its imagery is missing from disk" if sources else ""
        raise RegionError(
            f"No indexed imagery lies under the region{missing}",
            hint="Draw it on indexed imagery, or choose the raster to look at",
        )
    return max(
        present,
        key=lambda s: (
            round(shares[s.id or 0] / _SHARE_STEP),
            -(s.resolution_m or float("inf")),
            to_text(s.acquired) or "",
        ),
    )


def to_wgs84(region: Region) -> BaseGeometry:
    """Return the geometry of a region in longitude and latitude.

    Raises:
        RegionError: it is empty, its CRS is unknown, or it lies where that CRS means nothing.
    """
    geometry = region.geometry
    if geometry.is_empty or not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise RegionError("The region is empty", hint="Click a place or draw a region on the map")
    try:
        transformer = pyproj.Transformer.from_crs(region.crs, "EPSG:4326", always_xy=True)
    except ProjError as error:
        raise RegionError(
            f"The region's CRS {region.crs[:60]!r} is not known",
            hint="Give an authority code such as EPSG:32618",
        ) from error
    # first, because the area of a polygon that crosses itself may add up to nothing
    if isinstance(geometry, Polygon | MultiPolygon):
        geometry = valid_area(geometry)
        if geometry.is_empty:
            raise RegionError("The region has no area", hint="Draw it larger, or click a point")
    if geometry.area > 0:
        # long edges bend on the way
        west, south, east, north = geometry.bounds
        geometry = shapely.segmentize(geometry, max(east - west, north - south) / 32)
    moved = shapely.transform(
        geometry, lambda xy: np.column_stack(transformer.transform(xy[:, 0], xy[:, 1]))
    )
    if not np.isfinite(shapely.get_coordinates(moved)).all():
        raise RegionError(
            "The region lies outside the area its CRS is made for",
            hint="Draw it nearer to the imagery, or check its CRS",
        )
    if moved.area > 0:
        return wrap_longitudes(moved)
    return shapely.transform(moved, lambda xy: np.column_stack([_wrapped(xy[:, 0]), xy[:, 1]]))


def _wrapped(longitude: np.ndarray) -> np.ndarray:
    outside = np.abs(longitude) > 180
    return np.where(outside, (longitude + 180) % 360 - 180, longitude)


def _shares(area: BaseGeometry, bounds: np.ndarray, source_ids: np.ndarray) -> dict[int, float]:
    """Return the share of an area that each source's tiles cover, from a grid of points."""
    points = _sample(area)
    pairs = shapely.STRtree(shapely.box(*bounds.T)).query(points, predicate="intersects")
    covered = {(int(source_ids[tile]), int(point)) for point, tile in pairs.T}
    shares: dict[int, float] = {}
    for source_id, _ in covered:
        shares[source_id] = shares.get(source_id, 0.0) + 1 / len(points)
    return shares


def _sample(area: BaseGeometry) -> np.ndarray:
    inner = shapely.get_parts(area)
    points = [part.representative_point() for part in inner[:_SAMPLES]]
    if area.area > 0:
        west, south, east, north = area.bounds
        steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
        x, y = np.meshgrid(west + steps * (east - west), south + steps * (north - south))
        grid = shapely.points(x.ravel(), y.ravel())
        points.extend(grid[shapely.contains(area, grid)])
    return np.array(points)
