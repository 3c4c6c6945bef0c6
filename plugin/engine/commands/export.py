"""``scene-search export``: make an encoder package of a trained checkpoint."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..progress import Progress
from .options import positive

HELP = "make an encoder package of what train left, and check it"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "checkpoint", metavar="CHECKPOINT", type=Path, help="last.ckpt or best.ckpt of a run"
    )
    parser.add_argument(
        "--output", metavar="DIR", type=Path, required=True, help="folder of the package"
    )
    parser.add_argument(
        "--int8", action="store_true", help="keep the weights in 8 bits, a third of the size"
    )
    parser.add_argument(
        "--bits", metavar="K", type=positive, help="which trained code length (default: longest)"
    )
    parser.add_argument(
        "--images", metavar="DIR", type=Path, help="training images, if they were moved"
    )
    parser.add_argument(
        "--benchmark",
        metavar="NAME",
        action="append",
        default=[],
        help="measure the package on ucmd, aid, ucm-captions or rsicd, for its card; with --int8 "
        "refuse one that loses more than half a point there; may be repeated",
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=os.environ.get("SCENE_SEARCH_DATA"),
        help="folder of the benchmark (default: SCENE_SEARCH_DATA)",
    )


def run(arguments: argparse.Namespace, progress: Progress) -> int:
    """Export in a process of its own."""
    from .training_process import run_training_command

    command = ["export", f"--output={arguments.output}"]
    command += [f"--benchmark={name}" for name in arguments.benchmark]
    for name in ("bits", "images", "data"):
        if (value := getattr(arguments, name)) is not None:
            command += [f"--{name}={value}"]
    for name in ("int8", "json", "verbose"):
        command += [f"--{name}"] * bool(getattr(arguments, name))
    return run_training_command([*command, "--", str(arguments.checkpoint)], progress)


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: the export process has reported."""
    return None


def text(_result: dict[str, Any]) -> str:
    """Return nothing: the export process has printed its result."""
    return ""
