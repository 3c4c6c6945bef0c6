"""One click: "find more of what is here"."""

from __future__ import annotations

from qgis.core import QgsCsException, QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt.QtCore import Qt

from ...layers.ground_units import metres_per_unit
from .region_tool import RegionTool


class ClickTool(RegionTool):
    """A click is a point region; a square under the mouse shows the tile that will be compared."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._tile_size: float | None = None

    def set_tile_size(self, metres: float | None) -> None:
        """Set the side of the square shown, in metres on the ground; None shows no square."""
        self._tile_size = metres

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Show the tile about the mouse."""
        if self._tile_size is None:
            return
        square = self.tile_about(self.position(event))
        if square is None:
            self.band.clear()
        else:
            self.band.show(square)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Take the point."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.finish(QgsGeometry.fromPointXY(self.position(event)))

    def tile_about(self, place: QgsPointXY) -> QgsGeometry | None:
        """Return the square of the index's tile size about ``place``, in the map's CRS."""
        if self._tile_size is None:
            return None
        crs = self._canvas.mapSettings().destinationCrs()
        try:
            metres_x, metres_y = metres_per_unit(crs, place)
        except QgsCsException:
            return None
        if not metres_x > 0 or not metres_y > 0:
            return None
        half_x, half_y = self._tile_size / metres_x / 2, self._tile_size / metres_y / 2
        return QgsGeometry.fromRect(
            QgsRectangle(
                place.x() - half_x, place.y() - half_y, place.x() + half_x, place.y() + half_y
            )
        )
