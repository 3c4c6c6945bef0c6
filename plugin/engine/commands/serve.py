"""``scene-search serve``: answer JSON-RPC requests on standard input and output."""

from __future__ import annotations

import argparse
from typing import Any

from ..progress import Progress

HELP = "answer JSON-RPC requests on standard input and output"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no options: what to do is in the requests."""


def run(_arguments: argparse.Namespace, _progress: Progress) -> int:
    """Serve until standard input ends, and the process with it."""
    from ..server import serve

    serve()


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(_result: dict[str, Any]) -> str:
    """Return nothing: standard output belongs to the protocol."""
    return ""
