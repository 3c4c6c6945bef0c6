"""``scene-search sample``: write georeferenced sample imagery with known scene classes."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..progress import Progress

HELP = "write georeferenced sample imagery with known scene classes"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("directory", metavar="DIR", type=Path, help="folder to write to")
    parser.add_argument(
        "--size", type=int, default=4096, metavar="N", help="pixels on a side (default 4096)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another number, another landscape"
    )


def run(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Write the imagery."""
    from ..sample.writer import write_sample

    return write_sample(arguments.directory, arguments.size, arguments.seed, progress)


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return what was written."""
    lines = [
        f"{Path(raster['path']).name}: {raster['width']:,} x {raster['height']:,} pixels of "
        f"{raster['gsd_m']:.2g} m, {raster['dtype']}, {raster['crs']}, {raster['acquired']}"
        for raster in result["rasters"]
    ]
    scenes = ", ".join(f"{count} {name}" for name, count in sorted(result["classes"].items()))
    return "\n".join([*lines, f"{Path(result['truth']).name}: {scenes}", result["directory"]])
