"""The folder of a training run, which is begun once and gone on with on request."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from ...engine.errors import UsageError

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


def save_tensors(content: Mapping[str, Any], file: Path) -> None:
    """Write tensors and plain values to a file; a stop on the way leaves what was there."""
    partial = file.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(file)
