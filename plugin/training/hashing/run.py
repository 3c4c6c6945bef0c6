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

from ...engine.errors import UsageError
from ..data.labelled_images import ImageBatches, ImageSource
from ..running.checkpoint_facts import Facts
from ..running.fitting import fit
from ..running.machine import machine
from ..running.run_folder import CHECKPOINT, check_output, save_tensors
from ..systems.multilevel_hashing import MultilevelHashing, MultilevelWeights
from ..systems.optimisation import Schedule
from ..towers.backbones import backbone_folder
from ..towers.image_tower import ImageTower
from .heads import finish_heads
from .recipe import HashingRecipe

_FINISHED = "heads_finished"
SYSTEM = "multilevel-hashing"


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
    fit(
        model,
        batches,
        output,
        epochs=recipe.epochs,
        facts=_facts(recipe, facts, tower),
        callbacks=callbacks,
        resume=resume,
        progress_bar=progress_bar,
    )
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
    if checkpoint[Facts.KEY].get(_FINISHED):
        return
    started = time.monotonic()
    finish_heads(model, pixels, labels, recipe.image.input_size, recipe.seed, _tell)
    checkpoint["state_dict"] = model.state_dict()
    checkpoint[Facts.KEY] |= {
        _FINISHED: True,
        "seconds": checkpoint[Facts.KEY]["seconds"] + time.monotonic() - started,
    }
    save_tensors(checkpoint, file)


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _check_same_run(checkpoint: Path, recipe: HashingRecipe, images: Mapping[str, Any]) -> None:
    """Refuse to go on with other images, code lengths or epochs than the run began with.

    Order and learning rates are laid out over all steps of a run. Checkpoints of before there was
    a digest of the images are taken as they are.
    """
    known = torch.load(checkpoint, weights_only=True, map_location="cpu")[Facts.KEY]
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
