"""Runs ``scene-search`` in a process of its own, as a user would."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any


class CommandFailed(RuntimeError):  # noqa: N818 (it reads as what happened)
    """A command of ``scene-search`` failed; the message is the command's own."""


def scene_search(*arguments: object, show: bool = False) -> Any:
    """Return the JSON object that a command prints.

    Args:
        arguments: of ``scene-search``.
        show: let its progress through to this process's standard error.

    Raises:
        CommandFailed: if it does not end well.
    """
    command = [sys.executable, "-m", "scene_search.engine.cli", *map(str, arguments), "--json"]
    errors = None if show else subprocess.PIPE
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, text=True, check=False)
    if done.returncode:
        reason = [line for line in (done.stderr or "").splitlines() if line.strip()]
        last = reason[-1] if reason else f"status {done.returncode}"
        raise CommandFailed(f"scene-search {arguments[0]}: {last}")
    return json.loads(done.stdout)
