"""The files of a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import StorageError
from ...staging import staging_folder

PAGE = "report.html"
NUMBERS = "report.json"


def prepare_folder(folder: Path) -> None:
    """Make the folder and make sure that it can be written, before long work is done for it.

    Raises:
        StorageError: if it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with staging_folder(folder) as own:
            (own / PAGE).write_bytes(b"")
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_report(folder: Path, page: str, result: Mapping[str, Any]) -> Path:
    """Write ``report.html`` and ``report.json``, replacing earlier ones, and nothing else.

    Args:
        folder: made if need be.
        page: HTML.
        result: the measured numbers.

    Returns:
        The path of the page.

    Raises:
        StorageError: if the folder cannot be written, or the disk is full.
    """
    numbers = json.dumps(result, indent=2, allow_nan=False) + "\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # names of files may hold bytes that are no text
        with staging_folder(folder) as own:
            for name, content in ((PAGE, page), (NUMBERS, numbers)):
                (own / name).write_bytes(content.encode("utf-8", "replace"))
                (own / name).replace(folder / name)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return folder / PAGE


def _unwritable(folder: Path, error: OSError) -> StorageError:
    return StorageError(
        f"The report cannot be written to {folder}: {(error.strerror or str(error)).lower()}",
        hint="Choose another folder with --report, or free some space.",
    )
