"""``scene-search doctor``: a report to paste into a bug."""

from __future__ import annotations

import argparse
from typing import Any

from ..progress import Progress

HELP = "report on the engine and this machine, to paste into a bug"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add no options."""


def run(_arguments: argparse.Namespace, _progress: Progress) -> dict[str, Any]:
    """Examine the engine."""
    from ..service.doctor import examine

    return examine()


def problem(_result: dict[str, Any]) -> str | None:
    """Return None: there is a result, or an error was raised."""
    return None


def text(result: dict[str, Any]) -> str:
    """Return the report."""
    from ..service.doctor import report

    return report(result)
