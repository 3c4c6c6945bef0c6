"""The answer on the map: its layers, the selected hit, clicks on hits."""

from __future__ import annotations

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtGui import QColor

from ...layers.ground_units import WGS84
from ...layers.hit import Hit
from ...layers.hits_layer import build_hits_layer
from ...layers.region_layer import build_region_layer
from ...layers.results_group import ResultsGroup
from ..map_tools.hit_picker import HitPicker
from ..search.request import SearchAnswer
from .map_follow import flashes, follow_way

#: A tile is shown with about this many tile widths of its surroundings.
_CONTEXT = 4.0


class ResultsMap(QObject):
    """Shows an answer as layers and keeps the selection in step; layers may vanish any time.

    Attributes:
        hit_picked: the tile id of a hit chosen on the map, by a click or QGIS's own selection.
        gone: the hits' layer was removed from the project.
    """

    hit_picked = pyqtSignal(int)
    gone = pyqtSignal()

    def __init__(
        self, canvas: QgsMapCanvas, project: QgsProject, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self.group = ResultsGroup(project)
        self._hits: tuple[Hit, ...] = ()
        self._layer: QgsVectorLayer | None = None
        self._features: dict[int, int] = {}
        self._quiet = False
        self._picker = HitPicker(canvas, self)
        self._picker.clicked.connect(self.pick)
        project.layersWillBeRemoved.connect(self._on_removal)

    @property
    def layer(self) -> QgsVectorLayer | None:
        """The newest hits' layer, if it is still there."""
        if self._layer is not None and sip.isdeleted(self._layer):
            self._forget()
        return self._layer

    def show_answer(self, answer: SearchAnswer) -> None:
        """Add the hits, and the region that was asked about, to the map."""
        self._forget()
        request = answer.request
        layers = []
        if request.region is not None:
            name = self.tr("{0}: example").format(request.title)
            layers.append(build_region_layer(request.region.geometry, request.region.crs, name))
        if answer.hits:
            self._hits = answer.hits
            self._layer = build_hits_layer(answer.hits, request.title)
            self._features = {
                int(feature["tile"]): feature.id() for feature in self._layer.getFeatures()
            }
            self._layer.selectionChanged.connect(self._on_selection)
            layers.append(self._layer)
        if layers:
            self.group.add(layers)

    def select(self, hit: Hit) -> None:
        """Mark a hit as selected in its layer, and bring it into view as the analyst likes it."""
        layer = self.layer
        if layer is not None and hit.tile in self._features:
            self._quiet = True
            try:
                layer.selectByIds([self._features[hit.tile]])
            finally:
                self._quiet = False
        way = follow_way()
        if way == "zoom":
            self.zoom_to(hit)
        elif way == "pan":
            self.pan_to(hit)
        if flashes():
            self.flash(hit)

    def zoom_to(self, hit: Hit) -> None:
        """Show a tile with its surroundings."""
        box = self._on_canvas(hit)
        if box is not None:
            box.scale(_CONTEXT)
            self._canvas.setExtent(box)
            self._canvas.refresh()

    def zoom_to_all(self) -> None:
        """Show all hits."""
        boxes = [box for hit in self._hits if (box := self._on_canvas(hit)) is not None]
        if boxes:
            whole = QgsRectangle(boxes[0])
            for box in boxes[1:]:
                whole.combineExtentWith(box)
            whole.scale(1.1)
            self._canvas.setExtent(whole)
            self._canvas.refresh()

    def pan_to(self, hit: Hit) -> None:
        """Bring a tile to the middle at the scale there is, unless it is in view already."""
        box = self._on_canvas(hit)
        if box is not None and not self._canvas.extent().contains(box):
            self._canvas.setCenter(box.center())
            self._canvas.refresh()

    def flash(self, hit: Hit) -> None:
        """Light a tile up for a moment."""
        bright, clear = QColor(255, 255, 255, 190), QColor(255, 255, 255, 0)
        self._canvas.flashGeometries([hit.geometry], _wgs84(), bright, clear, 2, 350)

    def pick(self, place: QgsPointXY) -> None:
        """Choose the best hit under ``place``, given in the map's CRS, if it is on show."""
        layer = self.layer
        if layer is None or layer not in self._canvas.layers():
            return
        crs = self._canvas.mapSettings().destinationCrs()
        try:
            context = self._project.transformContext()
            where = QgsCoordinateTransform(crs, _wgs84(), context).transform(place)
        except QgsCsException:
            return
        point = QgsGeometry.fromPointXY(where)
        under = [hit for hit in self._hits if hit.geometry.contains(point)]
        if not under:
            return
        best = min(under, key=lambda hit: hit.rank)
        self._quiet = True
        try:
            layer.selectByIds([self._features[best.tile]])
        finally:
            self._quiet = False
        self.hit_picked.emit(best.tile)

    def shutdown(self) -> None:
        """Stop watching map and project; layers stay with the project."""
        self._picker.remove()
        self._forget()
        self._project.layersWillBeRemoved.disconnect(self._on_removal)

    def _on_selection(self) -> None:
        layer = self.layer
        if self._quiet or layer is None:
            return
        chosen = set(layer.selectedFeatureIds())
        tiles = [tile for tile, feature in self._features.items() if feature in chosen]
        if tiles:
            self.hit_picked.emit(tiles[0])

    def _on_removal(self, layer_ids: list[str]) -> None:
        layer = self.layer
        if layer is not None and layer.id() in layer_ids:
            self._forget()
            self.gone.emit()

    def _forget(self) -> None:
        layer, self._layer = self._layer, None
        self._hits, self._features = (), {}
        if layer is not None and not sip.isdeleted(layer):
            layer.selectionChanged.disconnect(self._on_selection)

    def _on_canvas(self, hit: Hit) -> QgsRectangle | None:
        crs = self._canvas.mapSettings().destinationCrs()
        # A tile across the date line would span the world: its larger part stands for it.
        part = max(hit.geometry.asGeometryCollection(), key=lambda part: part.area())
        context = self._project.transformContext()
        try:
            transform = QgsCoordinateTransform(_wgs84(), crs, context)
            return transform.transformBoundingBox(part.boundingBox())
        except QgsCsException:
            return None


def _wgs84() -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem(WGS84)
