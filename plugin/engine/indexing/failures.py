"""What is wrong with one source, in words for the report; it never ends the run."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from rasterio.errors import RasterioError

from ..errors import OutOfMemoryError, SceneSearchError

log = logging.getLogger(__name__)


def reason_of(error: Exception | None) -> str:
    """Return why a raster was skipped or failed, as one line for the report."""
    if isinstance(error, SceneSearchError):
        text = str(error)
    elif isinstance(error, PermissionError):
        name = Path(os.fsdecode(error.filename)).name if error.filename else "It"
        text = f"{name} cannot be read: permission denied. Ask for permission to read it"
    elif isinstance(error, FileNotFoundError):
        name = Path(os.fsdecode(error.filename)).name if error.filename else "It"
        text = f"{name} does not exist any more. Check the path, and that its drive is connected"
    elif isinstance(error, OSError) and error.strerror:
        text = f"It cannot be read: {error.strerror.lower()}"
    elif isinstance(error, MemoryError):
        text = str(OutOfMemoryError())
    elif error is None or isinstance(error, RasterioError | OSError):
        text = f"It cannot be read: {error}"
    else:
        text = (
            f"Unexpected {type(error).__name__}: {error}. "
            "This is a defect: please report it with the engine's log"
        )
    return " ".join(text.split())


def note_failure(name: str, error: Exception) -> None:
    """Write an error that nobody foresaw to the log, with where it came from."""
    if not isinstance(error, SceneSearchError | RasterioError | OSError):
        log.error("%s failed", name, exc_info=error)
