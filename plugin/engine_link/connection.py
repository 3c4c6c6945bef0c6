"""One life of the engine's process and the messages that go to and fro.

Four daemon threads serve it: one writes requests, so that an engine which does not read
cannot block a caller; one reads answers; one drains the log; one waits for the end. Callers
only ever wait on their own inbox, for as long as they like.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from ..strict_json import decode, encode_line
from .engine_log import EngineLog
from .errors import EngineCallError, EngineCancelledError, EngineDiedError
from .exit_reason import describe_exit, describe_start_failure

#: Seconds that each step of ``close`` waits before it takes the next, harsher one.
CLOSE_STEP_SECONDS = 0.7


@dataclass(frozen=True)
class Progressed:
    """A ``$/progress`` notification for a call."""

    value: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """The response to a call, as it came: ``result`` or ``error``."""

    response: dict[str, Any]


if TYPE_CHECKING:
    Inbox = queue.SimpleQueue[Progressed | Answered | EngineDiedError | EngineCancelledError]


class EngineConnection:
    """Starts the engine and carries JSON-RPC 2.0 messages, one a line, until it ends.

    Args:
        command: the program and its arguments.
        env: its whole environment, or None for this process's own.
        log: receives the engine's standard error.
        on_death: told, from a thread of this object, why the engine died and how many calls
            were in flight; not called after ``close``.

    Raises:
        EngineDiedError: if the program cannot be started.
    """

    def __init__(
        self,
        command: list[str],
        env: dict[str, str] | None,
        log: EngineLog,
        on_death: Callable[[EngineDiedError, int], None] | None = None,
    ) -> None:
        self._log = log
        self._on_death = on_death
        self._lock = threading.Lock()
        self._inboxes: dict[int, Inbox] = {}
        self._end: EngineDiedError | EngineCancelledError | None = None
        self._closing = False
        self._exited = threading.Event()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            self.process = _start(command, env)
        except OSError as error:
            reason = describe_start_failure(command[0], error)
            log.add(reason.message)
            raise EngineDiedError(reason, log.tail()) from error
        self._reader = self._thread("read", self._read)
        self._drainer = self._thread("log", self._drain)
        self._writer = self._thread("write", self._write)
        self._reaper = self._thread("wait", self._wait)

    @property
    def alive(self) -> bool:
        """Whether the process runs and its end has not been noticed."""
        return self._end is None and not self._exited.is_set()

    def request(self, number: int, method: str, params: dict[str, Any]) -> Inbox:
        """Send a request; its progress and its answer arrive in the returned inbox.

        Raises:
            EngineCallError: if a number among the parameters is NaN or infinite.
            EngineDiedError: if the process has ended.
            EngineCancelledError: if it was closed.
        """
        message = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        try:
            data = encode_line(message)
        except ValueError as error:
            raise EngineCallError(
                "A number of the request is infinite or no number",
                "Check what was typed, and that the extent lies where its CRS has a meaning",
                "InvalidParamsError",
            ) from error
        inbox: Inbox = queue.SimpleQueue()
        with self._lock:
            if self._end is not None:
                raise self._end
            self._inboxes[number] = inbox
        self._outbox.put(data)
        return inbox

    def cancel(self, number: int) -> None:
        """Ask the engine to stop working on request ``number``."""
        message = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": number}}
        self._outbox.put(encode_line(message))

    def forget(self, number: int) -> None:
        """Drop what still arrives for request ``number``."""
        with self._lock:
            self._inboxes.pop(number, None)

    def close(self) -> None:
        """End the process: close its input, then terminate, then kill. Idempotent."""
        self._closing = True
        self._outbox.put(None)
        if not self._exited.wait(CLOSE_STEP_SECONDS):
            self._signal(hard=False)
            if not self._exited.wait(CLOSE_STEP_SECONDS):
                self._signal(hard=True)
                self._exited.wait(CLOSE_STEP_SECONDS)
        self._outbox.put(None)
        for thread in (self._reaper, self._reader, self._drainer, self._writer):
            if thread is not threading.current_thread():
                thread.join(CLOSE_STEP_SECONDS)

    def _thread(self, name: str, target: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=target, name=f"scene-search-{name}", daemon=True)
        thread.start()
        return thread

    def _write(self) -> None:
        stdin = _pipe(self.process.stdin)
        with contextlib.suppress(OSError, ValueError):  # the engine is gone; the reaper tells
            while (data := self._outbox.get()) is not None:
                stdin.write(data)
                stdin.flush()
        with contextlib.suppress(OSError):
            stdin.close()

    def _read(self) -> None:
        stdout = _pipe(self.process.stdout)
        with contextlib.suppress(OSError, ValueError):
            for line in stdout:
                self._receive(line)
        # Without its output an engine is of no use, even if it does not exit by itself.
        if not self._exited.wait(2 * CLOSE_STEP_SECONDS):
            self._signal(hard=True)

    def _receive(self, line: bytes) -> None:
        try:
            message = decode(line)
        except ValueError:
            message = None
        if not isinstance(message, dict):
            self._log.add("stdout: " + line.decode("utf-8", "replace"))
            return
        if message.get("method") == "$/progress":
            params = message.get("params")
            if isinstance(params, dict) and isinstance(params.get("value"), dict):
                self._deliver(params.get("token"), Progressed(params["value"]))
        elif "id" in message and ("result" in message or "error" in message):
            if message["id"] is None:  # the engine could not even read the request
                self._log.add(f"protocol: {message.get('error')}")
            self._deliver(message["id"], Answered(message))

    def _deliver(self, number: Any, item: Progressed | Answered) -> None:
        with self._lock:
            inbox = self._inboxes.get(number) if isinstance(number, int) else None
        if inbox is not None:
            inbox.put(item)

    def _drain(self) -> None:
        stderr = _pipe(self.process.stderr)
        with contextlib.suppress(OSError, ValueError):
            for line in stderr:
                self._log.add(line.decode("utf-8", "replace"))

    def _wait(self) -> None:
        returncode = self.process.wait()
        self._exited.set()
        if os.name == "posix":  # what the engine had started must not outlive it
            with contextlib.suppress(OSError):
                os.killpg(self.process.pid, signal.SIGKILL)
        # The last words matter most: an answer already written, and why it died. Something
        # else may hold the pipes open, so neither is waited for without end.
        self._reader.join(CLOSE_STEP_SECONDS)
        self._drainer.join(CLOSE_STEP_SECONDS)
        end: EngineDiedError | EngineCancelledError
        if self._closing:
            end = EngineCancelledError("The search engine was stopped")
        else:
            reason = describe_exit(returncode)
            end = EngineDiedError(reason, self._log.tail())
            self._log.add(reason.message)
        with self._lock:
            self._end = end
            inboxes, self._inboxes = self._inboxes, {}
        for inbox in inboxes.values():
            inbox.put(end)
        self._outbox.put(None)
        if isinstance(end, EngineDiedError) and self._on_death is not None:
            self._on_death(end, len(inboxes))

    def _signal(self, *, hard: bool) -> None:
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self.process.kill()
            elif not self._exited.is_set():
                # The engine leads a process group, so whatever it started goes with it.
                os.killpg(self.process.pid, signal.SIGKILL if hard else signal.SIGTERM)


def _start(command: list[str], env: dict[str, str] | None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # nosec B603 - the engine's own command, no shell
        command,
        env=env,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        close_fds=True,
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:  # cannot be: all three pipes are asked for in _start
        raise ValueError("pipe is missing")
    return stream
