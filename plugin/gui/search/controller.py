"""Puts questions to the engine; only the newest is answered."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QObject, QTemporaryDir, pyqtSignal

from ...engine.errors import RegionError, SceneSearchError
from ...engine_link.call import EngineCall, StartCall
from ...layers.hit import Hit
from ...layers.raster_source import RasterSource
from ...layers.region_example import plan_example
from ...layers.snapshot_task import SnapshotTask
from .request import RegionExample, SearchAnswer, SearchRequest


class SearchController(QObject):
    """Renders what must be rendered, asks the engine, and passes the answer on.

    A new question takes the place of the one in flight: that one is cancelled, and should its
    answer come all the same, it is not heard.

    Attributes:
        started: the :class:`SearchRequest`.
        progressed: a progress report (``engine/progress.py``) of the tiles that are re-ranked.
        answered: the :class:`SearchAnswer`.
        failed: the request, and the error.
        cancelled: the request.
    """

    started = pyqtSignal(object)
    progressed = pyqtSignal(object)
    answered = pyqtSignal(object)
    failed = pyqtSignal(object, object)
    cancelled = pyqtSignal(object)

    def __init__(
        self, start_call: StartCall, project: QgsProject, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._start = start_call
        self._project = project
        self._call: EngineCall | None = None
        self._request: SearchRequest | None = None
        self._snapshots = QTemporaryDir()
        self._numbers = itertools.count(1)

    @property
    def is_searching(self) -> bool:
        """Whether an answer is awaited."""
        return self._call is not None

    def search(self, request: SearchRequest, tile_size: float) -> None:
        """Ask; an earlier question is dropped.

        Args:
            request: the question.
            tile_size: side in metres of the tile that a rendered example is compared at.
        """
        self._drop()
        self._request = request
        self.started.emit(request)
        region = request.region
        if region is not None and region.source is not None and region.source.needs_snapshot:
            self._render(request, region, region.source, tile_size)
        else:
            self._ask(request, None)

    def cancel(self) -> None:
        """Stop waiting for the answer."""
        request = self._request
        if self._call is not None and request is not None:
            self._drop()
            self.cancelled.emit(request)

    def shutdown(self) -> None:
        """Stop everything and remove the snapshots."""
        self._drop()
        self._snapshots.remove()

    def _drop(self) -> None:
        call, self._call = self._call, None
        self._request = None
        if call is not None:
            call.drop()

    def _render(
        self, request: SearchRequest, region: RegionExample, source: RasterSource, tile_size: float
    ) -> None:
        # looked for now: the question may be put again after the layer was removed
        layer = self._project.mapLayer(source.layer_id)
        if not isinstance(layer, QgsRasterLayer):
            error = RegionError(
                self.tr("The layer {0} is no longer in the project").format(source.name),
                hint=self.tr("Draw the region again, on a layer that is"),
            )
            self._fail(request, error)
            return
        try:
            plan = plan_example(
                layer,
                region.geometry,
                region.crs,
                tile_size=tile_size,
                context=self._project.transformContext(),
                path=Path(self._snapshots.filePath(f"region_{next(self._numbers)}.tif")),
            )
        except SceneSearchError as error:
            self._fail(request, error)
            return
        task = SnapshotTask(plan)
        self._call = EngineCall(
            task,
            succeeded=lambda path: self._ask(request, str(path)),
            failed=lambda error: self._fail(request, error),
            cancelled=lambda: self._on_cancelled(request),
        )
        QgsApplication.taskManager().addTask(task)

    def _ask(self, request: SearchRequest, snapshot: str | None) -> None:
        title = self.tr("Searching for {0}").format(request.title)
        self._call = EngineCall(
            self._start(title, "search", request.params(snapshot)),
            succeeded=lambda answer: self._on_answer(request, answer),
            failed=lambda error: self._fail(request, error),
            cancelled=lambda: self._on_cancelled(request),
            progressed=self.progressed.emit,
        )

    def _on_answer(self, request: SearchRequest, answer: dict[str, Any]) -> None:
        self._call = None
        self.answered.emit(
            SearchAnswer(
                request=request,
                hits=tuple(Hit.from_message(hit) for hit in answer.get("hits") or []),
                milliseconds=float(answer.get("milliseconds") or 0),
                notes=tuple(str(note) for note in answer.get("notes") or []),
            )
        )

    def _fail(self, request: SearchRequest, error: Exception) -> None:
        self._call = None
        self.failed.emit(request, error)

    def _on_cancelled(self, request: SearchRequest) -> None:
        self._call = None
        self.cancelled.emit(request)
