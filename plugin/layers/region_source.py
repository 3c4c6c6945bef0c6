"""Which raster layer a region drawn on the map is an example of."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsRasterLayer,
    QgsRectangle,
)


def layer_under_region(
    visible: Sequence[QgsMapLayer],
    active: QgsMapLayer | None,
    region: QgsGeometry,
    crs: QgsCoordinateReferenceSystem,
    context: QgsCoordinateTransformContext,
) -> QgsRasterLayer | None:
    """Return the raster layer whose pixels the analyst means, or None if there is none.

    Args:
        visible: the map's visible layers, topmost first.
        active: the layer selected in the layer tree; it wins if it is visible and covers the
            region, since that is where the analyst's attention is.
        region: point or polygon, in ``crs``.
        crs: the map's CRS.
        context: the project's datum choices.
    """
    covering = [
        layer
        for layer in visible
        if isinstance(layer, QgsRasterLayer)
        and layer.isValid()
        and _covers(layer, region, crs, context)
    ]
    return next((layer for layer in covering if layer is active), next(iter(covering), None))


def _covers(
    layer: QgsRasterLayer,
    region: QgsGeometry,
    crs: QgsCoordinateReferenceSystem,
    context: QgsCoordinateTransformContext,
) -> bool:
    extent = layer.extent()
    if extent.isEmpty():  # services that tell no extent cover the world
        return bool(layer.providerType() != "gdal")
    box = QgsRectangle(region.boundingBox())
    if layer.crs().isValid() and layer.crs() != crs:
        try:
            box = QgsCoordinateTransform(crs, layer.crs(), context).transformBoundingBox(box)
        except QgsCsException:
            return False
    if box.isNull() and not region.isNull():  # a point: QGIS calls its box null at the origin
        return bool(extent.contains(box.center()))
    return bool(extent.intersects(box))
