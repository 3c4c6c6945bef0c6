"""What the index's menus and buttons do."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer, QgsSettings
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

from ...engine.errors import SceneSearchError
from ...engine_link.call import StartCall
from ...file_checks import exists, is_folder
from ...layers.coverage_layer import build_coverage_layer
from ...layers.raster_source import RasterSource, raster_source
from ...layers.results.group import ResultsGroup
from ..widgets.text import images_text, tiles_text
from .add_layers_dialog import AddLayersDialog
from .care import IndexCare
from .controller import IndexController
from .images_dialog import LOCATE, REMOVE_MISSING, ImagesDialog
from .indexed_image import IndexedImage
from .new_index_dialog import NewIndexDialog
from .report import Problem
from .report_dialog import IndexReportDialog

_LAST_INDEX_FOLDER = "scene_search/last_index_folder"
_LAST_IMAGERY_FOLDER = "scene_search/last_imagery_folder"


class IndexActions(QObject):
    """Asks with dialogs and has the controller do it.

    Args:
        controller: the index in use.
        project: the open project.
        start_call: asks the engine.
        window: the dialogs' owner.
        care: removes, locates and mends.

    Attributes:
        failed: what was attempted, and the error.
    """

    failed = pyqtSignal(str, object)

    def __init__(
        self,
        controller: IndexController,
        project: QgsProject,
        start_call: StartCall,
        window: QWidget,
        care: IndexCare,
    ) -> None:
        super().__init__(window)
        self._controller = controller
        self._project = project
        self._start_call = start_call
        self._window = window
        self._care = care
        self.problems: list[Problem] = []

    def new_index(self) -> None:
        """Ask what to index, and index it."""
        dialog = NewIndexDialog(
            project_sources(self._project), self._suggestion(), self._start_call, self._window
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            request = dialog.request()
            QgsSettings().setValue(_LAST_INDEX_FOLDER, str(request.index.parent))
            self._controller.close()
            self._controller.build(request)
        dialog.deleteLater()

    def open_index(self) -> None:
        """Ask for an index file, and open it."""
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open index"),
            str(QgsSettings().value(_LAST_INDEX_FOLDER, "") or ""),
            self.tr("Index (*.gpkg);;All files (*)"),
        )
        if path:
            QgsSettings().setValue(_LAST_INDEX_FOLDER, str(Path(path).parent))
            self._controller.open(Path(path))

    def open_recent(self, path: str) -> None:
        """Open an index that was used before."""
        self._controller.open(Path(path))

    def add_folder(self) -> None:
        """Ask for a folder, and add its rasters."""
        folder = QFileDialog.getExistingDirectory(
            self._window,
            self.tr("Folder of images"),
            str(QgsSettings().value(_LAST_IMAGERY_FOLDER, "") or ""),
        )
        if folder:
            QgsSettings().setValue(_LAST_IMAGERY_FOLDER, folder)
            self._controller.add([folder])

    def add_layers(self) -> None:
        """Ask which layers of the project to add, and add them."""
        dialog = AddLayersDialog(
            project_sources(self._project), self._window, indexed=self._controller.indexed
        )
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._controller.add(dialog.picker.paths())
        dialog.deleteLater()

    def show_coverage(self) -> None:
        """Add the index's footprints to the map."""
        info = self._controller.info
        if info is None:
            return
        try:
            name = self.tr("Coverage of {0}").format(info.path.stem)
            layer = build_coverage_layer(info.path, name)
        except SceneSearchError as error:
            self.failed.emit(self.tr("The coverage is not shown"), error)
            return
        ResultsGroup(self._project).add_below(layer)

    def show_images(self) -> None:
        """List the images of the index, and do what the analyst wants about them."""
        self._care.list_images(self._show_images)

    def locate(self) -> None:
        """Ask where the images are now, and look for them there."""
        folder = QFileDialog.getExistingDirectory(
            self._window,
            self.tr("Folder where the images are now"),
            str(QgsSettings().value(_LAST_IMAGERY_FOLDER, "") or ""),
        )
        if folder:
            QgsSettings().setValue(_LAST_IMAGERY_FOLDER, folder)
            self._care.locate(folder)

    def remove_missing(self) -> None:
        """Remove the images that are missing, once the analyst has agreed."""
        info = self._controller.info
        if info is not None and self._is_agreed(
            self.tr("Remove what was not found at the last update ({0})?").format(
                images_text(info.missing)
            ),
            self.tr("Should a drive come back, its images must be indexed again."),
        ):
            self._care.remove_missing()

    def _show_images(self, images: list[IndexedImage]) -> None:
        dialog = ImagesDialog(images, self._window)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            if dialog.wish == LOCATE:
                self.locate()
            elif dialog.wish == REMOVE_MISSING:
                self.remove_missing()
            elif self._is_agreed(
                self.tr("Remove {images} with {tiles} from the index?").format(
                    images=images_text(len(dialog.chosen)),
                    tiles=tiles_text(sum(image.tiles for image in dialog.chosen)),
                ),
                self.tr("The files stay. Indexing them again takes its time."),
            ):
                self._care.remove(dialog.chosen)
        dialog.deleteLater()

    def _is_agreed(self, question: str, consequence: str) -> bool:
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(self.tr("Remove images"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(consequence)
        remove = box.addButton(self.tr("Remove"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.exec()
        agreed = box.clickedButton() is remove
        box.deleteLater()
        return agreed

    def show_report(self) -> None:
        """Show which images are not in the index, and why."""
        dialog = IndexReportDialog(self.problems, self._window)
        dialog.exec()
        dialog.deleteLater()

    def _suggestion(self) -> Path:
        home = self._project.homePath()
        last = str(QgsSettings().value(_LAST_INDEX_FOLDER, "") or "")
        folder = next(
            (Path(place) for place in (home, last) if place and is_folder(place)), Path.home()
        )
        name, number = "scene_index", 2
        while exists(folder / f"{name}.gpkg"):
            name, number = f"scene_index_{number}", number + 1
        return folder / f"{name}.gpkg"


def project_sources(project: QgsProject) -> list[RasterSource]:
    """Return the raster layers of a project as sources, files first, in the order of the tree."""
    layers = [node.layer() for node in project.layerTreeRoot().findLayers()]
    sources = [raster_source(layer) for layer in layers if isinstance(layer, QgsRasterLayer)]
    return sorted(sources, key=lambda source: source.needs_snapshot)
