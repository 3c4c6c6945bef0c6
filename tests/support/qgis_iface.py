# ruff: noqa: N802, N803 (names and arguments as in QgisInterface)
"""A stand-in for QGIS's ``iface`` on a real main window and a real map canvas.

It keeps what a plugin adds, so that a test can see what ``unload`` leaves behind.
"""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import (
    QgsLayerTreeMapCanvasBridge,
    QgsLayerTreeView,
    QgsMapCanvas,
    QgsMessageBar,
)
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QObject, QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDockWidget, QMainWindow, QMenu, QToolBar, QVBoxLayout, QWidget


class FakeIface(QObject):
    """Covers the part of ``QgisInterface`` that the plugin uses."""

    currentLayerChanged = pyqtSignal(object)  # noqa: N815 (QGIS's names)
    projectRead = pyqtSignal()  # noqa: N815
    newProjectCreated = pyqtSignal()  # noqa: N815
    initializationCompleted = pyqtSignal()  # noqa: N815

    def __init__(self) -> None:
        super().__init__()
        self.window = QMainWindow()
        self.window.resize(QSize(1200, 800))
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        self.bar = QgsMessageBar(central)
        self.canvas = QgsMapCanvas(central)
        layout.addWidget(self.bar)
        layout.addWidget(self.canvas, 1)
        self.window.setCentralWidget(central)
        self.bridge = QgsLayerTreeMapCanvasBridge(
            QgsProject.instance().layerTreeRoot(), self.canvas
        )
        self.tree_view = QgsLayerTreeView()
        self.menus: dict[str, QMenu] = {}
        self.raster_menu = QMenu("Raster", self.window)
        self.plugins_toolbar = QToolBar(self.window)
        self.raster_toolbar = QToolBar(self.window)
        self.window.addToolBar(self.plugins_toolbar)
        self.options_factories: list = []
        self.locator_filters: list = []
        self.options_opened: list[str] = []
        self.docks: list[QDockWidget] = []
        self._active_layer: QgsMapLayer | None = None

    def mainWindow(self):
        return self.window

    def mapCanvas(self):
        return self.canvas

    def messageBar(self):
        return self.bar

    def layerTreeView(self):
        return self.tree_view

    def layerTreeCanvasBridge(self):
        return self.bridge

    def statusBarIface(self):
        return self.window.statusBar()

    def iconSize(self, dockedToolbar=False):
        return QSize(24, 24)

    def activeLayer(self):
        return self._active_layer

    def setActiveLayer(self, layer):
        self._active_layer = layer
        self.currentLayerChanged.emit(layer)
        return True

    def rasterMenu(self):
        return self.raster_menu

    def addPluginToMenu(self, name, action):
        self._menu(name).addAction(action)

    def removePluginMenu(self, name, action):
        self._take_from_menu(name, action)

    def addPluginToRasterMenu(self, name, action):
        self._menu(name).addAction(action)

    def removePluginRasterMenu(self, name, action):
        self._take_from_menu(name, action)

    def addToolBarIcon(self, action):
        self.plugins_toolbar.addAction(action)
        return 0

    def removeToolBarIcon(self, action):
        self.plugins_toolbar.removeAction(action)

    def addRasterToolBarIcon(self, action):
        self.raster_toolbar.addAction(action)
        return 0

    def removeRasterToolBarIcon(self, action):
        self.raster_toolbar.removeAction(action)

    def addToolBar(self, name):
        return self.window.addToolBar(name)

    def addDockWidget(self, area, dock):
        self.window.addDockWidget(area, dock)
        self.docks.append(dock)

    def addTabifiedDockWidget(self, area, dock, tabifyWith=(), raiseTab=False):
        self.addDockWidget(area, dock)

    def removeDockWidget(self, dock):
        self.window.removeDockWidget(dock)
        if dock in self.docks:
            self.docks.remove(dock)

    def registerOptionsWidgetFactory(self, factory):
        self.options_factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.options_factories.remove(factory)

    def showOptionsDialog(self, parent=None, currentPage=""):
        self.options_opened.append(currentPage)

    def registerLocatorFilter(self, locator_filter):
        self.locator_filters.append(locator_filter)

    def deregisterLocatorFilter(self, locator_filter):
        self.locator_filters.remove(locator_filter)

    def registerMainWindowAction(self, action, shortcut):
        self.window.addAction(action)
        return True

    def unregisterMainWindowAction(self, action):
        self.window.removeAction(action)
        return True

    def pluginHelpMenu(self):
        return self._menu("help")

    def rightDockArea(self):
        return Qt.DockWidgetArea.RightDockWidgetArea

    def menu_actions(self):
        """Return every action that is in a plugin menu."""
        menus = [action.menu() for action in self.raster_menu.actions() if action.menu()]
        return [action for menu in (*menus, *self.menus.values()) for action in menu.actions()]

    def messages(self):
        """Return (title, text, level) of the items in the message bar, newest last."""
        return [(item.title(), item.text(), item.level()) for item in self.bar.items()]

    def close(self):
        """Take the window away."""
        self.canvas.stopRendering()
        # The bridge still answers changes of the layer tree, and would reach for a dead canvas.
        self.bridge.deleteLater()
        QCoreApplication.sendPostedEvents(self.bridge, QEvent.Type.DeferredDelete)
        self.window.close()
        self.window.deleteLater()

    def _menu(self, name):
        if name not in self.menus:
            self.menus[name] = QMenu(name, self.window)
        return self.menus[name]

    def _take_from_menu(self, name, action):
        if name in self.menus:
            self.menus[name].removeAction(action)
            if self.menus[name].isEmpty():
                self.menus.pop(name).deleteLater()
