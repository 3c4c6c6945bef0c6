"""Takes questions from text box and map, and shows the answers in list and map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsMapLayer, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import QFileDialog

from ...engine_link.call import StartCall
from ...engine_link.errors import may_pass
from ...file_checks import exists
from ...layers.hit import Hit
from ...layers.results.group import Removal
from ...layers.results.keeper import ResultsKeeper
from ..index.info import IndexInfo
from ..map_tools.region_tools import RegionTools
from ..results.actions import ResultActions
from ..results.hit_imagery import HitImagery
from ..results.results_map import ResultsMap
from ..results.thumbnail_loader import ThumbnailLoader
from ..search.controller import SearchController
from ..search.request import SearchAnswer, SearchRequest
from ..search.request_maker import RequestMaker
from .work_page import WorkPage


class SearchPresenter(QObject):
    """Connects the search controller with widgets and map, in both directions.

    Args:
        canvas: the map.
        project: the open project.
        page: where questions are put and answers shown.
        start_call: starts a call to the engine.
        active_layer: returns the layer selected in the layer tree, or None.
        keeper: keeps the layers of answers with the project.

    Attributes:
        trouble: a search failed; the engine may be the cause.
        refused: why a drawing is no region.
    """

    trouble = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject,
        page: WorkPage,
        start_call: StartCall,
        active_layer: Callable[[], QgsMapLayer | None],
        keeper: ResultsKeeper,
    ) -> None:
        super().__init__(page)
        self._page = page
        self._info: IndexInfo | None = None
        self._answer: SearchAnswer | None = None
        self._layer_of_answer = ""
        self.controller = SearchController(start_call, project, self)
        self.thumbnails = ThumbnailLoader(start_call, self)
        self.tools = RegionTools(canvas, self)
        self.imagery = HitImagery(canvas, project, self)
        self.results_map = ResultsMap(canvas, project, keeper, self.imagery, self)
        self.requests = RequestMaker(canvas, project, active_layer, self)
        self.actions = ResultActions(
            self.results_map, self.imagery, project, self.find_similar, page
        )
        self._connect_query()
        self._connect_results()

    def use_index(self, info: IndexInfo | None) -> None:
        """Search another index from now on, or none."""
        other = info is None or self._info is None or info.path != self._info.path
        self._info = info
        query = self._page.query
        query.setEnabled(info is not None and info.tiles > 0)
        if other:
            self.controller.cancel()
            self.reset()
        if info is None or info.tiles == 0:
            self.tools.leave()
            return
        query.set_text_search(info.has_text)
        query.set_rerank(info.has_text and info.can_rerank)
        query.set_context(info.has_context)
        if other:
            query.likeness.set_balance(info.likeness)
        query.set_missing(info.missing > 0)
        sizes = info.tile_size, info.example_tile_size
        self.tools.click.set_square(lambda place: self.requests.square_about(place, *sizes))

    def ask(self, request: SearchRequest) -> None:
        """Put a question, with the dock's filters."""
        if self._info is None:
            return
        query = self._page.query
        in_view = query.in_view.isChecked()
        self._search(self.requests.with_options(request, query.options, in_view=in_view))

    def ask_text(self, text: str) -> None:
        """Search for a description."""
        if self._info is not None:
            self.ask(self.requests.by_text(self._info.path, text))

    def ask_region(self, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> None:
        """Search for what is like a region of the map."""
        if self._info is not None:
            self.ask(self.requests.by_region(self._info.path, geometry, crs))

    def ask_image(self, image: Path) -> None:
        """Search for what is like an image file."""
        if self._info is not None:
            self.ask(self.requests.by_image(self._info.path, image))

    def find_similar(self, hit: Hit) -> None:
        """Search for what is like a hit."""
        if self._info is not None:
            title = self._page.results.title
            self.ask(self.requests.by_hit(self._info.path, hit, title))

    def leave_map(self) -> None:
        """Give the map back: the dock has been closed."""
        self.tools.leave()
        self.results_map.set_listening(False)

    def come_back(self) -> None:
        """Answer clicks on hits again: the dock has been opened."""
        self.results_map.set_listening(True)

    def reset(self) -> None:
        """Show no answer."""
        self.thumbnails.drop()
        self._page.results.model.set_hits(())
        self._page.results.show_empty(has_text=self._info is None or self._info.has_text)

    def restore(self, removal: Removal) -> None:
        """Put removed layers back; the list goes on with the last answer if it is among them."""
        self.results_map.group.restore(removal)
        for taken in removal.layers:
            if self._answer is not None and taken.layer.id() == self._layer_of_answer:
                self.results_map.show_again(taken.layer, self._answer.hits)
                self._list(self._answer)

    def restart(self) -> None:
        """Begin anew, in a new project."""
        self._answer = None
        self.controller.cancel()
        self.requests.restart_numbers()
        self.reset()

    def shutdown(self) -> None:
        """Stop all work and leave nothing on the map; layers stay with the project."""
        self._answer = None
        self.tools.remove()
        self.results_map.shutdown()
        self.controller.shutdown()
        self.thumbnails.shutdown()

    def _connect_query(self) -> None:
        query = self._page.query
        query.text_entered.connect(self.ask_text)
        query.tool_requested.connect(self._on_tool)
        query.image_requested.connect(self._on_image)
        query.stop_requested.connect(self.controller.cancel)
        self.tools.region_drawn.connect(self.ask_region)
        self.tools.active_changed.connect(query.show_tool)
        self.tools.refused.connect(self.refused)

    def _connect_results(self) -> None:
        results, gallery = self._page.results, self._page.results.gallery
        self.controller.started.connect(self._on_started)
        self.controller.progressed.connect(results.show_progress)
        self.controller.answered.connect(self._on_answer)
        self.controller.failed.connect(self._on_failed)
        self.controller.cancelled.connect(self._on_cancelled)
        results.cancel_requested.connect(self.controller.cancel)
        results.menu.aboutToShow.connect(lambda: self.actions.fill_menu(results.menu))
        gallery.hit_chosen.connect(self.results_map.select)
        gallery.hit_activated.connect(self.results_map.zoom_to)
        gallery.menu_requested.connect(self.actions.open_hit_menu)
        self.results_map.hit_picked.connect(gallery.select_tile)
        self.results_map.gone.connect(self.reset)
        results.model.thumbnail_wanted.connect(self.thumbnails.request)
        self.thumbnails.loaded.connect(results.model.set_thumbnail)

    def _search(self, request: SearchRequest) -> None:
        if self._info is not None:
            self.controller.search(request, self._info.example_tile_size)

    def _on_tool(self, name: str) -> None:
        if name:
            self.tools.activate(name)
        else:
            self.tools.leave()

    def _on_image(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self._page, self.tr("Find tiles like an image"))
        if name:
            self.ask_image(Path(name))

    def _on_started(self, request: SearchRequest) -> None:
        self._page.query.set_busy(True)
        self._page.query.text.setText(request.text)  # above other hits it would mislead
        self._page.results.show_busy(request.title)

    def _on_answer(self, answer: SearchAnswer) -> None:
        self._page.query.set_busy(False)
        white = self.imagery.is_map_white()
        self.results_map.show_answer(answer)
        layer = self.results_map.layer
        self._answer, self._layer_of_answer = answer, "" if layer is None else layer.id()
        self._list(answer)
        if white:
            # QGIS sets an empty map up by its first layer, a moment later; then it is our turn.
            QTimer.singleShot(0, lambda: self._show_imagery(answer, white=True))
        else:
            self._show_imagery(answer, white=False)

    def _show_imagery(self, answer: SearchAnswer, *, white: bool) -> None:
        if not answer.hits or answer is not self._answer:
            return
        if white:
            self.results_map.go_there()
        if self.imagery.is_missing(answer.hits[0]):
            then = self.results_map.go_there if white else self.results_map.refresh
            self.imagery.show_or_offer(answer.hits, then)

    def _list(self, answer: SearchAnswer) -> None:
        index = answer.request.index
        version = str(index.stat().st_mtime_ns) if exists(index) else ""
        side = self._page.results.gallery.thumbnail_side
        self.thumbnails.set_index(index, version, side, self._page.devicePixelRatioF())
        self._page.results.show_answer(answer)

    def _on_failed(self, request: SearchRequest, error: Exception) -> None:
        self._page.query.set_busy(False)
        self.reset()
        self.results_map.hide()
        title = self.tr("{0} was not searched for").format(request.title)
        again = (lambda: self._search(request)) if may_pass(error) else None
        self._page.results.show_error(title, error, again)
        self.trouble.emit()

    def _on_cancelled(self, _request: SearchRequest) -> None:
        self._page.query.set_busy(False)
        if not self._page.results.show_before():
            self.reset()
