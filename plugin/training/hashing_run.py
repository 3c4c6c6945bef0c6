"""Trains an image hashing system and leaves a checkpoint that resumes and exports."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import lightning.pytorch as pl
import numpy as np
import numpy.typing as npt
import torch
from lightning.pytorch.callbacks import ModelCheckpoint
from torch.utils.data import DataLoader

from ..engine.errors import UsageError
from .data.labelled_images import ImageBatch, ImageBatches, ImageSource
from .default_encoder import backbone_folder
from .epochs import EpochSeed
from .hashing_heads import finish_heads
from .hashing_recipe import HashingRecipe
from .logs import loggers
from .machine import machine
from .run_folder import CHECKPOINT, check_output
from .systems.multilevel_hashing import MultilevelHashing, MultilevelWeights
from .systems.optimisation import Schedule
from .towers.image_tower import ImageTower

#: Key of our facts in a checkpoint: plain types only, so that it loads with ``weights_only``.
FACTS = "scene_search"
_FINISHED = "heads_finished"
SYSTEM = "multilevel-hashing"


class _Facts(pl.Callback):
    """Writes what export needs to know, and the seconds trained in all pieces, into checkpoints."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = dict(facts)
        self.before = 0.0
        self.started = time.monotonic()

    def on_save_checkpoint(
        self, _trainer: pl.Trainer, _module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        seconds = self.before + time.monotonic() - self.started
        checkpoint[FACTS] = {**self.facts, "seconds": seconds}

    def on_load_checkpoint(
        self, _trainer: pl.Trainer, _module: pl.LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        self.before = float(checkpoint[FACTS]["seconds"])


def build_system(
    recipe: HashingRecipe, tower: ImageTower, kind: type[MultilevelHashing] = MultilevelHashing
) -> MultilevelHashing:
    """Return the system of a recipe around an image tower."""
    return kind(
        tower,
        embedding_size=recipe.embedding_size,
        bits=recipe.bits,
        image_size=recipe.image_size,
        mean=recipe.image.mean,
        std=recipe.image.std,
        smallest_crop=recipe.smallest_crop,
        weights=MultilevelWeights(**recipe.weights),
        schedule=Schedule(**cast(Mapping[str, Any], recipe.schedule)),
    )


def train_hashing(
    recipe: HashingRecipe,
    images: ImageSource,
    data: Path,
    output: Path,
    *,
    resume: bool = False,
    callbacks: Sequence[pl.Callback] = (),
    progress_bar: bool = True,
) -> Path:
    """Train the system and return its checkpoint.

    Args:
        recipe: what to do.
        images: what to learn from.
        data: the data folder, where the backbone may lie.
        output: where the checkpoint, the logs and decoded pixels go.
        resume: go on from the folder's checkpoint.
        callbacks: further ones of the caller's.
        progress_bar: show Lightning's on standard output.

    Raises:
        UsageError: if the folder holds a run and ``resume`` is not set, or the other way round.
        KeyboardInterrupt: when interrupted; finished epochs are kept.
    """
    checkpoint = output / CHECKPOINT
    check_output(output, resume=resume)
    pl.seed_everything(recipe.seed, verbose=False)
    tower = ImageTower(
        backbone_folder(recipe.image.backbone, data),
        recipe.embedding_size,
        frozen_layers=recipe.frozen_layers,
    )
    model = build_system(recipe, tower)
    model.train()  # from_pretrained leaves its modules, batch normalisation too, in eval mode
    pixels, labels = images.read(recipe.cache_size, output / "cache")
    facts = images.facts(pixels, output)
    if resume:
        _check_same_run(checkpoint, recipe, facts)
    batches = ImageBatches(pixels, labels, recipe.batch_size, recipe.seed)
    loader: DataLoader[ImageBatch] = DataLoader(batches, batch_size=None)
    trainer = pl.Trainer(
        max_epochs=recipe.epochs,
        precision="bf16-mixed",
        accelerator="auto",
        devices=1,
        logger=loggers(output),
        log_every_n_steps=min(10, len(batches)),
        gradient_clip_val=5.0,
        enable_model_summary=False,
        enable_progress_bar=progress_bar,
        callbacks=[
            EpochSeed(batches, recipe.seed),
            _Facts(_facts(recipe, facts, tower)),
            ModelCheckpoint(output, filename="last", save_top_k=1, enable_version_counter=False),
            *callbacks,
        ],
    )
    trainer.fit(model, loader, ckpt_path=str(checkpoint) if resume else None, weights_only=True)
    if trainer.interrupted:
        raise KeyboardInterrupt
    _finish(model, pixels, labels, recipe, checkpoint)
    return checkpoint


def _finish(
    model: MultilevelHashing,
    pixels: npt.NDArray[np.uint8],
    labels: Sequence[int],
    recipe: HashingRecipe,
    file: Path,
) -> None:
    """Train the heads on the finished backbone and put them into its checkpoint, once."""
    checkpoint = torch.load(file, weights_only=True, map_location="cpu")
    if checkpoint[FACTS].get(_FINISHED):
        return
    started = time.monotonic()
    finish_heads(model, pixels, labels, recipe.image.input_size, recipe.seed, _tell)
    checkpoint["state_dict"] = model.state_dict()
    checkpoint[FACTS] |= {
        _FINISHED: True,
        "seconds": checkpoint[FACTS]["seconds"] + time.monotonic() - started,
    }
    partial = file.with_suffix(".partial")
    torch.save(checkpoint, partial)
    partial.replace(file)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check_same_run(checkpoint: Path, recipe: HashingRecipe, images: Mapping[str, Any]) -> None:
    """Refuse to go on with other images, code lengths or epochs than the run began with.

    Order and learning rates are laid out over all steps of a run. Checkpoints of before there was
    a digest of the images are taken as they are.
    """
    known = torch.load(checkpoint, weights_only=True, map_location="cpu")[FACTS]
    digest = known["images"].get("digest")
    if digest is not None and digest != images.get("digest"):
        raise UsageError(
            f"{known['images']['name']} has other tiles than when this run began",
            hint="Begin a new run in another folder.",
        )
    now = recipe.as_dict()
    for name in ("epochs", "bits", "batch_size"):
        if known["recipe"][name] != now[name]:
            raise UsageError(
                f"The run in {checkpoint.parent} began with {name} {known['recipe'][name]}, "
                f"not {now[name]}",
                hint="Give the same, or begin a new run in another folder.",
            )


def _facts(recipe: HashingRecipe, images: Mapping[str, Any], tower: ImageTower) -> dict[str, Any]:
    return {
        "system": SYSTEM,
        "recipe": recipe.as_dict(),
        "backbone": tower.backbone.config.to_dict(),
        "torch": torch.__version__.split("+")[0],
        "machine": machine(),
        "images": dict(images),
    }
