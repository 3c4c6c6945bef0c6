"""Runs Lightning's trainer the way that every system here is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader

from ..data.epoch_batches import EpochBatches
from .checkpoint_facts import Facts
from .epochs import EpochSeed
from .logs import loggers
from .run_folder import CHECKPOINT


def fit(
    model: pl.LightningModule,
    batches: EpochBatches[Any],
    output: Path,
    *,
    epochs: int,
    facts: Mapping[str, Any] | None = None,
    callbacks: Sequence[pl.Callback] = (),
    resume: bool = False,
    progress_bar: bool = True,
) -> None:
    """Train a model as it stands, in the mode that it is in; its last epoch is kept.

    In bfloat16 where autocast allows it, on a graphics card where there is one.

    Args:
        model: gives its own optimizer and schedule.
        batches: what it learns from; augmentation and dropout are drawn by their seed, too.
        output: where checkpoints and logs go.
        epochs: all of them, those before a stop included.
        facts: written into every checkpoint; none if left out.
        callbacks: called before the last epoch's checkpoint is written.
        resume: go on from the folder's checkpoint.
        progress_bar: whether to show one.

    Raises:
        KeyboardInterrupt: when interrupted; finished epochs are kept.
    """
    loader: DataLoader[Any] = DataLoader(batches, batch_size=None)
    trainer = pl.Trainer(
        max_epochs=epochs,
        precision="bf16-mixed",
        accelerator="auto",
        devices=1,
        logger=loggers(output),
        log_every_n_steps=min(10, len(batches)),
        gradient_clip_val=5.0,
        enable_model_summary=False,
        enable_progress_bar=progress_bar,
        callbacks=[
            EpochSeed(batches),
            *([Facts(facts)] if facts is not None else []),
            *callbacks,
            ModelCheckpoint(output, filename="last", save_top_k=1, enable_version_counter=False),
        ],
    )
    checkpoint = str(output / CHECKPOINT) if resume else None
    trainer.fit(model, loader, ckpt_path=checkpoint, weights_only=True)
    if trainer.interrupted:
        raise KeyboardInterrupt
