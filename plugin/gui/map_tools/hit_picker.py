"""A click on a hit on the map, whatever of QGIS's viewing tools is active."""

from __future__ import annotations

from qgis.core import QgsPointXY
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolIdentify, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QApplication

from .region_tool import RegionTool


class HitPicker(QObject):
    """Watches the canvas for plain clicks, so that selecting a hit needs no tool of its own.

    It only listens: the active tool gets every event as usual. It keeps quiet while a tool is
    active for which a click means something else, such as drawing, measuring or editing.

    Attributes:
        clicked: the place, in the map's CRS.
        is_listening: whether clicks are told at all.
    """

    clicked = pyqtSignal(QgsPointXY)

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.is_listening = True
        self._pressed_at: QPoint | None = None
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Take note of a left press and release on the same spot."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            left = event.button() == Qt.MouseButton.LeftButton
            self._pressed_at = event.pos() if left and self._is_viewing() else None
        elif kind == QEvent.Type.MouseButtonRelease and self._pressed_at is not None:
            moved = (event.pos() - self._pressed_at).manhattanLength()
            self._pressed_at = None
            if moved < QApplication.startDragDistance():
                transform = self._canvas.getCoordinateTransform()
                # Emitted before the pan tool moves the map, so the place is the one clicked.
                self.clicked.emit(transform.toMapCoordinates(event.pos()))
        return False

    def remove(self) -> None:
        """Stop watching."""
        viewport = self._canvas.viewport()
        if viewport is not None:
            viewport.removeEventFilter(self)

    def _is_viewing(self) -> bool:
        if not self.is_listening:
            return False
        tool: QgsMapTool | None = self._canvas.mapTool()
        if tool is None or isinstance(tool, QgsMapToolPan | QgsMapToolIdentify):
            return True
        return not isinstance(tool, RegionTool) and tool.toolName() in (_PAN_TOOL, _IDENTIFY_TOOL)


_PAN_TOOL = "Pan"
_IDENTIFY_TOOL = "Identify"
