"""``scene-search check``: say what is wrong in an index, and mend it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..progress import Progress

HELP = "say what other programs have left wrong in an index, and mend it"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("index", metavar="INDEX", type=Path, help="the index (FILE.gpkg)")
    parser.add_argument(
        "--repair", action="store_true", help="put right what is wrong, all of it or nothing"
    )


def run(arguments: argparse.Namespace, _progress: Progress) -> dict[str, Any]:
    """Look at the index, and mend it if asked to."""
    from ..service.index_check import check_index

    return check_index(arguments.index, repair=arguments.repair)


def problem(result: dict[str, Any]) -> str | None:
    """Return why the command counts as failed: something is wrong and stays so."""
    if not result["faults"] or result["repaired"]:
        return None
    first = result["faults"][0]["problem"]
    more = f" (and {len(result['faults']) - 1} more)" if len(result["faults"]) > 1 else ""
    return f"{first}{more}. --repair puts it right"


def text(result: dict[str, Any]) -> str:
    """Return what is wrong, and what was or would be done about it."""
    size = f"{result['tiles']:,} tiles of {result['sources']:,} rasters"
    if not result["faults"]:
        return f"{result['index']}: {size}, nothing is wrong"
    lines = [f"{result['index']}: {size}"]
    for fault in result["faults"]:
        lines += [f"  {fault['problem']}", f"    {fault['repair']}"]
    lines.append("All of this was put right" if result["repaired"] else "Nothing was changed")
    return "\n".join(lines)
