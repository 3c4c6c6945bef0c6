"""Trains a text ↔ image system with one command: its towers first, where the recipe asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..data.captioned_images import CaptionedImages, EmptySplitError, read_captioned
from ..recipe import RecipeError
from ..running.run_folder import CHECKPOINT
from .code_head import train_code
from .recipe import CaptionRecipe, read_caption_recipe, shipped_caption_recipe
from .run import train_captions

#: Folder of the first stage below the run's.
TOWERS = "towers"


def train_stages(
    system: str,
    config: Path | None,
    benchmark: str,
    data: Path,
    output: Path,
    *,
    bits: int | None = None,
    epochs: int | None = None,
    towers: Path | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train a system and return the JSON object of the command.

    Args:
        system: its name.
        config: recipe; if None the shipped one of the system and the benchmark, or of the system.
            The recipe of the towers is looked for beside it, then among the shipped ones.
        benchmark: a caption benchmark, or a folder with images and captions.
        data: the data folder.
        output: of the run.
        bits: instead of the recipe's.
        epochs: likewise, those of the system's own stage.
        towers: checkpoint to begin with instead of a first stage.
        resume: go on from the checkpoints in the output folder.

    Raises:
        RecipeError: if the recipe is of another system.
        UsageError: see ``train_captions``.
        TrainingDataError: if the images or captions are missing.
    """
    file = config or shipped_caption_recipe(system, benchmark)
    recipe = read_caption_recipe(file, bits=bits, epochs=epochs)
    if recipe.system != system:
        raise RecipeError(f"{file} is a recipe of {recipe.system}, not of {system}")
    images = read_captioned(benchmark, data)
    held_out = _held_out(benchmark, data)
    cache = output / "cache"
    if recipe.towers and towers is None:
        beside = file.with_name(f"{recipe.towers}.yaml")
        own = config is not None and beside.is_file()
        first = read_caption_recipe(
            beside if own else shipped_caption_recipe(recipe.towers, benchmark), bits=recipe.bits
        )
        towers = _first_stage(first, images, held_out, data, output, cache, resume)
    # a run that was stopped in its first stage has no checkpoint of the second yet
    begun = (output / CHECKPOINT).is_file()
    checkpoint = train_captions(
        recipe,
        images,
        held_out,
        data,
        output,
        towers=towers if recipe.towers else None,
        resume=resume and (begun or not (output / TOWERS).is_dir()),
        cache=cache,
    )
    return {
        "checkpoint": str(checkpoint),
        "system": system,
        "bits": [recipe.bits],
        "epochs": recipe.epochs,
        "images": len(images.names),
        "held_out": 0 if held_out is None else len(held_out.names),
        "classes": len(images.classes),
        "towers": str(towers or ""),
    }


def train_another_code(
    system: str,
    trained: Path,
    benchmark: str,
    data: Path,
    output: Path,
    *,
    bits: int,
    epochs: int | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Train a system's codes of another length and return the JSON object of the command.

    Args:
        system: the name of the system that ``trained`` is expected to be.
        trained: its checkpoint.
        benchmark: what it was trained on.
        data: the data folder.
        output: of the run.
        bits: the code length.
        epochs: instead of the system's own.
        resume: go on from the checkpoint in the output folder.

    Raises:
        UsageError: see ``train_code``.
        TrainingDataError: if the images or captions are missing.
    """
    images = read_captioned(benchmark, data)
    checkpoint = train_code(
        trained,
        bits,
        images,
        output,
        expected=system,
        epochs=epochs,
        resume=resume,
        cache=trained.parent / "cache",  # with the views that the system's own training kept
    )
    return {
        "checkpoint": str(checkpoint),
        "system": system,
        "bits": [bits],
        "images": len(images.names),
        "code_of": str(trained),
    }


def _first_stage(
    recipe: CaptionRecipe,
    images: CaptionedImages,
    held_out: CaptionedImages | None,
    data: Path,
    output: Path,
    cache: Path,
    resume: bool,
) -> Path:
    """Train towers by their recipe, or go on with them, and return a checkpoint."""
    folder = output / TOWERS
    begun = (folder / CHECKPOINT).is_file()
    # one that has seen all its epochs only returns its checkpoint
    return train_captions(
        recipe, images, held_out, data, folder, resume=resume and begun, cache=cache
    )


def _held_out(benchmark: str, data: Path) -> CaptionedImages | None:
    """Return the validation split, None where the caption file names none."""
    try:
        return read_captioned(benchmark, data, "val")
    except EmptySplitError:
        return None
