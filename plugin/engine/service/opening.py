"""Opening what may be slow, or never answer, without holding up anything else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Generic, TypeVar

from ..progress import Progress

T = TypeVar("T")

#: Seconds between looks at whether the user has cancelled.
POLL_SECONDS = 0.05


class Opener(Generic[T]):
    """Runs each opening in a thread of its own, and one at a time for each key.

    Who asks for a key that is being opened waits for that opening. A file on a share that is
    away can hold a thread inside the system for as long as it likes, and no signal ends it: here
    it holds that one thread, which ends with the process, and never the one who asked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[Hashable, tuple[Future[T], float]] = {}

    def open(
        self,
        key: Hashable,
        work: Callable[[], T],
        progress: Progress | None = None,
        seconds: float | None = None,
    ) -> T:
        """Return what ``work`` returns, and raise what it raises.

        Args:
            key: what is opened.
            work: opens it; not called while an opening of the same key is under way. It goes on
                when nobody waits for it any more.
            progress: cancels the waiting.
            seconds: how long an opening may take, from its beginning; None for ever.

        Raises:
            CancelledError: when cancelled.
            TimeoutError: it takes too long.
        """
        with self._lock:
            running = self._running.get(key)
            if running is None:
                running = Future[T](), time.monotonic()
                self._running[key] = running
                threading.Thread(
                    target=self._run, args=(key, work, running[0]), name="opening", daemon=True
                ).start()
        future, started = running
        while True:
            if progress is not None:
                progress.check()
            try:
                return future.result(POLL_SECONDS)
            except FutureTimeoutError:
                if future.done():  # the work itself raised it
                    raise
            if seconds is not None and time.monotonic() - started > seconds:
                raise TimeoutError(f"not open after {seconds:g} s")

    def _run(self, key: Hashable, work: Callable[[], T], future: Future[T]) -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 (raised where it is waited for)
            self._forget(key)
            future.set_exception(error)
        else:
            self._forget(key)
            future.set_result(result)

    def _forget(self, key: Hashable) -> None:
        with self._lock:
            del self._running[key]
