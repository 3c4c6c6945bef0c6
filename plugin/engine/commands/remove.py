"""``scene-search remove``: take imagery out of an index; the files stay."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..progress import Progress
from .table import counted

HELP = "take imagery out of an index; the files stay"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="*",
        help="rasters and folders of rasters that were indexed, whether still there or not",
    )
    parser.add_argument("--index", metavar="FILE.gpkg", type=Path, required=True, help="the index")
    parser.add_argument(
        "--missing",
        action="store_true",
        help="all that was not found when the index was last updated and is not there now",
    )


def run(arguments: argparse.Namespace, _progress: Progress) -> dict[str, Any]:
    """Remove what is named."""
    from ..indexing.removal import remove_sources

    if not (arguments.paths or arguments.missing):
        raise UsageError("There is nothing to remove", hint="Give a PATH, or --missing")
    removal = remove_sources(arguments.index, files=arguments.paths, missing=arguments.missing)
    return removal.as_dict()


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: all was removed, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return what was removed."""
    if not result["removed"]:
        return "Nothing in the index is marked as missing; indexing again notices what is"
    removed = f"{counted(result['removed'], 'raster')}, {counted(result['tiles'], 'tile')}"
    lines = [f"{result['index']}: {removed} removed"]
    return "\n".join(lines + [f"  {path}" for path in result["paths"]])
