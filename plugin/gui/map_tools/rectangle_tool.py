"""A rectangle, by dragging or by two clicks."""

from __future__ import annotations

from qgis.core import QgsGeometry, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtWidgets import QApplication

from .region_tool import RegionTool


class RectangleTool(RegionTool):
    """Drag from corner to corner, or click one corner and then the other."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._corner: QgsPointXY | None = None
        self._pressed_at: QPoint | None = None

    def is_drawing(self) -> bool:
        """Whether the first corner is set."""
        return self._corner is not None

    def reset(self) -> None:
        """Drop the first corner."""
        super().reset()
        self._corner = None
        self._pressed_at = None

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Set the first corner; right click drops it."""
        if event.button() == Qt.MouseButton.RightButton:
            self.reset()
        elif event.button() == Qt.MouseButton.LeftButton and self._corner is None:
            self._corner = self.position(event)
            self._pressed_at = event.pos()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Stretch the rectangle to the mouse."""
        if self._corner is not None:
            self.band.show(QgsGeometry.fromRect(QgsRectangle(self._corner, self.position(event))))

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 (QGIS's name)
        """Set the second corner, unless this only was the first of two clicks."""
        if event.button() != Qt.MouseButton.LeftButton or self._corner is None:
            return
        if self._pressed_at is not None:
            moved = (event.pos() - self._pressed_at).manhattanLength()
            self._pressed_at = None
            if moved < QApplication.startDragDistance():
                return
        box = QgsRectangle(self._corner, self.position(event))
        if box.width() > 0 and box.height() > 0:
            self.finish(QgsGeometry.fromRect(box))
        else:
            self.reset()
            self.refused.emit(self.tr("A rectangle needs two corners apart: drag across the map"))
