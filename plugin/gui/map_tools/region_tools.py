"""The family of region tools on one canvas: which is active, and the way back."""

from __future__ import annotations

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
from qgis.gui import QgsMapCanvas, QgsMapTool
from qgis.PyQt.QtCore import QObject, pyqtSignal

from .click_tool import ClickTool
from .polygon_tool import PolygonTool
from .rectangle_tool import RectangleTool
from .region_tool import RegionTool


class RegionTools(QObject):
    """Activates the tools by name, and gives the canvas back the tool it had before.

    Attributes:
        region_drawn: the geometry and the CRS it is in.
        refused: why a drawing is no region.
        active_changed: the active tool's name, or empty when another tool took over.
    """

    region_drawn = pyqtSignal(QgsGeometry, QgsCoordinateReferenceSystem)
    refused = pyqtSignal(str)
    active_changed = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._before: QgsMapTool | None = None
        self.click = ClickTool(canvas)
        self._tools: dict[str, RegionTool] = {
            "click": self.click,
            "rectangle": RectangleTool(canvas),
            "polygon": PolygonTool(canvas),
        }
        for tool in self._tools.values():
            tool.region_drawn.connect(self.region_drawn)
            tool.refused.connect(self.refused)
            tool.left.connect(self.leave)
        canvas.mapToolSet.connect(self._on_tool_set)

    @property
    def active(self) -> str:
        """Name of the active tool, or empty."""
        current = self._canvas.mapTool()
        return next((name for name, tool in self._tools.items() if tool is current), "")

    def tool(self, name: str) -> RegionTool:
        """Return the tool called ``name``: click, rectangle or polygon."""
        return self._tools[name]

    def activate(self, name: str) -> None:
        """Make the tool called ``name`` the canvas's tool."""
        if not self.active:
            self._before = self._canvas.mapTool()
            if self._before is not None:
                self._before.destroyed.connect(self._forget)
        self._canvas.setMapTool(self._tools[name])
        self._canvas.setFocus()  # so that Esc reaches the tool

    def leave(self) -> None:
        """Give the canvas the tool back that it had before."""
        if not self.active:
            return
        if self._before is not None:
            self._canvas.setMapTool(self._before)
        else:
            self._canvas.unsetMapTool(self._canvas.mapTool())

    def remove(self) -> None:
        """Take the tools off the canvas for good."""
        self.leave()
        self._canvas.mapToolSet.disconnect(self._on_tool_set)
        for tool in self._tools.values():
            tool.remove()

    def _forget(self) -> None:
        self._before = None

    def _on_tool_set(self, _new: QgsMapTool | None, _old: QgsMapTool | None) -> None:
        self.active_changed.emit(self.active)
