"""``scene-search train``: train one of the published systems."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ..progress import Progress
from .options import positive

HELP = "train an encoder on a benchmark or on a folder"

SYSTEMS = ("multilevel-hashing", "plain-contrast", "mtgfe", "ssjdn", "ccls2t")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument("system", metavar="SYSTEM", choices=SYSTEMS, help=", ".join(SYSTEMS))
    data = os.environ.get("SCENE_SEARCH_DATA")
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        default=data,
        help="folder of benchmarks and backbones (default: SCENE_SEARCH_DATA)",
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--index",
        metavar="FILE.gpkg",
        type=Path,
        help="learn from the tiles of this index, without classes (multilevel-hashing)",
    )
    source.add_argument(
        "--benchmark",
        metavar="NAME|FOLDER",
        help="the benchmark whose train split is learnt from: ucmd or aid for multilevel-hashing, "
        "ucm-captions or rsicd for the others; or a folder, of images, or of images with one JSON "
        "file of captions in Karpathy's layout",
    )
    parser.add_argument(
        "--tiles", metavar="N", type=positive, help="most tiles of the index (default: 20000)"
    )
    parser.add_argument(
        "--backbone",
        metavar="DIR",
        type=Path,
        help="pretrained image model to begin with, a folder with config.json and weights as "
        "transformers saves them (multilevel-hashing; default: the recipe's, below --data)",
    )
    parser.add_argument("--output", metavar="DIR", type=Path, required=True, help="of the run")
    parser.add_argument(
        "--bits", metavar="K", type=positive, help="code length (default: the recipe's)"
    )
    parser.add_argument(
        "--config", metavar="YAML", type=Path, help="recipe (default: the shipped one)"
    )
    parser.add_argument("--epochs", metavar="N", type=positive, help="instead of the recipe's")
    parser.add_argument(
        "--towers",
        metavar="CHECKPOINT",
        type=Path,
        help="begin with the towers of this one (default: trained first, below the output folder, "
        "where the recipe asks for them)",
    )
    parser.add_argument(
        "--code-of",
        metavar="CHECKPOINT",
        type=Path,
        help="train nothing but codes of --bits for this trained system (not multilevel-hashing, "
        "which trains all its lengths together)",
    )
    parser.add_argument(
        "--unlabelled",
        action="store_true",
        help="learn without classes, from the images alone (multilevel-hashing)",
    )
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in the output folder"
    )


def run(arguments: argparse.Namespace, progress: Progress) -> int:
    """Train in a process of its own."""
    from .training_process import run_training_command

    command = ["train", arguments.system]
    named = ("data", "index", "benchmark", "tiles", "backbone", "output")
    for name in (*named, "bits", "config", "epochs", "towers", "code_of"):
        if (value := getattr(arguments, name)) is not None:
            command += [f"--{name.replace('_', '-')}={value}"]
    for name in ("unlabelled", "resume", "json", "verbose"):
        command += [f"--{name}"] * bool(getattr(arguments, name))
    return run_training_command(command, progress)


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: the training process has reported."""
    return None


def text(_result: dict[str, Any]) -> str:
    """Return nothing: the training process has printed its result."""
    return ""
