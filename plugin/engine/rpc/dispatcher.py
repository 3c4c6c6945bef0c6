"""Runs requests side by side, each in a thread, and answers every one exactly once."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ...strict_json import encode_line
from ..errors import CancelledError
from ..progress import Progress, ProgressReport, governed_by
from .parameters import Parameters
from .protocol import (
    CANCEL_METHOD,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    InvalidMessageError,
    Request,
    RequestId,
    encode,
    error_message,
    failure_message,
    parse_request,
    progress_message,
    result_message,
)

log = logging.getLogger(__name__)

Handler = Callable[[Parameters, Progress], dict[str, Any]]

#: Threads for short requests. Long ones (builds) get a thread each and never hold these up.
WORKERS = 4

#: Where all of them are held up, by files on a share that is away, a request that has waited so
#: many seconds gets one more, up to so many in all.
PATIENCE_SECONDS = 1.0
MOST_WORKERS = 32

#: How long running work may take to stop when the link closes.
CLOSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Method:
    """A method of the server.

    Attributes:
        handler: takes the parameters and the request's progress, returns the result.
        long: whether it may run for minutes and so needs a thread of its own.
    """

    handler: Handler
    long: bool = False


@dataclass(slots=True)
class _Call:
    id: RequestId
    request: Request
    method: Method
    cancelled: threading.Event = field(default_factory=threading.Event)
    started: bool = False
    answered: bool = False


class Dispatcher:
    """The server's side of the link.

    ``serve`` reads requests in the calling thread and returns when the input ends (the parent
    closed it or died) or on ``shutdown``. No request can end the process.

    Args:
        sink: unbuffered binary stream for messages.
        methods: what can be called, by name.
    """

    def __init__(self, sink: BinaryIO, methods: Mapping[str, Method]) -> None:
        self._sink = sink
        self._methods = methods
        self._calls: dict[RequestId, _Call] = {}
        self._lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._queue: queue.SimpleQueue[_Call] = queue.SimpleQueue()
        self._workers = 0
        self._broken = False

    def serve(self, lines: Iterable[bytes | None]) -> None:
        """Answer the requests of ``lines`` until they end or ask to shut down."""
        for _ in range(WORKERS):
            self._add_worker()
        for line in lines:
            if line is not None and not line.strip():
                continue
            shutdown = self._receive(line)
            if shutdown is not None:
                self._close()
                self._send(result_message(shutdown, {}))
                return
            if self._broken:
                break
        self._close()

    @property
    def busy(self) -> bool:
        """Whether a request is still being worked on."""
        with self._lock:
            return bool(self._calls)

    def _receive(self, line: bytes | None) -> RequestId | None:
        """Take one line; return the id of a shutdown request."""
        try:
            if line is None:
                raise InvalidMessageError(PARSE_ERROR, "The line is too long")
            request = parse_request(line)
        except InvalidMessageError as error:
            log.warning("Refused a line: %s", error.message)
            self._send(failure_message(None, error))
            return None
        if request.method == CANCEL_METHOD:
            self._cancel(request.params.get("id"))
        elif request.id is None:
            log.warning("Ignored the notification %s", request.method)
        elif request.method == "shutdown":
            return request.id
        elif request.method not in self._methods:
            self._send(
                error_message(
                    request.id,
                    METHOD_NOT_FOUND,
                    f"Unknown method '{request.method}'",
                    error_type="RpcError",
                    hint="The engine may be of another version than the plugin: set it up again.",
                )
            )
        else:
            self._start(request.id, request)
        return None

    def _start(self, request_id: RequestId, request: Request) -> None:
        call = _Call(request_id, request, self._methods[request.method])
        with self._lock:
            known = request_id in self._calls
            if not known:
                self._calls[request_id] = call
        if known:
            error = InvalidMessageError(
                INVALID_REQUEST, f"A request with the id {request_id} is running", request_id
            )
            self._send(failure_message(request_id, error))
        elif call.method.long:
            name = f"{request.method}-{request_id}"
            threading.Thread(target=self._run, args=(call,), name=name, daemon=True).start()
        else:
            self._queue.put(call)
            if self._is_full():
                timer = threading.Timer(PATIENCE_SECONDS, self._relieve)
                timer.daemon = True
                timer.start()

    def _is_full(self) -> bool:
        """Whether there are more short requests than workers."""
        with self._lock:
            short = sum(not call.method.long for call in self._calls.values())
            return short > self._workers

    def _relieve(self) -> None:
        """Add a worker if a short request still waits for one."""
        with self._lock:
            waits = any(not call.started and not call.method.long for call in self._calls.values())
        if waits:
            self._add_worker()

    def _add_worker(self) -> None:
        with self._lock:
            if self._workers == MOST_WORKERS:
                return
            self._workers += 1
            name = f"request-{self._workers}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _cancel(self, request_id: Any) -> None:
        with self._lock:
            call = (
                self._calls.get(request_id) if isinstance(request_id, str | int | float) else None
            )
            if call is None:
                return  # already answered: the two crossed on the way
            call.cancelled.set()
            waiting = not call.started
        if waiting:  # no worker is free to notice it
            self._answer(call, failure_message(request_id, CancelledError()))

    def _work(self) -> None:
        while True:
            self._run(self._queue.get())

    def _run(self, call: _Call) -> None:
        request_id = call.id
        with self._lock:
            if call.answered:
                return
            call.started = True

        def tell(report: ProgressReport) -> None:
            self._send(progress_message(request_id, report.as_dict()))

        started = time.monotonic()
        try:
            progress = Progress(tell, cancelled=call.cancelled)
            progress.check()
            parameters = Parameters(call.request.params)
            with governed_by(progress):
                message = result_message(request_id, call.method.handler(parameters, progress))
            encode_line(message)  # a result that is no JSON is a defect to report, too
        except BaseException as error:  # the edge of the process: every request is answered
            message = failure_message(request_id, error)
            if message["error"]["data"]["type"] == "CancelledError":
                log.info("%s cancelled", call.request.method)
            else:
                log.exception("%s failed", call.request.method)
        else:
            log.info("%s: %.3f s", call.request.method, time.monotonic() - started)
        self._answer(call, message)

    def _answer(self, call: _Call, message: dict[str, Any]) -> None:
        with self._lock:
            if call.answered:
                return
            call.answered = True
            self._calls.pop(call.id, None)
        self._send(message)

    def _send(self, message: dict[str, Any]) -> None:
        data = memoryview(encode(message))
        with self._write_lock:
            try:
                while data:  # a pipe may take less than the whole of a long message
                    data = data[self._sink.write(data) or 0 :]
            except (OSError, ValueError):  # the parent is gone; reading will end as well
                self._broken = True

    def _close(self) -> None:
        """Stop running work and wait for it, so that an index is left as it should be."""
        with self._lock:
            calls = list(self._calls.values())
        for call in calls:
            call.cancelled.set()
        deadline = time.monotonic() + CLOSE_SECONDS
        while self.busy and time.monotonic() < deadline:
            time.sleep(0.02)
