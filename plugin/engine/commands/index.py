"""``scene-search index``: index rasters and folders, or what changed in them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ...source_files import names
from ..progress import Progress
from .console import duration
from .options import numbers, positive

HELP = "index rasters and folders of imagery; again, to index what has changed"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "paths", metavar="PATH", type=names.given, nargs="+", help="rasters, or folders of rasters"
    )
    parser.add_argument(
        "--index",
        metavar="FILE.gpkg",
        type=Path,
        required=True,
        help="the index, made if it is not there",
    )
    parser.add_argument(
        "--encoder", metavar="DIR", type=Path, help="encoder package (default: the shipped one)"
    )
    parser.add_argument(
        "--tile-size",
        metavar="M",
        type=float,
        help="side of a tile in metres on the ground (default: 256 pixels of each raster)",
    )
    parser.add_argument(
        "--scales",
        metavar="1,2,4",
        type=numbers,
        help="multiples of the tile size to index (default: 1)",
    )
    parser.add_argument(
        "--overlap",
        metavar="F",
        type=float,
        help="share of a tile that its neighbour repeats, 0 to 0.95 (default: 0)",
    )
    parser.add_argument(
        "--bits",
        metavar="K",
        type=positive,
        help="length of the codes of a new index, such as 64, 128 or 256, where the encoder makes "
        "several (default: its usual one)",
    )
    parser.add_argument(
        "--remove-missing",
        action="store_true",
        help="remove rasters that are not found any more, instead of keeping their tiles for when "
        "they are back",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Bring the index up to date."""
    from ..indexing import IndexOptions, index_imagery
    from ..service.workspace import Workspace

    options = IndexOptions(
        arguments.tile_size,
        arguments.scales,
        arguments.overlap,
        arguments.remove_missing,
        arguments.bits,
    )
    options.check()
    with Workspace() as workspace:
        encoder = workspace.encoder_for_build(arguments.index, arguments.encoder)
        report = index_imagery(arguments.paths, arguments.index, encoder, options, progress)
    return report.as_dict()


def problem(result: dict[str, Any]) -> str | None:
    """Return why the run counts as failed: an index without a single tile is of no use."""
    if result["tiles"]:
        return None
    left_out = result["skipped"] + result["failed"]
    first = f": {left_out[0]['reason']}" if left_out else ""
    more = f" (and {len(left_out) - 1} more)" if len(left_out) > 1 else ""
    return f"Nothing could be indexed{first}{more}"


def text(result: dict[str, Any]) -> str:
    """Return what was done, and what was left out and why."""
    done = [
        f"{result[key]} {label}"
        for key, label in (
            ("added", "added"),
            ("updated", "updated"),
            ("resumed", "finished"),
            ("unchanged", "unchanged"),
            ("moved", "moved"),
            ("removed", "removed"),
            ("missing", "missing"),
        )
        if result[key]
    ]
    lines = [
        f"{result['index']}: {result['tiles']:,} tiles of {result['sources']:,} rasters "
        f"({', '.join(done) or 'nothing to do'})"
    ]
    if result["tiles_added"]:
        lines.append(
            f"{result['tiles_added']:,} tiles encoded in {duration(result['seconds'])} "
            f"({result['tiles_per_second']:,.1f} a second on {result['provider'].upper()}); "
            f"{result['tiles_empty']:,} left out as mostly nodata"
        )
    if result["provider_note"]:
        lines.append(result["provider_note"])
    for key in ("skipped", "failed", "damaged", "notes"):
        if result[key]:
            lines.append(f"{key.capitalize()}:")
            lines += [f"  {item['path']}\n    {item['reason']}" for item in result[key]]
    return "\n".join(lines)
