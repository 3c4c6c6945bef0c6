"""``train multilevel-hashing``: from the command line's options to a run."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as pl

from ...engine.errors import UsageError
from ...engine.progress import Progress
from ..data.indexed_tiles import MOST_TILES, choose_tiles
from ..data.labelled_images import ImageSource, read_images
from ..recipe import RECIPES
from ..running.progress_lines import TrainingProgress, line_progress
from .recipe import HashingRecipe, with_options
from .run import train_hashing


def train_from(arguments: argparse.Namespace) -> dict[str, Any]:
    """Train and return the JSON object of the command.

    Raises:
        UsageError: if options do not fit each other, or there is no backbone to begin with.
        TrainingDataError: if there are too few images.
    """
    recipe = with_options(
        arguments.config or RECIPES / f"{arguments.system}.yaml",
        bits=arguments.bits,
        epochs=arguments.epochs,
        backbone=_backbone(arguments.backbone),
    )
    data = _data(arguments)
    progress = line_progress() if arguments.progress_lines else Progress()
    images = _images(arguments, data, recipe, progress)
    callbacks: Sequence[pl.Callback] = (
        [TrainingProgress(progress)] if arguments.progress_lines else []
    )
    checkpoint = train_hashing(
        recipe,
        images,
        data,
        arguments.output,
        resume=arguments.resume,
        callbacks=callbacks,
        progress_bar=not arguments.progress_lines,
    )
    return {
        "checkpoint": str(checkpoint),
        "system": arguments.system,
        "bits": list(recipe.bits),
        "epochs": recipe.epochs,
        "images": images.count,
        "classes": images.classes,
    }


def _images(
    arguments: argparse.Namespace, data: Path, recipe: HashingRecipe, progress: Progress
) -> ImageSource:
    if arguments.index is None:
        if arguments.tiles is not None:
            raise UsageError("--tiles is for an index", hint="Give --index, or leave it out.")
        return read_images(arguments.benchmark, data, labelled=not arguments.unlabelled)
    most = MOST_TILES if arguments.tiles is None else arguments.tiles
    return choose_tiles(arguments.index, most=most, seed=recipe.seed, progress=progress)


def _data(arguments: argparse.Namespace) -> Path:
    """Return the data folder, which tiles with a backbone of their own do without."""
    if arguments.data is not None:
        return Path(arguments.data).resolve()
    if arguments.backbone is None:
        raise UsageError(
            "There is no backbone to begin with",
            hint="Give the folder of a pretrained image model with --backbone (config.json and "
            "its weights, as transformers saves them), or the data folder with --data.",
        )
    if arguments.benchmark in ("ucmd", "aid"):
        raise UsageError(
            f"Where {arguments.benchmark} lies is unknown",
            hint="Give the data folder with --data, or set SCENE_SEARCH_DATA.",
        )
    return Path.cwd()


def _backbone(folder: Path | None) -> Path | None:
    """Check that a folder holds a model, before a network is asked for one of its name."""
    if folder is not None and not (folder / "config.json").is_file():
        raise UsageError(
            f"{folder} holds no pretrained image model",
            hint="Give a folder with config.json and model.safetensors, as transformers saves "
            "them and model sites offer them for download, such as MobileNetV2 or ViT.",
        )
    return folder
