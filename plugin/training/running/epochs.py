"""Makes an epoch the same whether a run came to it at once or was stopped and resumed."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
import torch

from ..data.epoch_batches import EpochBatches


class EpochSeed(pl.Callback):
    """Seeds order by the epoch and augmentation and dropout by the step, to resume exactly.

    Args:
        batches: told the epoch; their seed is the run's.
    """

    def __init__(self, batches: EpochBatches[Any]) -> None:
        self.batches = batches

    def on_train_epoch_start(self, trainer: pl.Trainer, *_: pl.LightningModule) -> None:
        """Choose the epoch's order."""
        self.batches.set_epoch(trainer.current_epoch)

    def on_train_batch_start(self, trainer: pl.Trainer, *_: object) -> None:
        """Choose the step's random numbers: a resumed loader has drawn others before it."""
        torch.manual_seed(self.batches.seed * 1_000_003 + trainer.global_step)
