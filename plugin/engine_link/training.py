"""Runs the training part of the engine's environment in a process of its own, and follows it.

It is not the engine that trains: a run takes hours, uses all cores, and must neither block
searches nor take the engine with it when memory runs out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import training_needs
from ..strict_json import decode
from .environment import engine_command
from .errors import EngineLinkError
from .exit_reason import describe_exit
from .process_lines import run_lines

#: Lines of the training part: its progress, as JSON, and the reason why it failed.
_PROGRESS = "progress: "
_ERROR = "scene-search: error: "
_TAIL_LINES = 30


class TrainingNotInstalledError(EngineLinkError):
    """The engine's environment lacks packages that only training needs.

    Args:
        python: the environment's interpreter.
        missing: names of the packages.
    """

    def __init__(self, python: Path, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        self.command = training_needs.install_command(python)
        super().__init__(
            f"Training needs packages that the engine does not have: {', '.join(missing)}",
            hint=f"Run this once in a terminal, then try again: {self.command}",
        )


class TrainingError(EngineLinkError):
    """Training failed; what was trained in finished epochs is kept.

    Args:
        message: the reason, with what to do.
        log_tail: the last lines it printed.
    """

    def __init__(self, message: str, log_tail: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.log_tail = log_tail


@dataclass(frozen=True)
class Listener:
    """Who follows a run; all are called in the thread that runs it.

    Attributes:
        progress: told the object of each ``ProgressReport``.
        line: told every other line.
        is_cancelled: polled every 100 ms.
    """

    progress: Callable[[dict[str, Any]], None]
    line: Callable[[str], None]
    is_cancelled: Callable[[], bool]


def check_installed(python: Path, env: dict[str, str], is_cancelled: Callable[[], bool]) -> None:
    """Check that an interpreter has the packages that training needs; takes a moment.

    Raises:
        TrainingNotInstalledError: it has not, or a copy without training has been installed.
        EngineCancelledError: if cancelled.
    """
    if not training_needs.REQUIREMENTS.is_file():
        raise TrainingError(
            "This copy of the plugin cannot train", hint="Install Scene Search again"
        )
    lines: list[str] = []
    command = [str(python), "-I", "-X", "utf8", "-c", training_needs.PROBE]
    status = run_lines([*command, *training_needs.packages()], env, lines.append, is_cancelled)
    found = [line.removeprefix("missing:") for line in lines if line.startswith("missing:")]
    if status != 0 or not found:
        raise TrainingError(
            "The engine's Python does not run",
            "\n".join(lines),
            hint="Set the engine up again in Scene Search's options",
        )
    if found[0]:
        raise TrainingNotInstalledError(python, found[0].split(","))


def run_training(
    python: Path, env: dict[str, str], arguments: Sequence[str], listener: Listener
) -> dict[str, Any]:
    """Run a command of the training part and return the object it prints.

    Args:
        python: the engine's interpreter.
        env: its environment variables.
        arguments: of the training part's command line, without ``--json``.
        listener: follows it.

    Raises:
        EngineCancelledError: if cancelled; the process is gone then, finished epochs are kept.
        TrainingError: it failed.
    """
    tail: deque[str] = deque(maxlen=_TAIL_LINES)
    reasons: list[str] = []
    results: list[str] = []

    def follow(line: str) -> None:
        if line.startswith(_PROGRESS):
            listener.progress(decode(line.removeprefix(_PROGRESS)))
            return
        if line.startswith(_ERROR):
            reasons.append(line.removeprefix(_ERROR))
        elif line.startswith("{"):
            results.append(line)
        tail.append(line)
        listener.line(line)

    command = engine_command(python, "--training", *arguments, "--json", "--tethered")
    variables = {**training_needs.VARIABLES, **env}
    status = run_lines(command, variables, follow, listener.is_cancelled, tethered=True)
    if status == 0 and results:
        result = decode(results[-1])
        return result if isinstance(result, dict) else {"value": result}
    if reasons:
        raise TrainingError(reasons[-1], "\n".join(tail))
    raise TrainingError(
        f"Training stopped ({describe_exit(status).detail})",
        "\n".join(tail),
        hint="Run it again to go on from the last finished epoch; if memory ran out, close other "
        "programs first",
    )
