"""The index in use: opening it, adding imagery, keeping it up to date."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine_link.call import EngineCall, StartCall
from ...file_checks import exists, is_file
from ...same_path import PathKeys
from .build_request import BuildRequest
from .info import IndexInfo
from .recent_indexes import RecentIndexes
from .report import IndexReport, complete_sources, problems_of_sources

#: Seconds between looks into an index that is being made: until it has tiles, and then.
_FIRST_TILES, _MORE_TILES = 2.0, 15.0


class IndexController(QObject):
    """Asks the engine about indexes and has it build them; holds no widgets.

    One index is current and at most one indexing run goes on. Searches go on meanwhile; a new
    index becomes the current one as soon as it has tiles.

    Attributes:
        changed: the current index, an :class:`IndexInfo`, or None.
        failed: what was attempted, and the error.
        build_started: the :class:`BuildRequest`.
        build_progressed: a progress report (``engine/progress.py``).
        build_finished: the :class:`IndexReport`.
        build_cancelled: the run has stopped; whether there is an index, which is then valid.
        problems_changed: list of :class:`~.index_report.Problem` of the current index.
    """

    changed = pyqtSignal(object)
    failed = pyqtSignal(str, object)
    build_started = pyqtSignal(object)
    build_progressed = pyqtSignal(object)
    build_finished = pyqtSignal(object)
    build_cancelled = pyqtSignal(bool)
    problems_changed = pyqtSignal(object)

    def __init__(
        self, start_call: StartCall, recent: RecentIndexes, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._start = start_call
        self._recent = recent
        self.info: IndexInfo | None = None
        self.indexed: tuple[str, ...] = ()  # the rasters of the current index, as a whole
        self._opening: EngineCall | None = None
        self._listing: EngineCall | None = None
        self._building: EngineCall | None = None
        self._looking: EngineCall | None = None
        self._next_look = 0.0
        self._request: BuildRequest | None = None

    @property
    def is_building(self) -> bool:
        """Whether an indexing run goes on."""
        return self._building is not None and self._building.is_running

    def open(self, index: Path) -> None:
        """Make ``index`` the current one, once the engine has read it."""
        if self._opening is not None:
            self._opening.drop()
        title = self.tr("Opening {0}").format(index.name)
        self._opening = EngineCall(
            self._start(title, "index.info", {"index": str(index)}),
            succeeded=self._on_opened,
            failed=lambda error: self.failed.emit(
                self.tr("{0} was not opened").format(index.name), error
            ),
        )

    def close(self) -> None:
        """Have no current index."""
        if self._opening is not None:
            self._opening.drop()
        self.info, self.indexed = None, ()
        self.changed.emit(None)

    def build(self, request: BuildRequest) -> None:
        """Index imagery; does nothing while another run goes on."""
        if self.is_building:
            return
        self._request = request
        self._recent.remember_imagery(request.index, request.paths)
        title = self.tr("Indexing into {0}").format(request.index.name)
        self._building = EngineCall(
            self._start(title, "index.build", request.as_params()),
            succeeded=self._on_built,
            failed=self._on_build_failed,
            cancelled=self._on_build_cancelled,
            progressed=self._on_progressed,
        )
        self._next_look = time.monotonic()
        self.build_started.emit(request)

    def add(self, paths: Sequence[str]) -> None:
        """Add rasters and folders to the current index."""
        if self.info is not None and paths:
            self.build(BuildRequest(self.info.path, tuple(paths), is_new=False))

    def update(self) -> None:
        """Look for added, changed and missing rasters wherever the current index has some from."""
        if self.info is None or self.is_building:
            return
        index = self.info.path
        task = self._start(self.tr("Reading the index"), "index.sources", {"index": str(index)})

        def go_on(answer: dict[str, Any]) -> None:
            known = [str(source["path"]) for source in answer.get("sources") or []]
            paths = update_paths(self._recent.imagery(index), known)
            self.build(BuildRequest(index, tuple(paths), is_new=False))

        self._listing = EngineCall(task, succeeded=go_on, failed=self._on_build_failed)

    def cancel(self) -> None:
        """Stop the indexing run; what is written stays."""
        if self._building is not None:
            self._building.cancel()

    def shutdown(self) -> None:
        """Stop everything and hear no more of it."""
        for call in (self._opening, self._listing, self._building, self._looking):
            if call is not None:
                call.drop()

    def _on_opened(self, answer: dict[str, Any]) -> None:
        self.info = IndexInfo.from_message(answer)
        self._recent.remember(self.info.path)
        self.changed.emit(self.info)
        self._list_problems(self.info.path)

    def _list_problems(self, index: Path) -> None:
        if self._listing is not None:
            self._listing.drop()
        task = self._start(self.tr("Reading the index"), "index.sources", {"index": str(index)})
        self._listing = EngineCall(task, succeeded=self._on_listed)

    def _on_listed(self, answer: dict[str, Any]) -> None:
        self.indexed = complete_sources(answer)
        self.problems_changed.emit(problems_of_sources(answer))

    def _on_progressed(self, report: dict[str, Any]) -> None:
        self.build_progressed.emit(report)
        index = self._in_the_making()
        looking = self._looking is not None and self._looking.is_running
        if index is None or looking or time.monotonic() < self._next_look or not is_file(index):
            return
        has_tiles = self.info is not None and self.info.tiles > 0
        self._next_look = time.monotonic() + (_MORE_TILES if has_tiles else _FIRST_TILES)
        self._looking = EngineCall(
            self._start(self.tr("Reading the index"), "index.info", {"index": str(index)}),
            succeeded=self._on_looked,
        )

    def _on_looked(self, answer: dict[str, Any]) -> None:
        """Make an index in the making the current one: what is done can be searched."""
        info = IndexInfo.from_message(answer)
        if self._in_the_making() != info.path or info.tiles == 0:
            return
        self.info = info
        self._recent.remember(info.path)
        self.changed.emit(info)

    def _in_the_making(self) -> Path | None:
        """Return the index that is being built, unless the analyst has turned to another."""
        if self._request is None or not self.is_building:
            return None
        opening = self._opening is not None and self._opening.is_running
        other = self.info is not None and self.info.path != self._request.index
        return None if opening or other else self._request.index

    def _on_built(self, answer: dict[str, Any]) -> None:
        self._building = None
        self.build_finished.emit(IndexReport.from_message(answer))
        self._reopen()

    def _on_build_cancelled(self) -> None:
        self._building = None
        index = self._request.index if self._request is not None else None
        self.build_cancelled.emit(index is not None and is_file(index))
        self._reopen()

    def _on_build_failed(self, error: Exception) -> None:
        self._building = None
        self.failed.emit(self.tr("Indexing stopped"), error)
        self._reopen()

    def _reopen(self) -> None:
        """Read the summary again: a run that was stopped has added to the index, too."""
        request, self._request = self._request, None
        index = request.index if request is not None else None
        if index is None and self.info is not None:
            index = self.info.path
        if index is not None and is_file(index):
            self.open(index)


def update_paths(roots: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return what an update looks at: remembered folders, and known rasters outside them.

    A raster that is gone is looked at as well, for the update is to notice that; a folder that is
    gone only if the index has something from it.
    """
    keys = PathKeys()
    folders = [
        root for root in roots if exists(root) or any(keys.is_under(path, root) for path in known)
    ]
    outside = [path for path in known if not any(keys.is_under(path, root) for root in folders)]
    return folders + outside
