"""One click: "find more of what is here"."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsGeometry, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt.QtCore import Qt

from .region_tool import RegionTool


class ClickTool(RegionTool):
    """A click is a point region; a square under the mouse shows the tile that will be compared."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._square_at: Callable[[QgsPointXY], QgsGeometry | None] = lambda _place: None

    def set_square(self, square_at: Callable[[QgsPointXY], QgsGeometry | None]) -> None:
        """Set what returns the outline of the tile that is compared for a place of the map."""
        self._square_at = square_at

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Show the tile about the mouse."""
        square = self._square_at(self.position(event))
        if square is None:
            self.band.clear()
        else:
            self.band.show(square)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Take the point."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.finish(QgsGeometry.fromPointXY(self.position(event)))
