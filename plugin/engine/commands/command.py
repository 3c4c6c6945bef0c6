"""What a command of ``scene-search`` is: a module with these functions."""

from __future__ import annotations

import argparse
from typing import Any, Protocol

from ..progress import Progress


class Command(Protocol):
    """A module in this package; its name is the command's.

    Heavy imports belong inside ``run``: every start of ``scene-search`` imports every command
    to build the help.
    """

    HELP: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's options."""

    def run(self, arguments: argparse.Namespace, progress: Progress) -> dict[str, Any] | int:
        """Do the work.

        Returns:
            The object that ``--json`` prints, or an exit status where nothing is printed.

        Raises:
            SceneSearchError: with the reason of the failure.
        """

    def problem(self, result: dict[str, Any]) -> str | None:
        """Return why the command counts as failed though it has a result, or None."""

    def text(self, result: dict[str, Any]) -> str:
        """Return the result as a person reads it."""
