"""A polygon, click by click."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QKeyEvent

from .region_tool import RegionTool


class PolygonTool(RegionTool):
    """Left clicks set corners; right click, double click or Enter closes; Backspace takes back."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._corners: list[QgsPointXY] = []

    def is_drawing(self) -> bool:
        """Whether a corner is set."""
        return bool(self._corners)

    def reset(self) -> None:
        """Drop the corners."""
        super().reset()
        self._corners = []

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Set a corner, or close the polygon with the right button."""
        if event.button() == Qt.MouseButton.LeftButton:
            place = self.position(event)
            if not self._corners or place != self._corners[-1]:  # a double click ends in two
                self._corners.append(place)
            self._draw(place)
        elif event.button() == Qt.MouseButton.RightButton and self._corners:
            self._close()

    def canvasDoubleClickEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Close the polygon; its first click has set the last corner."""
        if event.button() == Qt.MouseButton.LeftButton and self._corners:
            self._close()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Show the polygon as it would be with a corner at the mouse."""
        if self._corners:
            self._draw(self.position(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Backspace takes the last corner back, Enter closes, Esc drops all."""
        key = event.key()
        if self._corners and key in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            event.accept()
            self._corners.pop()
            self._draw(self._corners[-1]) if self._corners else self.reset()
        elif self._corners and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
            self._close()
        else:
            super().keyPressEvent(event)

    def _draw(self, mouse: QgsPointXY) -> None:
        ring = [*self._corners, mouse]
        if len(ring) < 3:
            self.band.show(QgsGeometry.fromPolylineXY(ring))
        else:
            self.band.show(QgsGeometry.fromPolygonXY([ring]))

    def _close(self) -> None:
        polygon = QgsGeometry.fromPolygonXY([[*self._corners, self._corners[0]]])
        if len(self._corners) < 3 or polygon.area() == 0:
            self.reset()
            self.refused.emit(self.tr("A polygon needs three corners that are not in one line"))
        elif not polygon.isSimple():
            self.reset()
            self.refused.emit(self.tr("The polygon crosses itself: draw it without crossings"))
        else:
            self.finish(polygon)
