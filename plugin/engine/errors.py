"""Every error that the engine shows a user.

Each carries a one-line message that an analyst understands and a hint that says what to do
next. They travel over the link as JSON-RPC errors (see ``server.py``) and end a command with
exit status 1, so that the dock, Processing and the command line say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class SceneSearchError(Exception):
    """Base of every error meant for the user.

    Args:
        message: one line, without a full stop at the end, naming the file or value at fault.
        hint: what the user can do next.
        details: JSON-serialisable facts for the log.
    """

    #: JSON-RPC 2.0 code, in the range reserved for applications.
    code = -32000

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: Mapping[str, Any] = details

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class UsageError(SceneSearchError):
    """The request itself is wrong (an option, a number out of range). Exit status 2."""

    code = -32001


class RasterError(SceneSearchError):
    """A raster cannot be used; ``message`` is the reason shown in the indexing report."""

    code = -32002


class RegionError(SceneSearchError):
    """A query region is empty, invalid, or outside the imagery."""

    code = -32003


class QueryError(SceneSearchError):
    """A query cannot be answered: empty text, no examples, unknown tile."""

    code = -32004


class IndexFileError(SceneSearchError):
    """An index file is missing, damaged, read-only, busy, or not an index."""

    code = -32005


class SourceConflictError(IndexFileError):
    """What an index holds of one source does not fit what is being written; the rest is fine."""


class EncoderMismatchError(SceneSearchError):
    """The index was made by another encoder than the one in use."""

    code = -32006


class EncoderPackageError(SceneSearchError):
    """An encoder package is incomplete, altered, or of a newer format."""

    code = -32007


class StorageError(SceneSearchError):
    """The disk is full or a place cannot be written."""

    code = -32008


class OutOfMemoryError(SceneSearchError):
    """The computer's memory does not suffice for what was asked."""

    code = -32009

    def __init__(self, message: str = "The memory does not suffice", **details: Any) -> None:
        hint = "Close other programs, or ask for less at once, and run it again"
        super().__init__(message, hint=hint, **details)


class CancelledError(SceneSearchError):
    """The user cancelled; what was written before stays valid."""

    code = -32800  # RequestCancelled in the Language Server Protocol, whose names the link uses

    def __init__(self, message: str = "Cancelled", *, hint: str = "", **details: Any) -> None:
        super().__init__(message, hint=hint, **details)
