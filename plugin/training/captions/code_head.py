"""Codes of another length for a trained text ↔ image system.

The hash layer stands on the finished embedding, so that a system has one embedding and as many
code lengths as layers are trained for it: by the losses that the system itself has for codes, on
everything else as it is. What a run of its own at that length would give the embedding, and so the
code, is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import lightning.pytorch as pl
import torch

from ...engine.errors import UsageError
from ..data.captioned_images import CaptionedImages
from ..running.checkpoint_facts import Facts
from ..running.fitting import fit
from ..running.run_folder import CHECKPOINT, check_output
from ..systems.caption_system import CaptionSystem
from .build import system_in, vocabulary_in
from .recipe import CaptionRecipe, caption_recipe
from .run import caption_batches, caption_facts

#: Losses on codes, by their names in the systems' recipes.
CODE_LOSSES = frozenset({"code_contrast", "quantisation", "balance", "tree_hash"})
_HEAD = "hash_head."
#: Views kept of each image where the system's own training kept none.
_VIEWS = 2


def train_code(
    trained: Path,
    bits: int,
    images: CaptionedImages,
    output: Path,
    *,
    expected: str | None = None,
    epochs: int | None = None,
    resume: bool = False,
    callbacks: Sequence[pl.Callback] = (),
    cache: Path | None = None,
) -> Path:
    """Train the hash layer of another code length and return the checkpoint of the whole system.

    Args:
        trained: checkpoint of the system.
        bits: K, a multiple of 8.
        images: what the system was trained on.
        output: where the checkpoint and the logs go.
        expected: name of the system that it has to be.
        epochs: instead of the system's own.
        resume: go on from the folder's checkpoint.
        callbacks: further ones of the caller's.
        cache: see ``train_captions``; with the system's, its kept views serve again.

    Raises:
        UsageError: if the folder holds a run and ``resume`` is not set, or the other way round,
            or the system is another, was trained on other images or has no losses on codes.
        RecipeError: for a code length that cannot be.
        KeyboardInterrupt: when interrupted; finished epochs are kept.
    """
    content = torch.load(trained, weights_only=True, map_location="cpu")
    facts = content[Facts.KEY]
    if expected not in (None, facts["system"]):
        raise UsageError(
            f"{trained} holds {facts['system']}, not {expected}", hint="Name the system it holds."
        )
    if list(images.names) != list(facts["images"]["names"]):
        raise UsageError(
            f"{trained} was trained on other images than {images.name}'s",
            hint="Name the benchmark that it was trained on.",
        )
    check_output(output, resume=resume)
    recipe = _recipe(caption_recipe(facts["recipe"], trained.name), bits, epochs)
    pl.seed_everything(recipe.seed, verbose=False)
    system = system_in(facts, recipe)
    only_the_head(system, content["state_dict"])
    words = vocabulary_in(facts)
    batches = caption_batches(recipe, system, images, words, cache or output / "cache")
    new = caption_facts(recipe, system, images, words, None)
    # towers: those of the system; head_of: what this is a head of
    new |= {"towers": facts["towers"], "head_of": str(trained)}
    fit(
        system,
        batches,
        output,
        epochs=recipe.epochs,
        facts=new,
        callbacks=callbacks,
        resume=resume,
    )
    return output / CHECKPOINT


def only_the_head(system: CaptionSystem, state: dict[str, torch.Tensor]) -> None:
    """Load all but the hash layer, in place, and leave nothing else to be trained.

    Args:
        system: as built, with a new hash layer; it is left in eval mode.
        state: the trained system's, with a hash layer of any length.

    Raises:
        UsageError: if no loss on codes is in use.
    """
    own = {name: value for name, value in system.state_dict().items() if name.startswith(_HEAD)}
    rest = {name: value for name, value in state.items() if not name.startswith(_HEAD)}
    system.load_state_dict({**rest, **own})
    used = {name: weight for name, weight in system.weights.items() if name in CODE_LOSSES}
    if not any(used.values()):
        raise UsageError(
            "The system was trained without losses on codes", hint="Train it with some of them."
        )
    system.weights = dict.fromkeys(system.weights, 0.0) | used
    system.requires_grad_(False)
    for name, parameter in system.named_parameters():
        parameter.requires_grad_(name.startswith(_HEAD) or name == "log_code_temperature")
    system.eval()  # no dropout, statistics as they are


def _recipe(own: CaptionRecipe, bits: int, epochs: int | None) -> CaptionRecipe:
    """Return the recipe of the head's training: nothing below the head moves."""
    changed = replace(
        own,
        bits=bits,
        epochs=epochs or own.epochs,
        frozen_backbone=True,
        cached_views=own.cached_views or _VIEWS,
        patience=0,
    )
    return caption_recipe(changed.as_dict(), own.name)
