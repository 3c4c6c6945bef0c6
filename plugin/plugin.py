"""Wiring: puts the plugin's parts into QGIS and takes every one of them out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsApplication, QgsProject, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication, QLocale, Qt, QTranslator, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QIcon
from qgis.PyQt.QtWidgets import QAction, QMenu

from . import paths

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .gui.dock.dock import SceneSearchDock
    from .gui.options.factory import OptionsFactory
    from .gui.results.recovery_offer import RecoveryOffer
    from .gui.setup.death_notice import DeathNotice
    from .gui.setup.engine_setup import EngineSetup
    from .layers.results.keeper import ResultsKeeper
    from .processing.provider import SceneSearchProvider

MENU = "Scene Search"  # the product's name, not translated


class SceneSearchPlugin:
    """The plugin as QGIS sees it.

    Loading it makes actions and registers the Processing provider; the dock is made when it is
    first opened, and the engine starts with the first thing that is asked of it.
    """

    def __init__(self, iface: QgisInterface | None) -> None:
        self.iface = iface
        self.dock: SceneSearchDock | None = None
        self.setup: EngineSetup | None = None
        self._provider: SceneSearchProvider | None = None
        self._options: OptionsFactory | None = None
        self._notice: DeathNotice | None = None
        self._keeper: ResultsKeeper | None = None
        self._recovery: RecoveryOffer | None = None
        self._toggle: QAction | None = None
        self._menu: QMenu | None = None
        self._translator: QTranslator | None = None

    def initProcessing(self) -> None:  # noqa: N802 (QGIS's name)
        """Register the Processing provider; all that ``qgis_process`` needs."""
        if self._provider is None:
            from .processing.provider import SceneSearchProvider

            self._install_translator()
            self._provider = SceneSearchProvider()
            QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:  # noqa: N802 (QGIS's name)
        """Add actions, options page and Processing provider to the QGIS window."""
        from .engine_link.settings import data_folder
        from .gui.options.factory import OptionsFactory
        from .gui.results.recovery_offer import RecoveryOffer
        from .gui.setup.death_notice import DeathNotice
        from .gui.setup.engine_setup import EngineSetup
        from .layers.results.keeper import ResultsKeeper

        self.initProcessing()
        window = self._iface.mainWindow()
        self.setup = EngineSetup(window, self._iface.messageBar())
        self._notice = DeathNotice(self._iface.messageBar())
        self._keeper = ResultsKeeper(QgsProject.instance(), data_folder() / "results")
        self._recovery = RecoveryOffer(
            self._keeper, QgsProject.instance(), self._iface.messageBar()
        )
        self._options = OptionsFactory(self.setup)
        self._iface.registerOptionsWidgetFactory(self._options)
        self._add_actions()

    def unload(self) -> None:
        """Take everything out of QGIS, end the engine and whatever runs."""
        from .engine_link import session, task
        from .engine_link.setup import task as setup_task

        if self.dock is not None:
            self.dock.shutdown()
        task.cancel_all()
        setup_task.cancel_running()
        session.stop()
        if self._recovery is not None:
            self._recovery.remove()
            self._recovery = None
        if self._keeper is not None:
            self._keeper.shutdown()
            self._keeper.deleteLater()
            self._keeper = None
        if self._notice is not None:
            self._notice.remove()
            self._notice = None
        self._remove_actions()
        if self.dock is not None:
            self._iface.removeDockWidget(self.dock)
            self.dock.setParent(None)
            self.dock.deleteLater()
            self.dock = None
        if self._options is not None:
            self._iface.unregisterOptionsWidgetFactory(self._options)
            self._options = None
        if self.setup is not None:
            self.setup.close()
            self.setup.deleteLater()
            self.setup = None
        if self._provider is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            self._provider = None
        if self._translator is not None:
            QCoreApplication.removeTranslator(self._translator)
            self._translator = None

    def show_dock(self, visible: bool = True) -> None:
        """Open or close the dock, making it when it is opened for the first time."""
        if self.dock is None:
            if not visible or self._keeper is None:
                return
            from .engine_link import session
            from .gui.dock.dock import SceneSearchDock

            iface = self._iface
            self.dock = SceneSearchDock(
                iface.mapCanvas(),
                QgsProject.instance(),
                session,
                iface.messageBar(),
                iface,
                iface.mainWindow(),
                open_setup=self.setup.offer if self.setup is not None else None,
                keeper=self._keeper,
            )
            if self.setup is not None:
                self.setup.ready.connect(self.dock.refresh_engine)
            self.dock.visibilityChanged.connect(self._on_dock_visibility)
            self._iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.dock)
        self.dock.setUserVisible(visible)

    @property
    def _iface(self) -> QgisInterface:
        if self.iface is None:
            raise RuntimeError("This part of the plugin needs QGIS's window")
        return self.iface

    def _add_actions(self) -> None:
        window = self._iface.mainWindow()
        icon = QIcon(str(paths.resources() / "icons" / "scene_search.svg"))
        self._toggle = QAction(icon, self.tr("Scene Search"), window)
        self._toggle.setObjectName("SceneSearchToggle")
        self._toggle.setCheckable(True)
        self._toggle.setToolTip(self.tr("Find similar scenes in your imagery"))
        self._toggle.triggered.connect(self.show_dock)
        setup = QAction(self.tr("Set Up the Engine…"), window)
        setup.triggered.connect(lambda: self.setup.offer() if self.setup else None)
        options = QAction(self.tr("Options…"), window)
        options.triggered.connect(self._show_options)
        manual = QAction(self.tr("Help"), window)
        manual.triggered.connect(_show_help)
        # A menu of our own: the one that addPluginToRasterMenu makes stays when it is empty.
        self._menu = QMenu(MENU, window)
        self._menu.setIcon(icon)
        self._menu.addActions([self._toggle, setup, options, manual])
        self._iface.rasterMenu().addMenu(self._menu)
        self._iface.addToolBarIcon(self._toggle)

    def _remove_actions(self) -> None:
        if self._toggle is not None:
            self._iface.removeToolBarIcon(self._toggle)
            self._toggle = None
        if self._menu is not None:
            self._iface.rasterMenu().removeAction(self._menu.menuAction())
            for action in self._menu.actions():
                action.deleteLater()
            self._menu.deleteLater()
            self._menu = None

    def _on_dock_visibility(self, _visible: bool) -> None:
        # A dock behind another tab is "invisible", but not closed.
        if self._toggle is not None and self.dock is not None:
            self._toggle.setChecked(not self.dock.isHidden())

    def _show_options(self) -> None:
        from .gui.options.factory import PAGE

        self._iface.showOptionsDialog(self._iface.mainWindow(), PAGE)

    def _install_translator(self) -> None:
        language = str(QgsSettings().value("locale/userLocale", QLocale().name()) or "en")
        translator = QTranslator()
        folder = str(paths.resources() / "i18n")
        if translator.load(QLocale(language), "scene_search", "_", folder, ".qm"):
            QCoreApplication.installTranslator(translator)
            self._translator = translator

    def tr(self, text: str) -> str:
        """Return the translation of ``text``."""
        return str(QCoreApplication.translate("SceneSearchPlugin", text))


def _show_help() -> None:
    page = paths.resources() / "help" / "index.html"
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))
