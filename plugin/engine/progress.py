"""Progress and cancellation of long work, passed down as one object."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from .errors import CancelledError


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """One moment of long work.

    Attributes:
        done: units finished.
        total: units in all, or None while unknown.
        unit: what is counted, such as ``"tiles"``.
        message: what is being worked on now, such as a file name.
        rate: units a second since the start of the work.
        remaining_seconds: estimate of the time left, or None while unknown.
    """

    done: int
    total: int | None
    unit: str
    message: str
    rate: float
    remaining_seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object sent as the value of a ``$/progress`` notification."""
        return asdict(self)


class Progress:
    """Reports progress at most every ``interval`` seconds and raises when cancelled.

    Work that was done by an earlier run is left out of the rate by passing it to ``restart``.
    """

    def __init__(
        self,
        listener: Callable[[ProgressReport], None] | None = None,
        *,
        interval: float = 0.2,
        cancelled: threading.Event | None = None,
    ) -> None:
        self._listener = listener
        self._interval = interval
        self._cancelled = cancelled or threading.Event()
        self._started = time.monotonic()
        self._base = 0
        self._last = 0.0

    def cancel(self) -> None:
        """Ask the work to stop; the next ``check`` or ``report`` raises."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the work has been asked to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raise if the work has been asked to stop.

        Raises:
            CancelledError: after ``cancel``.
        """
        if self._cancelled.is_set():
            raise CancelledError()

    def restart(self, base: int = 0) -> None:
        """Start measuring the rate now, with ``base`` units already done."""
        self._started = time.monotonic()
        self._base = base

    def report(
        self,
        done: int,
        total: int | None = None,
        *,
        unit: str = "tiles",
        message: str = "",
        force: bool = False,
    ) -> None:
        """Tell the listener, unless it was told less than ``interval`` seconds ago.

        Raises:
            CancelledError: after ``cancel``.
        """
        self.check()
        now = time.monotonic()
        if self._listener is None or (now - self._last < self._interval and not force):
            return
        self._last = now
        elapsed = max(now - self._started, 1e-9)
        rate = max(done - self._base, 0) / elapsed
        remaining = (total - done) / rate if total is not None and rate > 0 else None
        self._listener(ProgressReport(done, total, unit, message, rate, remaining))


_governing: ContextVar[Progress | None] = ContextVar("governing", default=None)


def governing_progress() -> Progress | None:
    """Return the progress of the work that the calling thread does, if it is known.

    It is for what runs long in one call deep below, such as a graph of an encoder, and must end
    when the work is cancelled. All else is handed its progress.
    """
    return _governing.get()


def govern(progress: Progress) -> None:
    """Make ``progress`` govern the calling thread, for all of the thread's life."""
    _governing.set(progress)


@contextmanager
def governed_by(progress: Progress) -> Iterator[None]:
    """Make ``progress`` govern the calling thread while the context lasts."""
    token = _governing.set(progress)
    try:
        yield
    finally:
        _governing.reset(token)
