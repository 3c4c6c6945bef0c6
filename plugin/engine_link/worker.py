"""The engine as QGIS sees it: calls that block, for use in background threads only.

An engine that answers with an error goes on; one that dies is started again by the next call.
This module imports neither Qt nor qgis.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .connection import Answered, EngineConnection, Progressed
from .engine_log import EngineLog
from .errors import EngineCallError, EngineCancelledError, EngineDiedError

if TYPE_CHECKING:
    from .connection import Inbox

#: How often a waiting call looks whether it has been cancelled.
POLL_SECONDS = 0.1
#: How long a cancelled call waits for the engine to confirm; with the polls it stays
#: below one second.
CANCEL_GRACE_SECONDS = 0.7
#: JSON-RPC code of a cancelled request, as in the Language Server Protocol.
REQUEST_CANCELLED = -32800


class EngineWorker:
    """Runs the engine and calls its methods. Thread-safe; calls may overlap.

    Args:
        command: the engine's program and arguments.
        env: its whole environment, or None for this process's own.
        log_file: where its log is kept besides memory.
        on_death: told why the engine died and how many calls were in flight, from a
            background thread.
    """

    def __init__(
        self,
        command: list[str],
        env: dict[str, str] | None = None,
        *,
        log_file: Path | None = None,
        on_death: Callable[[EngineDiedError, int], None] | None = None,
    ) -> None:
        self.command = list(command)
        self.log = EngineLog(log_file)
        self.starts = 0
        self._env = env
        self._on_death = on_death
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._connection: EngineConnection | None = None
        self._stopped = False

    @property
    def is_running(self) -> bool:
        """Whether the engine's process is alive."""
        connection = self._connection
        return connection is not None and connection.alive

    @property
    def pid(self) -> int | None:
        """The engine's process id, or None when it does not run."""
        connection = self._connection
        return connection.process.pid if connection is not None and connection.alive else None

    def call(
        self,
        method: str,
        params: dict[str, Any] | None = None,
        *,
        progress: Callable[[dict[str, Any]], None] | None = None,
        is_cancelled: Callable[[], bool] | None = None,
    ) -> dict[str, Any]:
        """Call a method of the engine and return its result; starts the engine if need be.

        Args:
            method: such as ``"search"``.
            params: JSON-serialisable parameters.
            progress: told the value of each progress notification, in the calling thread.
            is_cancelled: polled every 100 ms, in the calling thread. An engine that does not
                confirm a cancellation is left to itself: the call returns within a second.

        Raises:
            EngineCallError: the engine answered with an error and stays.
            EngineDiedError: it died or cannot be started.
            EngineCancelledError: the call was cancelled, or ``stop`` was called.
        """
        if is_cancelled is not None and is_cancelled():
            raise EngineCancelledError()
        connection = self._running_connection()
        number = next(self._numbers)
        inbox = connection.request(number, method, params or {})
        try:
            return self._await(connection, number, inbox, progress, is_cancelled)
        finally:
            connection.forget(number)

    def stop(self) -> None:
        """End the engine for good; calls in flight and later ones raise EngineCancelledError."""
        with self._lock:
            self._stopped = True
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _running_connection(self) -> EngineConnection:
        with self._lock:
            if self._stopped:
                raise EngineCancelledError("The search engine was stopped")
            if self._connection is None or not self._connection.alive:
                self._connection = EngineConnection(
                    self.command, self._env, self.log, self._on_death
                )
                self.starts += 1
            return self._connection

    def _await(
        self,
        connection: EngineConnection,
        number: int,
        inbox: Inbox,
        progress: Callable[[dict[str, Any]], None] | None,
        is_cancelled: Callable[[], bool] | None,
    ) -> dict[str, Any]:
        give_up: float | None = None
        while True:
            try:
                item = inbox.get(timeout=POLL_SECONDS)
            except queue.Empty:
                item = None
            if isinstance(item, Answered):
                return _result(item.response, cancelled=give_up is not None)
            if isinstance(item, (EngineDiedError, EngineCancelledError)):
                if give_up is not None:
                    raise EngineCancelledError() from item
                # Callers share the connection's end; each raises one of its own.
                raise _copy(item)
            if isinstance(item, Progressed) and progress is not None and give_up is None:
                try:
                    progress(item.value)
                except BaseException:  # nobody waits for the answer any more
                    connection.cancel(number)
                    raise
            if give_up is None:
                if is_cancelled is not None and is_cancelled():
                    connection.cancel(number)
                    give_up = time.monotonic() + CANCEL_GRACE_SECONDS
            elif time.monotonic() >= give_up:
                raise EngineCancelledError()


def _result(response: dict[str, Any], *, cancelled: bool) -> dict[str, Any]:
    if cancelled:  # the answer crossed the cancellation on its way: the user's word counts
        raise EngineCancelledError()
    error = response.get("error")
    if error is None:
        result = response.get("result")
        return result if isinstance(result, dict) else {"value": result}
    if not isinstance(error, dict):
        raise EngineCallError(f"The search engine sent an unreadable error: {error}")
    if error.get("code") == REQUEST_CANCELLED:
        raise EngineCancelledError()
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    raise EngineCallError(
        str(error.get("message") or "The search engine reported an error"),
        str(data.get("hint") or ""),
        str(data.get("type") or ""),
        data.get("details") if isinstance(data.get("details"), dict) else {},
    )


def _copy(error: EngineDiedError | EngineCancelledError) -> Exception:
    if isinstance(error, EngineDiedError):
        return EngineDiedError(error.reason, error.log_tail)
    return EngineCancelledError(error.message)
