"""What a checkpoint says about its run, beside the weights."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, ClassVar

import lightning.pytorch as pl


class Facts(pl.Callback):
    """Writes what export needs to know, and the seconds trained in all pieces, into checkpoints.

    Args:
        facts: plain types only, so that a checkpoint loads with ``weights_only``.
    """

    #: Key of the facts in a checkpoint.
    KEY: ClassVar[str] = "scene_search"

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = dict(facts)
        self.before = 0.0
        self.started = time.monotonic()

    def on_save_checkpoint(
        self, _trainer: pl.Trainer, _module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Add the facts."""
        seconds = self.before + time.monotonic() - self.started
        checkpoint[self.KEY] = {**self.facts, "seconds": seconds}

    def on_load_checkpoint(
        self, _trainer: pl.Trainer, _module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        """Count on from the seconds trained before."""
        self.before = float(checkpoint[self.KEY]["seconds"])
