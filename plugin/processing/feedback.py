"""Engine calls whose progress and cancellation go through a Processing feedback."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qgis.core import QgsProcessingFeedback

from ..engine_link.worker import EngineWorker
from ..plain_text import without_markup
from .translation import tr

#: Calls a method of the engine with parameters, and returns its result.
CallEngine = Callable[[str, dict[str, Any]], dict[str, Any]]


def engine_calls(worker: EngineWorker, feedback: QgsProcessingFeedback) -> CallEngine:
    """Return a function that calls ``worker`` and reports to ``feedback``.

    The call blocks, so it belongs in the thread that Processing runs an algorithm in. It ends
    within a second of the user's Cancel.
    """

    def call(method: str, params: dict[str, Any]) -> dict[str, Any]:
        return worker.call(
            method,
            params,
            progress=lambda value: show_progress(feedback, value),
            is_cancelled=feedback.isCanceled,
        )

    return call


def show_progress(feedback: QgsProcessingFeedback, value: Mapping[str, Any]) -> None:
    """Show a progress notification of the engine: the share done, counts, rate, time left.

    Args:
        feedback: where to show it.
        value: the JSON object of a ``ProgressReport``.
    """
    done, total = value.get("done") or 0, value.get("total")
    if total:
        feedback.setProgress(100.0 * done / total)
    feedback.setProgressText(without_markup(progress_text(value)))


def progress_text(value: Mapping[str, Any]) -> str:
    """Return one line such as ``1,200 of 5,000 tiles, 140 a second, 27 s left: port.tif``."""
    done, total, rate = value.get("done") or 0, value.get("total"), value.get("rate") or 0.0
    unit = str(value.get("unit") or "")
    if total:
        parts = [tr("{done:,} of {total:,} {unit}").format(done=done, total=total, unit=unit)]
    else:
        parts = [tr("{done:,} {unit}").format(done=done, unit=unit)]
    if rate > 0:
        parts.append(tr("{rate:,.0f} a second").format(rate=rate))
    if value.get("remaining_seconds") is not None:
        parts.append(tr("{time} left").format(time=duration(value["remaining_seconds"])))
    message = str(value.get("message") or "")
    line = ", ".join(parts)
    return f"{line}: {message}" if message else line


def duration(seconds: float) -> str:
    """Return a length of time in the two largest units that matter, such as ``3 min 20 s``."""
    whole = max(round(seconds), 0)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        return tr("{hours} h {minutes} min").format(hours=hours, minutes=minutes)
    if minutes:
        return tr("{minutes} min {seconds} s").format(minutes=minutes, seconds=rest)
    return tr("{seconds} s").format(seconds=rest)
