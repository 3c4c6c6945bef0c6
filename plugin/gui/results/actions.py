"""What the result list's menus do."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QPoint, pyqtSignal
from qgis.PyQt.QtWidgets import QAction, QActionGroup, QFileDialog, QMenu, QMessageBox, QWidget

from ...engine.errors import SceneSearchError, StorageError
from ...layers.hit import Hit
from ...plain_text import without_markup
from .export_hits import EXPORT_FORMATS, export_hits, export_path, what_is_replaced
from .hit_imagery import HitImagery, set_shows_imagery, shows_imagery
from .hit_menu import hit_menu
from .map_follow import FOLLOW_WAYS, flashes, follow_way, set_flashes, set_follow_way
from .results_map import ResultsMap


class ResultActions(QObject):
    """Zooms, exports, adds sources, and sets how the map follows.

    Args:
        results: the answer on the map.
        imagery: the images of the hits on the map.
        project: the open project.
        find_similar: puts the question what is like a hit.
        window: the dialogs' owner.

    Attributes:
        failed: what was attempted, and the error.
        exported: the file written, and the layer where it has others.
        cleared: all results were taken off the map: a :class:`Removal`.
    """

    failed = pyqtSignal(str, object)
    exported = pyqtSignal(str)
    cleared = pyqtSignal(object)

    def __init__(
        self,
        results: ResultsMap,
        imagery: HitImagery,
        project: QgsProject,
        find_similar: Callable[[Hit], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._results = results
        self._imagery = imagery
        self._project = project
        self._find_similar = find_similar
        self._window = window

    def open_hit_menu(self, hit: Hit, at: QPoint) -> None:
        """Open the menu of a hit at a place on the screen."""
        menu = hit_menu(
            hit,
            zoom=self._results.zoom_to,
            find_similar=self._find_similar,
            add_source=self.add_source,
            export=self.export,
            parent=self._window,
        )
        menu.exec(at)
        menu.deleteLater()

    def fill_menu(self, menu: QMenu) -> None:
        """Fill the menu of the whole answer."""
        menu.clear()
        there = self._results.layer is not None
        everything = menu.addAction(self.tr("Zoom to all results"))
        everything.triggered.connect(self._results.zoom_to_all)
        everything.setEnabled(there)
        export = menu.addAction(self.tr("Export results…"))
        export.triggered.connect(lambda: self.export())
        export.setEnabled(there)
        menu.addSection(self.tr("When a result is selected"))
        names = {
            "zoom": self.tr("Zoom to it"),
            "pan": self.tr("Pan to it"),
            "stay": self.tr("Leave the map"),
        }
        group = QActionGroup(menu)
        for way in FOLLOW_WAYS:
            action = QAction(names[way], menu, checkable=True)
            action.setChecked(way == follow_way())
            action.triggered.connect(lambda _checked=False, way=way: set_follow_way(way))
            group.addAction(action)
            menu.addAction(action)
        flash = menu.addAction(self.tr("Flash it"))
        flash.setCheckable(True)
        flash.setChecked(flashes())
        flash.toggled.connect(set_flashes)
        menu.addSection(self.tr("Images of results"))
        imagery = menu.addAction(self.tr("Add them to the map"))
        imagery.setCheckable(True)
        imagery.setChecked(bool(shows_imagery()))
        imagery.toggled.connect(set_shows_imagery)
        menu.addSeparator()
        menu.addAction(self.tr("Remove all results from the map")).triggered.connect(self.clear)

    def add_source(self, hit: Hit) -> None:
        """Add the raster of a hit to the project, below the results, unless it is there."""
        layer = self._imagery.layer_of(hit)
        if layer is not None:
            node = self._project.layerTreeRoot().findLayer(layer.id())
            if node is not None:
                node.setItemVisibilityCheckedParentRecursive(True)
            return
        if self._imagery.add(hit.source) is None:
            error = StorageError(
                self.tr("{0} cannot be opened").format(hit.source),
                hint=self.tr("If it was moved, update the index with its new folder"),
            )
            self.failed.emit(self.tr("The image was not added"), error)

    def export(self) -> None:
        """Ask for a file, and write the hits to it."""
        layer = self._results.layer
        if layer is None:
            return
        # The dialog would ask whether to replace a GeoPackage, which is not what happens.
        name, chosen = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Export results"),
            "",
            ";;".join(EXPORT_FORMATS),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if not name:
            return
        path = export_path(name, chosen)
        try:
            if not self._may_replace(what_is_replaced(path)):
                return
            within = export_hits(layer, path, self._project)
        except SceneSearchError as error:
            self.failed.emit(self.tr("The results were not exported"), error)
            return
        told = self.tr("{file}, as the layer {layer}").format(file=path, layer=within)
        self.exported.emit(told if within else str(path))

    def _may_replace(self, what: str) -> bool:
        if not what:
            return True
        text = self.tr("Replace {0}?").format(without_markup(what))
        answer = QMessageBox.question(self._window, self.tr("Export results"), text)
        return bool(answer == QMessageBox.StandardButton.Yes)

    def clear(self) -> None:
        """Take the layers of all answers off the map."""
        self.cleared.emit(self._results.group.clear())
