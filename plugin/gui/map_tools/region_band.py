"""The outline of a query region on the canvas."""

from __future__ import annotations

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsGeometry
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ...layers.region_layer import REGION_COLOR


class RegionBand:
    """A dashed outline over a faint fill; reads on dark and on light imagery.

    Args:
        canvas: the map it is drawn on.
    """

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._band = QgsRubberBand(canvas, Qgis.GeometryType.Polygon)
        color = QColor(REGION_COLOR)
        self._band.setStrokeColor(color)
        self._band.setSecondaryStrokeColor(QColor(0, 0, 0, 150))
        self._band.setWidth(2)
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        color.setAlpha(36)
        self._band.setFillColor(color)
        self._band.setIconSize(12)
        self._band.setIcon(QgsRubberBand.IconType.ICON_CROSS)

    def show(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem | None = None) -> None:
        """Draw ``geometry``, given in ``crs`` or else in the map's CRS."""
        self._band.setToGeometry(geometry, crs or self._canvas.mapSettings().destinationCrs())
        self._band.show()

    def clear(self) -> None:
        """Draw nothing."""
        self._band.reset(Qgis.GeometryType.Polygon)

    def remove(self) -> None:
        """Take the outline off the canvas for good."""
        scene = self._canvas.scene()
        if scene is not None:
            scene.removeItem(self._band)
