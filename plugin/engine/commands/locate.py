"""``scene-search locate``: find the imagery of an index again after it was moved."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..progress import Progress
from .table import counted

HELP = "find the imagery of an index again after its folder was moved or renamed"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "folders",
        metavar="FOLDER",
        type=Path,
        nargs="+",
        help="where the imagery lies now; searched with everything below",
    )
    parser.add_argument("--index", metavar="FILE.gpkg", type=Path, required=True, help="the index")


def run(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Look for what is not where it was."""
    from ..indexing.locate import locate_imagery

    return locate_imagery(arguments.index, arguments.folders, progress).as_dict()


def problem(result: dict[str, Any]) -> str | None:
    """Return why the command counts as failed: nothing of what is looked for is there."""
    if result["missing"] and not result["moved"]:
        missing = counted(len(result["missing"]), "raster")
        return f"{missing} not where the index has them, and not found there either"
    return None


def text(result: dict[str, Any]) -> str:
    """Return what was found and what was not."""
    if not (result["moved"] or result["missing"]):
        return f"{result['index']}: all imagery is where it was"
    lines = [f"{result['index']}: {counted(len(result['moved']), 'raster')} found again"]
    lines += [f"  {move['from']}\n    {move['to']}" for move in result["moved"]]
    if result["missing"]:
        lines += ["Still not found:", *(f"  {path}" for path in result["missing"])]
    return "\n".join(lines)
