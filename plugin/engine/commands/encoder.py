"""``scene-search encoder``: print the card of an encoder package."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..progress import Progress

HELP = "check an encoder package and print its card"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's options."""
    parser.add_argument(
        "directory",
        metavar="DIR",
        type=Path,
        nargs="?",
        help="folder or zip of the package (default: the shipped encoder)",
    )


def run(arguments: argparse.Namespace, _progress: Progress) -> dict[str, Any]:
    """Load the package and return its card."""
    from ..encoders.card import summarise
    from ..encoders.catalog import load_encoder

    package = load_encoder(arguments.directory)
    return {"card": dict(package.card), "sha256": package.sha256, "summary": summarise(package)}


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return the card as a person reads it."""
    return str(result["summary"])
