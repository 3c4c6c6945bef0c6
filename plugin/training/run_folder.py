"""The folder of a training run, which is begun once and gone on with on request."""

from __future__ import annotations

from pathlib import Path

from ..engine.errors import UsageError

#: What a run goes on from.
CHECKPOINT = "last.ckpt"


def check_output(output: Path, *, resume: bool) -> None:
    """Make the folder of a run.

    Raises:
        UsageError: if it holds a run and ``resume`` is not set, or the other way round.
    """
    last = output / CHECKPOINT
    if last.is_file() and not resume:
        raise UsageError(
            f"{output} already holds a run", hint="Go on with --resume or choose another folder."
        )
    if resume and not last.is_file():
        raise UsageError(
            f"{output} holds no checkpoint to go on from", hint="Leave --resume out to begin."
        )
    output.mkdir(parents=True, exist_ok=True)
