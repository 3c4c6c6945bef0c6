"""Drives the dock as an analyst does: with mouse and keys, in a window on a screen."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton
PLAIN = Qt.KeyboardModifier.NoModifier


class AnalystWindow:
    """A main window with map and dock.

    Args:
        iface: the stand-in for QGIS's interface.
        encoder: encoder package for new indexes.
        app: the application.
    """

    def __init__(self, iface, encoder: Path, app) -> None:
        from scene_search.engine_link import session
        from scene_search.engine_link.settings import data_folder
        from scene_search.gui.dock.dock import SceneSearchDock
        from scene_search.layers.results.keeper import ResultsKeeper

        self.keeper = ResultsKeeper(QgsProject.instance(), data_folder() / "results")
        self.iface, self.encoder, self.app = iface, encoder, app
        self.canvas, self.main = iface.mapCanvas(), iface.mainWindow()
        self.dock = SceneSearchDock(
            self.canvas,
            QgsProject.instance(),
            session,
            iface.messageBar(),
            iface,
            self.main,
            open_setup=lambda: None,
            keeper=self.keeper,
        )
        iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.main.resize(1400, 900)
        self.main.show()
        app.processEvents()

    def close(self) -> None:
        self.dock.shutdown()
        self.iface.removeDockWidget(self.dock)
        self.dock.deleteLater()
        self.keeper.shutdown()
        self.keeper.deleteLater()
        self.app.processEvents()

    def show_raster(self, path: Path, crs: str) -> QgsRasterLayer:
        """Add a raster to the project and show all of it, in a map of another CRS."""
        layer = QgsRasterLayer(str(path), path.stem)
        QgsProject.instance().addMapLayer(layer)
        self.canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
        self.canvas.setLayers([layer])
        self.canvas.setExtent(self._transform(layer.crs()).transformBoundingBox(layer.extent()))
        self.canvas.refresh()
        self.app.processEvents()
        return layer

    def new_index(self, index: Path, paths: list[str]) -> None:
        """Go through the dialog for a new index, which is modal."""
        from scene_search.gui.index.new_index_dialog import NewIndexDialog

        def fill():
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, NewIndexDialog)
            dialog.picker.add_paths(paths)
            dialog.file.setFilePath(str(index))
            dialog._offer_encoder("Tiny", str(self.encoder))
            dialog.encoder.setCurrentIndex(dialog.encoder.findData(str(self.encoder)))
            QTest.mouseClick(dialog._ok, LEFT)

        QTimer.singleShot(300, fill)
        QTest.mouseClick(self.dock.welcome.new, LEFT)

    def pixel(self, x: float, y: float, crs: QgsCoordinateReferenceSystem) -> QPoint:
        """Return where a place lies on the canvas."""
        place = self._transform(crs).transform(QgsPointXY(x, y))
        return self.canvas.getCoordinateTransform().transform(place).toQPointF().toPoint()

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Drag on the canvas with the left button."""
        viewport = self.canvas.viewport()
        QTest.mousePress(viewport, LEFT, PLAIN, start)
        for share in (0.3, 0.7, 1.0):
            place = start + (end - start) * share
            event = QMouseEvent(
                QEvent.Type.MouseMove,
                QPointF(place),
                QPointF(viewport.mapToGlobal(place)),
                Qt.MouseButton.NoButton,
                LEFT,
                PLAIN,
            )
            QApplication.sendEvent(viewport, event)
        QTest.mouseRelease(viewport, LEFT, PLAIN, end)

    def click_map(self, place: QPoint, button=LEFT) -> None:
        """Click on the canvas."""
        QTest.mouseClick(self.canvas.viewport(), button, PLAIN, place)

    def click_hit(self, row: int) -> None:
        """Click a result in the list."""
        gallery = self.dock.page.results.gallery
        index = gallery.model().index(row)
        gallery.scrollTo(index)
        QTest.mouseClick(gallery.viewport(), LEFT, PLAIN, gallery.visualRect(index).center())

    @property
    def hits(self):
        return self.dock.page.results.model.hits()

    def _transform(self, crs: QgsCoordinateReferenceSystem) -> QgsCoordinateTransform:
        target = self.canvas.mapSettings().destinationCrs()
        return QgsCoordinateTransform(crs, target, QgsProject.instance())
