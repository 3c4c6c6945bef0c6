"""One running call to the engine, as the widgets hold it. Nothing else of the window calls it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .task import EngineTask


class RunningTask(Protocol):
    """What is needed of an ``EngineTask``; tests bring their own.

    Its signals ``succeeded``, ``failed``, ``cancelled`` and ``progressed`` come on the main
    thread, and exactly one of the first three ends it.
    """

    succeeded: Any
    failed: Any
    cancelled: Any
    progressed: Any

    def cancel(self) -> None:
        """Ask the work to stop."""


#: Starts a call: description for the task manager, method, parameters.
StartCall = Callable[[str, str, dict[str, Any]], RunningTask]


def start_engine_task(description: str, method: str, params: dict[str, Any]) -> RunningTask:
    """Start a call to the shared engine in a background task."""
    return EngineTask(description, method, params).start()


class EngineCall:
    """Holds a task while it runs and lets go of it when it ends.

    QGIS deletes a task soon after its end; whoever kept it would call into nothing. And what a
    widget has dropped must not answer any more, so :meth:`drop` silences the task as well.

    Args:
        task: a started task.
        succeeded: called with the result.
        failed: called with the error.
        cancelled: called when the work has stopped.
        progressed: called with each progress report.
    """

    def __init__(
        self,
        task: RunningTask,
        *,
        succeeded: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
        cancelled: Callable[[], None] | None = None,
        progressed: Callable[[dict[str, Any]], None] | None = None,
    ) -> None:
        self._task: RunningTask | None = task
        self._dropped = False
        self._succeeded, self._failed = succeeded, failed
        self._cancelled, self._progressed = cancelled, progressed
        task.succeeded.connect(self._on_succeeded)
        task.failed.connect(self._on_failed)
        task.cancelled.connect(self._on_cancelled)
        if progressed is not None:
            task.progressed.connect(self._on_progressed)

    @property
    def is_running(self) -> bool:
        """Whether the call has not ended yet."""
        return self._task is not None

    def cancel(self) -> None:
        """Ask the work to stop; ``cancelled`` follows."""
        if self._task is not None:
            self._task.cancel()

    def drop(self) -> None:
        """Stop the work and hear no more of it."""
        self._dropped = True
        self.cancel()

    def _on_succeeded(self, result: Any) -> None:
        self._task = None
        if not self._dropped:
            self._succeeded(result)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        if not self._dropped and self._failed is not None:
            self._failed(error)

    def _on_cancelled(self) -> None:
        self._task = None
        if not self._dropped and self._cancelled is not None:
            self._cancelled()

    def _on_progressed(self, value: dict[str, Any]) -> None:
        if self._task is not None and not self._dropped and self._progressed is not None:
            self._progressed(value)
