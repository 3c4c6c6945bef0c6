"""The dock: brings index, question and answer together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
    QgsSettings,
)
from qgis.gui import QgisInterface, QgsDockWidget, QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import QFileDialog, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ..engine.errors import SceneSearchError
from ..layers.hit import Hit
from .build_request import BuildRequest
from .engine_call import StartCall, start_engine_task
from .hits_model import HitsModel
from .index_actions import IndexActions
from .index_controller import IndexController
from .index_info import IndexInfo
from .index_report import IndexReport, Problem
from .map_tools.region_tools import RegionTools
from .notice_bar import NoticeBar
from .recent_indexes import RecentIndexes
from .request_maker import RequestMaker
from .result_actions import ResultActions
from .results_map import ResultsMap
from .search_controller import SearchController
from .search_request import SearchAnswer, SearchRequest
from .state_page import StatePage
from .text import error_parts
from .thumbnail_loader import ThumbnailLoader
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
        open_setup: sets the engine up, in a dialog of its own.
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
    ) -> None:
        super().__init__(parent)
        self.setObjectName("SceneSearchDock")
        self.setWindowTitle(self.tr("Scene Search"))
        self._canvas, self._project, self._session = canvas, project, session
        self._message_bar, self._iface = message_bar, iface
        self._open_setup = open_setup
        self._closed = False
        self.recent = RecentIndexes(project)
        self.index = IndexController(start_call, self.recent, self)
        self.search = SearchController(start_call, project, self)
        self.thumbnails = ThumbnailLoader(start_call, self)
        self.model = HitsModel(self)
        self.tools = RegionTools(canvas, self)
        self.results_map = ResultsMap(canvas, project, self)
        self.requests = RequestMaker(canvas, project, self._active_layer, self)
        self.index_actions = IndexActions(self.index, project, start_call, self)
        self.result_actions = ResultActions(self.results_map, project, self.find_similar, self)
        self._lay_out()
        self._connect_index()
        self._connect_query()
        self._connect_results()
        project.readProject.connect(self._on_project_read)
        project.cleared.connect(self._on_project_cleared)
        self.refresh_engine()

    # What the plugin and other parts call

    def refresh_engine(self) -> None:
        """Look again whether the engine is set up, and show the page for it."""
        try:
            self._session.engine()
        except SceneSearchError as error:
            self._show_setup(error)
            return
        if self.index.info is None and not self.index.is_building:
            self._pages.setCurrentWidget(self.welcome)
            self._open_of_project()

    def ask(self, request: SearchRequest) -> None:
        """Put a question, with the dock's filters."""
        info = self.index.info
        if info is None:
            return
        query = self.page.query
        whole = self.requests.filtered(
            request, limit=query.limit.value(), in_view=query.in_view.isChecked()
        )
        self.search.search(whole, info.tile_size)

    def ask_text(self, text: str) -> None:
        """Search for a description."""
        if self.index.info is not None:
            self.ask(self.requests.by_text(self.index.info.path, text))

    def ask_region(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        """Search for what is like a region of the map."""
        if self.index.info is not None:
            self.ask(self.requests.by_region(self.index.info.path, geometry, crs))

    def find_similar(self, hit: Hit) -> None:
        """Search for what is like a hit."""
        if self.index.info is not None:
            title = self.page.results.title
            self.ask(self.requests.by_hit(self.index.info.path, hit, title))

    def shutdown(self) -> None:
        """Stop all work and leave nothing on the map; layers stay with the project."""
        if self._closed:
            return
        self._closed = True
        self._project.readProject.disconnect(self._on_project_read)
        self._project.cleared.disconnect(self._on_project_cleared)
        self.tools.remove()
        self.results_map.shutdown()
        self.index.shutdown()
        self.search.shutdown()
        self.thumbnails.shutdown()

    # Layout

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for three cards side by side."""
        return QSize(420, 760)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 (Qt's name)
        """Ask for enough room the first time ever; after that QGIS remembers the width."""
        super().showEvent(event)
        window = self.parentWidget()
        if isinstance(window, QMainWindow) and not QgsSettings().value(_SIZED, False, type=bool):
            QgsSettings().setValue(_SIZED, True)
            width = self.sizeHint().width()
            QTimer.singleShot(
                0, lambda: window.resizeDocks([self], [width], Qt.Orientation.Horizontal)
            )

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Draw the icons anew when the theme changes."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange and hasattr(self, "page"):
            self.page.refresh_icons()
            self.welcome.refresh()

    def _lay_out(self) -> None:
        self.notice = NoticeBar(self)
        self.setup_page = StatePage(self)
        self.welcome = WelcomePage(self.recent.paths, self)
        self.page = WorkPage(self.recent.paths, self.model, self)
        self._pages = QStackedWidget(self)
        for page in (self.setup_page, self.welcome, self.page):
            self._pages.addWidget(page)
        body = QWidget(self)
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, 1)
        body.setMinimumWidth(300)
        self.setWidget(body)

    def _show_setup(self, error: SceneSearchError) -> None:
        self.setup_page.show_state(
            self.tr("Set up the search engine"),
            self.tr(
                "Scene Search works on this computer, offline, with an engine of its own. "
                "QGIS's Python stays as it is.\n\n{0}."
            ).format(error.message),
            icon="scene_search",
            actions=((self.tr("Set up…"), self._set_up),),
        )
        self._pages.setCurrentWidget(self.setup_page)

    def _set_up(self) -> None:
        if self._open_setup is not None:
            self._open_setup()
        self.refresh_engine()

    # Index

    def _connect_index(self) -> None:
        actions, section = self.index_actions, self.page.index
        for page in (self.welcome, section):
            page.new_requested.connect(actions.new_index)
            page.open_requested.connect(actions.open_index)
            page.recent_requested.connect(actions.open_recent)
        section.add_folder_requested.connect(actions.add_folder)
        section.add_layers_requested.connect(actions.add_layers)
        section.update_requested.connect(self.index.update)
        section.coverage_requested.connect(actions.show_coverage)
        section.report_requested.connect(actions.show_report)
        section.cancel_requested.connect(self.index.cancel)
        actions.failed.connect(self._on_failed)
        self.notice.link_activated.connect(self._on_notice_link)
        self.index.changed.connect(self._on_index)
        self.index.failed.connect(self._on_failed)
        self.index.problems_changed.connect(self._on_problems)
        self.index.build_started.connect(self._on_build_started)
        self.index.build_progressed.connect(section.progress.show_progress)
        self.index.build_finished.connect(self._on_built)
        self.index.build_cancelled.connect(self._on_build_cancelled)

    def _on_index(self, info: IndexInfo | None) -> None:
        page = self.page
        page.index.show_index(info)
        searchable = info is not None and info.tiles > 0
        page.query.setEnabled(searchable)
        if not searchable:
            self.tools.leave()
        if info is None:
            self._on_problems([])
            self._reset_results()
            if not self.index.is_building:
                self.welcome.refresh()
                self._pages.setCurrentWidget(self.welcome)
            return
        page.query.set_text_search(info.has_text)
        self.tools.click.set_tile_size(info.tile_size)
        self._pages.setCurrentWidget(self.page)
        if not self.model.hits():
            self._reset_results()
        if not info.encoder_matches:
            self.notice.show_notice(
                self.tr("This index was made by another encoder"),
                self.tr("Install the encoder {0} again, or make a new index.").format(info.encoder),
                level="warning",
            )

    def _on_problems(self, problems: list[Problem]) -> None:
        self.index_actions.problems = list(problems)
        self.page.index.show_problems(len(problems))

    def _on_build_started(self, request: BuildRequest) -> None:
        self.notice.hide()
        self.page.index.show_index(self.index.info, request.index)
        self.page.index.set_building(True)
        self.page.query.setEnabled(self.index.info is not None)
        self._pages.setCurrentWidget(self.page)

    def _on_built(self, report: IndexReport) -> None:
        self.page.index.set_building(False)
        self._on_problems(list(report.problems))
        self.notice.show_notice(
            self.tr("Indexed"),
            report.summary(),
            level="good",
            link=("coverage", self.tr("Show on the map")),
        )

    def _on_build_cancelled(self) -> None:
        self.page.index.set_building(False)
        self.notice.show_notice(
            self.tr("Indexing stopped"),
            self.tr("The tiles so far can be searched. “Update” goes on where it stopped."),
        )
        self._welcome_if_nothing()

    def _on_failed(self, title: str, error: Exception) -> None:
        self.page.index.set_building(self.index.is_building)
        message, hint = error_parts(error)
        text = f"{message}. {hint}" if hint else message
        self.notice.show_notice(title, text, level="warning")
        self._welcome_if_nothing()
        self._check_engine()

    def _welcome_if_nothing(self) -> None:
        if self.index.info is None and not self.index.is_building:
            self.welcome.refresh()
            self._pages.setCurrentWidget(self.welcome)

    def _check_engine(self) -> None:
        """Show the set-up page if the engine has gone in the meantime."""
        try:
            self._session.engine()
        except SceneSearchError as error:
            self._show_setup(error)

    def _on_notice_link(self, link: str) -> None:
        if link == "coverage":
            self.index_actions.show_coverage()

    # Question

    def _connect_query(self) -> None:
        query = self.page.query
        query.text_entered.connect(self.ask_text)
        query.tool_requested.connect(self._on_tool)
        query.image_requested.connect(self._on_image)
        query.stop_requested.connect(self.search.cancel)
        self.tools.region_drawn.connect(self.ask_region)
        self.tools.active_changed.connect(query.show_tool)
        self.tools.refused.connect(self._on_refused)

    def _on_tool(self, name: str) -> None:
        if name:
            self.tools.activate(name)
        else:
            self.tools.leave()

    def _on_refused(self, reason: str) -> None:
        if self._message_bar is not None:
            self._message_bar.pushInfo(self.tr("Scene Search"), reason)

    def _on_image(self) -> None:
        if self.index.info is None:
            return
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Find tiles like an image"))
        if name:
            self.ask(self.requests.by_image(self.index.info.path, Path(name)))

    # Answer

    def _connect_results(self) -> None:
        results, gallery = self.page.results, self.page.results.gallery
        self.search.started.connect(self._on_search_started)
        self.search.answered.connect(self._on_answer)
        self.search.failed.connect(self._on_search_failed)
        self.search.cancelled.connect(self._on_search_cancelled)
        results.cancel_requested.connect(self.search.cancel)
        results.menu.aboutToShow.connect(lambda: self.result_actions.fill_menu(results.menu))
        gallery.hit_chosen.connect(self.results_map.select)
        gallery.hit_activated.connect(self.results_map.zoom_to)
        gallery.menu_requested.connect(self.result_actions.open_hit_menu)
        self.results_map.hit_picked.connect(gallery.select_tile)
        self.results_map.gone.connect(self._reset_results)
        self.result_actions.failed.connect(self._on_failed)
        self.result_actions.exported.connect(
            lambda path: self.notice.show_notice(
                self.tr("Exported"), self.tr("Written to {0}").format(path), level="good"
            )
        )
        self.model.thumbnail_wanted.connect(self.thumbnails.request)
        self.thumbnails.loaded.connect(self.model.set_thumbnail)

    def _on_search_started(self, request: SearchRequest) -> None:
        self.page.query.set_busy(True)
        self.page.results.show_busy(request.title)

    def _on_answer(self, answer: SearchAnswer) -> None:
        self.page.query.set_busy(False)
        index = answer.request.index
        version = str(index.stat().st_mtime_ns) if index.exists() else ""
        gallery = self.page.results.gallery
        self.thumbnails.set_index(index, version, gallery.thumbnail_side, self.devicePixelRatioF())
        self.results_map.show_answer(answer)
        self.page.results.show_answer(answer)

    def _on_search_failed(self, request: SearchRequest, error: Exception) -> None:
        self.page.query.set_busy(False)
        title = self.tr("{0} was not searched for").format(request.title)
        self.page.results.show_error(title, error, lambda: self.ask(request))
        self._check_engine()

    def _on_search_cancelled(self, _request: SearchRequest) -> None:
        self.page.query.set_busy(False)
        if not self.page.results.show_before():
            self._reset_results()

    def _reset_results(self) -> None:
        self.thumbnails.drop()
        self.model.set_hits(())
        info = self.index.info
        self.page.results.show_empty(has_text=info is None or info.has_text)

    # Project

    def _open_of_project(self) -> None:
        index = self.recent.of_project()
        if index is not None and index.is_file():
            self.index.open(index)

    def _on_project_read(self) -> None:
        index = self.recent.of_project()
        current = self.index.info
        if index is not None and (current is None or current.path != index):
            self._open_of_project()

    def _on_project_cleared(self) -> None:
        self.search.cancel()
        self.requests.restart_numbers()
        self._reset_results()

    def _active_layer(self) -> QgsMapLayer | None:
        if self._iface is not None:
            return self._iface.activeLayer()
        return self._canvas.currentLayer()
