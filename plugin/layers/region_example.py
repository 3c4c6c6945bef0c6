"""The example that a region on a raster layer makes: how much ground, at what resolution.

Used by the dock and Processing alike, and as the engine does it for files, so that one region
gives one answer wherever it is asked.
"""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsRasterLayer,
    QgsRectangle,
    QgsVector,
)

from .ground_units import metres_per_unit
from .raster_source import RasterSource
from .snapshot_plan import SnapshotPlan, plan_snapshot

#: Pixels across a tile where the index leaves its size to each image; encoders look at no more.
TILE_PIXELS = 256
#: Points on a side of a tile's outline, which bends in a map of another CRS.
_CORNERS_BETWEEN = 7


def plan_example(
    layer: QgsRasterLayer,
    region: QgsGeometry,
    crs: QgsCoordinateReferenceSystem,
    *,
    tile_size: float,
    context: QgsCoordinateTransformContext,
    path: Path,
) -> SnapshotPlan:
    """Plan the picture of a layer that is not a file, with room for a tile about every place.

    Args:
        layer: any raster layer.
        region: point or polygon, in ``crs``.
        crs: the region's CRS.
        tile_size: side of the index's tiles in metres, ``example_tile_size`` of ``index.info``;
            a tile gets :data:`TILE_PIXELS` pixels.
        context: the project's datum choices.
        path: the GeoTIFF to write.

    Raises:
        RegionError: if the region lies outside the layer's CRS or would take too large a picture.
    """
    return plan_snapshot(
        layer,
        region,
        crs,
        ground_resolution=tile_size / TILE_PIXELS,
        margin=tile_size,
        context=context,
        path=path,
    )


def compared_square(
    place: QgsPointXY,
    crs: QgsCoordinateReferenceSystem,
    layer: QgsRasterLayer | None,
    source: RasterSource | None,
    *,
    tile_size: float | None,
    example_tile_size: float,
    context: QgsCoordinateTransformContext,
) -> QgsGeometry | None:
    """Return the outline, in ``crs``, of the tile that is compared for a point on a layer.

    It lies along the layer's own axes, shifted inside the layer where that is a file, as the
    engine cuts it.

    Args:
        place: the point, in ``crs``.
        crs: the map's CRS.
        layer: the layer under the point, or None where the engine takes the indexed image there.
        source: where its pixels come from.
        tile_size: side of the index's tiles in metres, or None where each image has its own.
        example_tile_size: that of pictures of layers that are not files.
        context: the project's datum choices.

    Returns:
        A polygon, or None where one of the two CRSs means nothing.
    """
    file = layer if source is not None and not source.needs_snapshot else None
    own = layer.crs() if layer is not None and layer.crs().isValid() else crs
    to_own = QgsCoordinateTransform(crs, own, context)
    try:
        middle = to_own.transform(place)
        size = tile_size or (example_tile_size if file is None else _own_tile_size(file, context))
        metres_x, metres_y = metres_per_unit(own, middle, context)
        if not metres_x > 0 or not metres_y > 0:
            return None
        box = QgsRectangle.fromCenterAndSize(middle, size / metres_x, size / metres_y)
        if file is not None:
            box = _held_inside(box, file.extent())
        square = QgsGeometry.fromRect(box).densifyByCount(_CORNERS_BETWEEN)
        square.transform(to_own, Qgis.TransformDirection.Reverse)
    except QgsCsException:
        return None
    return square


def _own_tile_size(layer: QgsRasterLayer, context: QgsCoordinateTransformContext) -> float:
    """Return the side in metres of a file's tiles where the index has none for all."""
    metres_x, metres_y = metres_per_unit(layer.crs(), layer.extent().center(), context)
    pixel = (metres_x * layer.rasterUnitsPerPixelX() + metres_y * layer.rasterUnitsPerPixelY()) / 2
    return float(min(TILE_PIXELS, layer.width(), layer.height()) * pixel)


def _held_inside(box: QgsRectangle, extent: QgsRectangle) -> QgsRectangle:
    """Return ``box`` shifted inside ``extent``, and cut to it where it is larger."""

    def shift(low: float, high: float, least: float, most: float) -> float:
        return max(least - low, 0.0) if low < least else min(most - high, 0.0)

    along_x = shift(box.xMinimum(), box.xMaximum(), extent.xMinimum(), extent.xMaximum())
    along_y = shift(box.yMinimum(), box.yMaximum(), extent.yMinimum(), extent.yMaximum())
    return (box + QgsVector(along_x, along_y)).intersect(extent)
