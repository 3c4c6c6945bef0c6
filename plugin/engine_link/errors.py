"""What can go wrong between QGIS and the engine, as the user is told it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine.errors import SceneSearchError
from .exit_reason import ExitReason

#: The engine's errors about the question itself.
_OF_THE_QUESTION = {"UsageError", "RegionError", "QueryError", "InvalidParamsError"}


def may_pass(error: Exception) -> bool:
    """Whether the same request may be answered when it is made again, as it is.

    Not where the question is at fault; where a disk, a file or the engine is, that may be mended.
    """
    name = error.error_type if isinstance(error, EngineCallError) else type(error).__name__
    return name not in _OF_THE_QUESTION


class EngineLinkError(SceneSearchError):
    """Base of every error of the link."""


class EngineCallError(EngineLinkError):
    """The engine answered a call with an error; it goes on running.

    Args:
        message: the engine's one-line message.
        hint: what the user can do, as the engine says it.
        error_type: name of the engine's error class, such as ``"RasterError"``.
        details: facts for the log.
    """

    def __init__(
        self,
        message: str,
        hint: str = "",
        error_type: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.error_type = error_type
        self.details = dict(details or {})


class EngineDiedError(EngineLinkError):
    """The engine's process ended during a call, or could not be started.

    The next call starts it again.

    Args:
        reason: why it ended, for the user and the log.
        log_tail: the last lines the engine wrote to its log.
    """

    def __init__(self, reason: ExitReason, log_tail: str = "") -> None:
        super().__init__(reason.message, hint=reason.hint)
        self.reason = reason
        self.log_tail = log_tail


class EngineCancelledError(EngineLinkError):
    """The call was cancelled, by the user or because the engine is being shut down."""

    def __init__(self, message: str = "Cancelled") -> None:
        super().__init__(message)


class EngineNotInstalledError(EngineLinkError):
    """There is no usable engine environment yet.

    Args:
        hint: what to do about it.
        message: what is missing.
    """

    def __init__(self, hint: str = "", message: str = "The search engine is not set up") -> None:
        super().__init__(
            message,
            hint=hint or "Open Scene Search's dock in QGIS and choose Set up the engine",
        )


class EngineSetupError(EngineLinkError):
    """Setting up the engine failed; what was half made has been removed.

    Args:
        message: what failed.
        hint: what to do next.
        log_tail: the last lines of the setup log.
    """

    def __init__(self, message: str, hint: str = "", log_tail: str = "") -> None:
        super().__init__(message, hint=hint)
        self.log_tail = log_tail


class InterpreterError(EngineSetupError):
    """A Python interpreter cannot carry the engine (missing, too old, broken)."""
