"""What all tools that draw a query region share."""

from __future__ import annotations

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent

from .region_band import RegionBand


class RegionTool(QgsMapTool):
    """Draws a region in the map's CRS; Esc drops the drawing, and then leaves the tool.

    It stays active after a region, like QGIS's own tools, so that the next example is one
    gesture away. Positions are never snapped: a region lies where the analyst points.

    Attributes:
        region_drawn: the geometry (point or polygon) and the CRS it is in.
        refused: why a drawing is no region, as a sentence.
        left: the analyst pressed Esc with nothing drawn.
    """

    region_drawn = pyqtSignal(QgsGeometry, QgsCoordinateReferenceSystem)
    refused = pyqtSignal(str)
    left = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.band = RegionBand(canvas)
        self.setCursor(Qt.CursorShape.CrossCursor)

    # What a tool fills in

    def is_drawing(self) -> bool:
        """Whether a drawing has been begun."""
        return False

    def reset(self) -> None:
        """Drop the drawing."""
        self.band.clear()

    # What they share

    def position(self, event: QgsMapMouseEvent) -> QgsPointXY:
        """Return where the mouse is, in the map's CRS."""
        return self.toMapCoordinates(event.pos())

    def finish(self, region: QgsGeometry) -> None:
        """Hand the region over and make ready for the next."""
        crs = self._canvas.mapSettings().destinationCrs()
        self.reset()
        self.region_drawn.emit(region, crs)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Esc drops the drawing, or leaves the tool when there is none."""
        if event.key() != Qt.Key.Key_Escape:
            event.ignore()
            return
        event.accept()
        if self.is_drawing():
            self.reset()
        else:
            self.left.emit()

    def deactivate(self) -> None:
        """Leave nothing on the canvas when another tool takes over."""
        self.reset()
        super().deactivate()

    def remove(self) -> None:
        """Take everything off the canvas for good."""
        if self._canvas.mapTool() is self:
            self._canvas.unsetMapTool(self)
        self.band.remove()
