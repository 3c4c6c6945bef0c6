"""What to render of a layer, decided on the main thread before a task renders it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication

from ..engine.errors import RegionError
from .ground_units import grown, metres_per_unit, metric_crs

#: A side of 8192 pixels is 256 MB of RGBA on disk and takes a web service minutes.
MAX_SIDE = 8192

#: A side of a file on this computer that is rendered whole, block by block, to be indexed.
MAX_FILE_SIDE = 65_536


@dataclass(frozen=True, slots=True)
class SnapshotPlan:
    """A frozen order to render a layer; holds nothing that another thread may change.

    Attributes:
        layer: a clone that belongs to the order alone.
        crs: CRS of the picture.
        extent: ground covered, in ``crs``; its sides are exact multiples of the pixel.
        width: pixels along x.
        height: pixels along y.
        context: the project's datum choices.
        path: the GeoTIFF to write.
    """

    layer: QgsMapLayer
    crs: QgsCoordinateReferenceSystem
    extent: QgsRectangle
    width: int
    height: int
    context: QgsCoordinateTransformContext
    path: Path


def plan_snapshot(
    layer: QgsMapLayer,
    region: QgsGeometry,
    region_crs: QgsCoordinateReferenceSystem,
    *,
    ground_resolution: float,
    margin: float,
    context: QgsCoordinateTransformContext,
    path: Path,
    max_side: int = MAX_SIDE,
) -> SnapshotPlan:
    """Plan a picture of ``layer`` that covers ``region`` and a margin around it.

    Args:
        layer: any layer that QGIS can render.
        region: point or polygon, in ``region_crs``.
        region_crs: the map's CRS.
        ground_resolution: metres on the ground a pixel.
        margin: metres on the ground around the region, so that a whole tile fits about a point.
        context: the project's datum choices.
        path: the GeoTIFF to write.
        max_side: the longest side in pixels that is rendered.

    Raises:
        RegionError: if the region lies outside the layer's CRS or would take too large a picture.
    """
    try:
        box = region.boundingBox()
        wish = layer.crs() if layer.crs().isValid() else region_crs
        crs = metric_crs(wish, _moved(box, region_crs, wish, context).center(), context)
        box = _moved(box, region_crs, crs, context)
        metres_x, metres_y = metres_per_unit(crs, box.center(), context)
    except QgsCsException as error:
        raise RegionError(
            _tr("the region cannot be placed on {layer}").format(layer=layer.name()),
            hint=_tr("Draw it where the layer is, or choose another map projection"),
            reason=str(error),
        ) from error
    box = grown(box, margin / metres_x, margin / metres_y)
    pixel_x, pixel_y = ground_resolution / metres_x, ground_resolution / metres_y
    width = max(1, math.ceil(box.width() / pixel_x))
    height = max(1, math.ceil(box.height() / pixel_y))
    if max(width, height) > max_side:
        raise RegionError(
            _tr("a picture of the region would take {width} × {height} pixels").format(
                width=width, height=height
            ),
            hint=_tr("Draw a smaller region, or use an index with larger tiles"),
        )
    left, top = box.xMinimum(), box.yMaximum()
    extent = QgsRectangle(left, top - height * pixel_y, left + width * pixel_x, top)
    clone = layer.clone()
    clone.moveToThread(None)  # the rendering thread takes it; the main thread lets go of it here
    return SnapshotPlan(clone, crs, extent, width, height, context, path)


def _moved(
    box: QgsRectangle,
    source: QgsCoordinateReferenceSystem,
    target: QgsCoordinateReferenceSystem,
    context: QgsCoordinateTransformContext,
) -> QgsRectangle:
    """Return ``box`` in the target CRS; a box without area stays the point that it is."""
    transform = QgsCoordinateTransform(source, target, context)
    if box.width() == 0 and box.height() == 0:
        place = transform.transform(box.center())
        return QgsRectangle(place.x(), place.y(), place.x(), place.y())
    return transform.transformBoundingBox(box)


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("Snapshot", text))
