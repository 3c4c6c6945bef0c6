"""The dock: which page is on show, and what joins its parts to QGIS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from qgis.core import QgsMapLayer, QgsProject, QgsSettings
from qgis.gui import QgisInterface, QgsDockWidget, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ...engine.errors import SceneSearchError
from ...engine_link.call import StartCall, start_engine_task
from ...file_checks import is_file
from ...layers.results.keeper import ResultsKeeper
from ...plain_text import without_markup
from ..index.actions import IndexActions
from ..index.care import IndexCare
from ..index.controller import IndexController
from ..index.recent_indexes import RecentIndexes
from ..results.hits_model import HitsModel
from ..widgets.notice_bar import NoticeBar
from ..widgets.state_page import StatePage
from .indexing import IndexPresenter
from .result_notices import ResultNotices
from .searching import SearchPresenter
from .welcome_page import WelcomePage
from .work_page import WorkPage

_SIZED = "scene_search/dock_sized"


class EngineSession(Protocol):
    """What the dock needs of ``engine_link.session``."""

    def engine(self) -> object:
        """Return the engine, or raise ``EngineNotInstalledError``."""


class SceneSearchDock(QgsDockWidget):
    """The panel that an analyst works with.

    Args:
        canvas: the map.
        project: the open project.
        session: tells whether the engine is set up.
        message_bar: the main window's, for what concerns the map rather than the dock.
        iface: QGIS's interface, asked for the active layer.
        parent: owner.
        start_call: starts a call to the engine.
        open_setup: sets the engine up, in a window of its own.
        keeper: keeps the layers of answers with the project.
    """

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject,
        session: EngineSession,
        message_bar: QgsMessageBar | None,
        iface: QgisInterface | None = None,
        parent: QWidget | None = None,
        *,
        start_call: StartCall = start_engine_task,
        open_setup: Callable[[], Any] | None = None,
        keeper: ResultsKeeper,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("SceneSearchDock")
        self.setWindowTitle(self.tr("Scene Search"))
        self._canvas, self._project, self._session = canvas, project, session
        self._message_bar, self._iface = message_bar, iface
        self._open_setup = open_setup
        self._closed = False
        self.recent = RecentIndexes(project)
        self._lay_out()
        self.index = IndexController(start_call, self.recent, self)
        self.index_care = IndexCare(start_call, self.index, self)
        self.index_actions = IndexActions(self.index, project, start_call, self, self.index_care)
        self.indexing = IndexPresenter(
            self.index,
            self.index_actions,
            self.index_care,
            self.page,
            self.welcome,
            self.notice,
            self,
        )
        self.searching = SearchPresenter(
            canvas, project, self.page, start_call, self._active_layer, keeper
        )
        self.result_notices = ResultNotices(self.searching, keeper, project, self.notice, self)
        self._connect()
        self.refresh_engine()

    def refresh_engine(self) -> None:
        """Look again whether the engine is set up, and show the page for it."""
        if not self._has_engine():
            return
        if self.index.info is None and not self.index.is_building:
            self._show_welcome()
            self._open_of_project()

    def shutdown(self) -> None:
        """Stop all work and leave nothing on the map; layers stay with the project."""
        if self._closed:
            return
        self._closed = True
        self._project.readProject.disconnect(self._on_project_read)
        self._project.cleared.disconnect(self.searching.restart)
        self.result_notices.shutdown()
        self.searching.shutdown()
        self.index_care.shutdown()
        self.index.shutdown()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for three cards side by side."""
        return QSize(420, 760)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for enough room the first time ever; after that QGIS remembers the width."""
        super().showEvent(event)
        if not QgsSettings().value(_SIZED, False, type=bool):
            QgsSettings().setValue(_SIZED, True)
            QTimer.singleShot(0, self._take_room)

    def _take_room(self) -> None:
        window = self.parentWidget()  # it may have been closed since
        if not self._closed and isinstance(window, QMainWindow):
            window.resizeDocks([self], [self.sizeHint().width()], Qt.Orientation.Horizontal)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the icons anew when the theme changes."""
        super().changeEvent(event)
        themes = (QEvent.Type.ApplicationPaletteChange, QEvent.Type.StyleChange)
        if event.type() in themes and hasattr(self, "page"):
            self.page.refresh_icons()
            self.welcome.refresh()

    def _lay_out(self) -> None:
        self.notice = NoticeBar(self)
        self.setup_page = StatePage(self)
        self.welcome = WelcomePage(self.recent.paths, self)
        self.page = WorkPage(self.recent.paths, HitsModel(self), self)
        self.pages = QStackedWidget(self)
        for page in (self.setup_page, self.welcome, self.page):
            self.pages.addWidget(page)
        body = QWidget(self)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.pages, 1)
        body.setMinimumWidth(300)
        self.setWidget(body)

    def _connect(self) -> None:
        self.index.changed.connect(self.searching.use_index)
        self.indexing.working.connect(lambda: self.pages.setCurrentWidget(self.page))
        self.indexing.nothing_open.connect(self._show_welcome)
        self.indexing.trouble.connect(self._has_engine)
        self.searching.trouble.connect(self._has_engine)
        self.searching.refused.connect(self._on_refused)
        self.searching.actions.failed.connect(self.indexing.show_failure)
        self.visibilityChanged.connect(self._on_visibility)
        self._project.readProject.connect(self._on_project_read)
        self._project.cleared.connect(self.searching.restart)

    def _has_engine(self) -> bool:
        """Return whether the engine is set up, and show how to set it up if it is not."""
        try:
            self._session.engine()
        except SceneSearchError as error:
            self.setup_page.show_state(
                self.tr("Set up the search engine"),
                self.tr(
                    "Scene Search works on this computer, offline, with an engine of its own. "
                    "QGIS's Python stays as it is.\n\n{0}."
                ).format(error.message),
                icon="scene_search",
                actions=((self.tr("Set up…"), self._set_up),),
            )
            self.pages.setCurrentWidget(self.setup_page)
            return False
        return True

    def _set_up(self) -> None:
        if self._open_setup is not None:
            self._open_setup()
        self.refresh_engine()

    def _show_welcome(self) -> None:
        self.welcome.refresh()
        self.pages.setCurrentWidget(self.welcome)

    def _on_visibility(self, _visible: bool) -> None:
        """Leave the map when the dock is closed; behind another tab it is only out of sight."""
        if self._closed:
            return
        if self.isHidden():
            self.searching.leave_map()
        else:
            self.searching.come_back()

    def _on_refused(self, reason: str) -> None:
        if self._message_bar is not None:
            self._message_bar.pushInfo(self.tr("Scene Search"), without_markup(reason))

    def _open_of_project(self) -> None:
        index = self.recent.of_project()
        if index is not None and is_file(index):
            self.index.open(index)

    def _on_project_read(self) -> None:
        index = self.recent.of_project()
        current = self.index.info
        if index is not None and (current is None or current.path != index):
            self._open_of_project()

    def _active_layer(self) -> QgsMapLayer | None:
        if self._iface is not None:
            return self._iface.activeLayer()
        return self._canvas.currentLayer()
