"""Calls to the engine as QGIS tasks: work in the background, answers on the main thread."""

from __future__ import annotations

import traceback
from typing import Any

from qgis.core import QgsApplication, QgsTask
from qgis.PyQt.QtCore import QTimer, pyqtSignal

from ..engine.errors import SceneSearchError
from ..plain_text import without_markup
from . import session
from .errors import EngineCallError, EngineCancelledError
from .worker import EngineWorker

#: Tasks that have been started; QGIS owns their C++ side only.
_alive: set[EngineTask] = set()


class EngineTask(QgsTask):
    """Calls one method of the engine.

    Make and start it on the main thread. Exactly one of ``succeeded``, ``failed`` and
    ``cancelled`` is emitted at the end, there too.

    Args:
        description: what the task manager shows.
        method: the engine's method, such as ``"search"``.
        params: its parameters, JSON-serialisable.
        worker: the engine to use; by default the shared one, which is asked for in the
            background.
    """

    #: the result, a dict
    succeeded = pyqtSignal(object)
    #: a SceneSearchError
    failed = pyqtSignal(object)
    cancelled = pyqtSignal()
    #: the value of a progress notification, a dict (``engine/progress.py``)
    progressed = pyqtSignal(object)

    def __init__(
        self,
        description: str,
        method: str,
        params: dict[str, Any] | None = None,
        worker: EngineWorker | None = None,
    ) -> None:
        super().__init__(without_markup(description), QgsTask.Flag.CanCancel)
        self.method = method
        self.params = dict(params or {})
        self._worker = worker
        self._result: dict[str, Any] | None = None
        self._error: Exception | None = None

    def start(self) -> EngineTask:
        """Hand the task to QGIS's task manager and return it."""
        _alive.add(self)
        QgsApplication.taskManager().addTask(self)
        return self

    def run(self) -> bool:
        """Make the call (QGIS calls this in a background thread)."""
        try:
            worker = self._worker or session.engine()
            self._result = worker.call(
                self.method, self.params, progress=self._progress, is_cancelled=self.isCanceled
            )
        except SceneSearchError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 (an exception here would end QGIS)
            self._error = EngineCallError(
                f"Unexpected error in {self.method}: {error}",
                "Please report this with the log",
                type(error).__name__,
                {"traceback": traceback.format_exc()},
            )
        return self._error is None

    def finished(self, result: bool) -> None:
        """Tell the listeners (QGIS calls this on the main thread)."""
        # The C++ side still runs this method, so the reference goes with the next event.
        QTimer.singleShot(0, lambda: _alive.discard(self))
        if self.isCanceled() or isinstance(self._error, EngineCancelledError):
            self.cancelled.emit()
        elif result and self._result is not None:
            self.succeeded.emit(self._result)
        elif self._error is not None:
            self.failed.emit(self._error)
        else:  # ended before it ran, such as at QGIS's exit
            self.cancelled.emit()

    def _progress(self, value: dict[str, Any]) -> None:
        total, done = value.get("total"), value.get("done")
        if total and done is not None:
            self.setProgress(min(100.0, 100.0 * done / total))
        self.progressed.emit(value)


def cancel_all(wait_ms: int = 1500) -> None:
    """Cancel every started task and give each up to ``wait_ms`` to leave its thread."""
    tasks = list(_alive)
    for task in tasks:
        task.cancel()
    for task in tasks:
        if task.status() == QgsTask.TaskStatus.Running:
            task.waitForFinished(wait_ms)
