"""Reads what ``scene-search train`` left."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError  # nosec B403 - an exception, nothing is unpickled
from typing import Any

import torch

from ...engine.errors import UsageError
from ..captions.systems import CAPTION_SYSTEMS
from ..hashing.run import SYSTEM as HASHING_SYSTEM
from ..running.checkpoint_facts import Facts

#: What can be exported.
SYSTEMS = (HASHING_SYSTEM, *CAPTION_SYSTEMS)


def load_checkpoint(file: Path) -> Mapping[str, Any]:
    """Return a checkpoint of ``scene-search train``; nothing in it is executed.

    Raises:
        UsageError: if it is none.
    """
    try:
        if not zipfile.is_zipfile(file):  # the format before zip fails in many ways
            raise EOFError(file)
        checkpoint: Mapping[str, Any] = torch.load(file, weights_only=True, map_location="cpu")
        if checkpoint[Facts.KEY]["system"] not in SYSTEMS:
            raise KeyError(checkpoint[Facts.KEY]["system"])
    except (OSError, KeyError, TypeError, RuntimeError, EOFError, UnpicklingError) as error:
        raise UsageError(
            f"{file} is no checkpoint of scene-search train",
            hint="Give the last.ckpt or best.ckpt that training wrote.",
        ) from error
    return checkpoint
