"""The answer on the map: its layers, the selected hit, clicks on hits."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import (
    NULL,
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
from ...layers.results.group import ResultsGroup
from ...layers.results.keeper import ResultsKeeper
from ...layers.results.selected_hit import label_selected
from ..map_tools.hit_picker import HitPicker
from ..search.request import SearchAnswer
from .hit_imagery import HitImagery
from .kept_questions import kept_questions
from .map_follow import flashes, follow_way

#: A tile is shown with about this many tile widths of its surroundings.
_CONTEXT = 4.0
#: A tile is seen on a map that is at most so many tiles wide.
_SEEN = 60.0


class ResultsMap(QObject):
    """Shows an answer as layers and keeps the selection in step; layers may vanish any time.

    Args:
        canvas: the map.
        project: the open project.
        keeper: keeps the layers with the project.
        imagery: the images of the hits on the map.
        parent: owner.

    Attributes:
        hit_picked: the tile id of a hit chosen on the map, by a click or QGIS's own selection.
        gone: the hits' layer was removed from the project.
    """

    hit_picked = pyqtSignal(int)
    gone = pyqtSignal()

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject,
        keeper: ResultsKeeper,
        imagery: HitImagery,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self._keeper = keeper
        self._imagery = imagery
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
            layers.append(build_hits_layer(answer.hits, request.title))
        for layer in layers:
            self._keeper.keep(layer)
        if answer.hits:
            self._watch(layers[-1], answer.hits)
        if layers:
            self.group.add(layers)
            self.group.forget_oldest(kept_questions())
        else:
            self.group.hide()

    def show_again(self, layer: QgsVectorLayer, hits: tuple[Hit, ...]) -> None:
        """Go on with an answer whose layer has been put back."""
        self._forget()
        self._watch(layer, hits)

    def hide(self) -> None:
        """Take the boxes of all answers off the map, since the list shows none of them."""
        self._forget()
        self.group.hide()

    def select(self, hit: Hit) -> None:
        """Mark a hit as selected in its layer, and bring it into view as the analyst likes it."""
        self._mark(hit)
        way = follow_way()
        if way == "zoom":
            self.zoom_to(hit)
        elif way == "pan":
            self.pan_to(hit)
        if way != "stay":
            self._imagery.bring_up(hit)
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
        self._show(self._hits)

    def go_there(self) -> None:
        """Show as many hits as fit into a map on which the best can still be seen.

        All; or those in the image of the best; or the best alone.
        """
        if not self._hits:
            return
        best = self._hits[0]
        for hits in (self._hits, [hit for hit in self._hits if hit.source == best.source]):
            tile, whole = self._box_of([best]), self._box_of(hits)
            if tile is not None and whole is not None and whole.width() < _SEEN * tile.width():
                self._show(hits)
                return
        self.zoom_to(best)

    def _show(self, hits: Sequence[Hit]) -> None:
        whole = self._box_of(hits)
        if whole is not None:
            whole.scale(1.1)
            self._canvas.setExtent(whole)
            self._canvas.refresh()

    def _box_of(self, hits: Sequence[Hit]) -> QgsRectangle | None:
        boxes = [box for hit in hits if (box := self._on_canvas(hit)) is not None]
        if not boxes:
            return None
        whole = QgsRectangle(boxes[0])
        for box in boxes[1:]:
            whole.combineExtentWith(box)
        return whole

    def refresh(self) -> None:
        """Draw the map again where it is."""
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
        self._mark(best)
        self.hit_picked.emit(best.tile)

    def set_listening(self, listen: bool) -> None:
        """Say whether clicks on the map choose hits."""
        self._picker.is_listening = listen

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
        hits = [hit for hit in self._hits if self._features.get(hit.tile) in chosen]
        label_selected(layer, hits[0] if hits else None, self._hits)
        if hits:
            self.hit_picked.emit(hits[0].tile)

    def _watch(self, layer: QgsVectorLayer, hits: tuple[Hit, ...]) -> None:
        self._layer, self._hits = layer, hits
        self._number_features()
        layer.selectionChanged.connect(self._on_selection)
        layer.dataSourceChanged.connect(self._number_features)

    def _number_features(self) -> None:
        """Note which feature is which tile; a layer that moved to another file may renumber."""
        if self._layer is not None:
            self._features = {
                int(feature["tile"]): feature.id()
                for feature in self._layer.getFeatures()
                if feature["tile"] != NULL  # the analyst may have added some
            }

    def _mark(self, hit: Hit) -> None:
        layer = self.layer
        if layer is None or hit.tile not in self._features:
            return
        self._quiet = True
        try:
            layer.selectByIds([self._features[hit.tile]])
        finally:
            self._quiet = False
        label_selected(layer, hit, self._hits)

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
            layer.dataSourceChanged.disconnect(self._number_features)

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
