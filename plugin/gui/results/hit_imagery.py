"""The images of hits on the map: the selected hit's on top, and those that an empty map lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsRasterLayer,
    QgsSettings,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...file_checks import is_file
from ...layers.ground_units import WGS84
from ...layers.hit import Hit
from ...layers.region_source import layer_under_region
from ...layers.results.own_layers import is_own
from ...same_path import same_path
from ...source_files import names

_SHOW = "scene_search/show_imagery"
#: QGIS's own setting: whether the first layer gives a new project its CRS.
_NEW_PROJECT_CRS = "app/projections/newProjectCrsBehavior"
#: Images that are added for an answer; more come when their hits are selected.
_AT_ONCE = 5


def shows_imagery() -> bool | None:
    """Return whether images of hits are added to the map; None where that was never answered."""
    answer = QgsSettings().value(_SHOW, "")
    return None if answer == "" else answer in (True, "true")


def set_shows_imagery(show: bool) -> None:
    """Keep whether images of hits are added to the map."""
    QgsSettings().setValue(_SHOW, show)


class HitImagery(QObject):
    """Finds, adds and raises the raster layers that hits were found in.

    Args:
        canvas: the map.
        project: the open project.
        parent: owner.

    Attributes:
        offered: the map shows no imagery, and it is not known whether the analyst wants some:
            :meth:`answer` says so.
    """

    offered = pyqtSignal()

    def __init__(
        self, canvas: QgsMapCanvas, project: QgsProject, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self._waiting: tuple[Sequence[Hit], Callable[[], None]] | None = None

    def is_map_white(self) -> bool:
        """Whether the map shows no imagery at all."""
        return not any(isinstance(layer, QgsRasterLayer) for layer in self._ticked())

    def is_missing(self, hit: Hit) -> bool:
        """Whether the map shows no imagery where a hit is."""
        wgs84 = QgsCoordinateReferenceSystem(WGS84)
        context = self._project.transformContext()
        return layer_under_region(self._ticked(), None, hit.geometry, wgs84, context) is None

    def show_or_offer(self, hits: Sequence[Hit], then: Callable[[], None]) -> None:
        """Add the images of the best hits, if the analyst wants that, or offer to.

        Args:
            hits: best first.
            then: what to do once the map has them, and their CRS.
        """
        wanted = shows_imagery()
        if wanted:
            self._show(hits)
            then()
        elif wanted is None:
            self._waiting = hits, then
            self.offered.emit()

    def answer(self, show: bool) -> None:
        """Take the analyst's answer to the offer, and remember it."""
        set_shows_imagery(show)
        waiting, self._waiting = self._waiting, None
        if show and waiting is not None:
            self.show_or_offer(*waiting)

    def bring_up(self, hit: Hit) -> None:
        """Draw the image of a hit over all other images, where the project has it.

        Several dates of a place lie on one another, and the hit is of one of them. Only the map
        changes, until layers are switched: the analyst's layers stay in their order, ticked or
        not as they were.
        """
        image = self.layer_of(hit)
        if image is None and shows_imagery():
            image = self.add(hit.source)
        if image is None:
            return
        shown = list(self._canvas.layers())
        rest = [layer for layer in shown if layer is not image]
        place = next(
            (place for place, layer in enumerate(rest) if isinstance(layer, QgsRasterLayer)),
            len(rest),
        )
        order = [*rest[:place], image, *rest[place:]]
        if order != shown:
            self._canvas.setLayers(order)

    def layer_of(self, hit: Hit) -> QgsRasterLayer | None:
        """Return the project's layer of the image that a hit was found in, if it has one."""
        for layer in self._project.mapLayers().values():
            if isinstance(layer, QgsRasterLayer) and _is_of(layer, hit.source):
                return layer
        return None

    def add(self, source: str) -> QgsRasterLayer | None:
        """Add an image to the project, below all that is there; None if it cannot be opened.

        Args:
            source: its file, or a part of one (see ``source_files.names``).
        """
        if not is_file(names.file_of(source)):
            return None
        shown = names.shown(source)
        is_part = names.split(source).is_part
        layer = QgsRasterLayer(source, shown if is_part else Path(shown).stem)
        if not layer.isValid():
            return None
        first = all(is_own(there) for there in self._project.mapLayers().values())
        self._project.addMapLayer(layer, False)
        self._project.layerTreeRoot().addLayer(layer).setExpanded(False)
        preset = QgsSettings().value(_NEW_PROJECT_CRS, "") == "UsePresetCrs"
        if first and not preset and layer.crs().isValid():
            # QGIS takes the CRS of the first layer: not the boxes', in degrees.
            self._project.setCrs(layer.crs(), True)
        return layer

    def _ticked(self) -> list[QgsMapLayer]:
        # not the canvas's layers: those follow the tree a moment later
        return list(self._project.layerTreeRoot().checkedLayers())

    def _show(self, hits: Sequence[Hit]) -> None:
        best = {hit.source: hit for hit in reversed(hits)}  # one of each image
        missing = [hit for hit in hits if best[hit.source] is hit and self.layer_of(hit) is None]
        for hit in missing[:_AT_ONCE]:
            self.add(hit.source)


def _is_of(layer: QgsRasterLayer, source: str) -> bool:
    """Whether a layer shows an image: a file, or the same part of it."""
    if layer.providerType() != "gdal":
        return False
    opened = layer.source().partition("|")[0]
    if names.split(opened).is_part or names.split(source).is_part:
        return names.same(opened, source)
    name = str(QgsProviderRegistry.instance().decodeUri("gdal", layer.source()).get("path") or "")
    # Another spelling, a link, or a file system that takes both cases.
    return bool(name) and same_path(name, source)
