"""Trains a text ↔ image system and leaves checkpoints that resume and export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint
from tokenizers import Tokenizer

from ...engine.errors import UsageError
from ..data.caption_batches import CaptionBatches, distinct_sentences
from ..data.captioned_images import CaptionedImages
from ..data.frozen_texts import FrozenTexts
from ..data.frozen_views import FrozenViews, frozen_views
from ..data.pixels import cached_pixels
from ..data.visual_graph import Visual, visual_graph
from ..running.checkpoint_facts import Facts
from ..running.fitting import fit
from ..running.machine import machine
from ..running.run_folder import CHECKPOINT, check_output
from ..systems.caption_system import CaptionSystem
from ..towers.backbones import backbone_folder
from ..towers.vocabulary import PrunedVocabulary, prune_vocabulary
from .build import build_caption_system, vocabulary_in
from .hub_learning import learn_hubs
from .recipe import CaptionRecipe
from .watch import HeldOutCaptions

BEST = "best.ckpt"
#: What is watched on the validation split.
_WATCHED = "val/mr"


def train_captions(
    recipe: CaptionRecipe,
    images: CaptionedImages,
    held_out: CaptionedImages | None,
    data: Path,
    output: Path,
    *,
    towers: Path | None = None,
    resume: bool = False,
    callbacks: Sequence[pl.Callback] = (),
    cache: Path | None = None,
) -> Path:
    """Train the system and return its checkpoint: the best on ``held_out``, else the last.

    Args:
        recipe: what to do.
        images: what to learn from.
        held_out: the validation split, watched after every epoch; None watches nothing.
        data: the data folder, where the backbones may lie.
        output: where the checkpoints and the logs go.
        towers: checkpoint of a system whose towers this one begins with.
        resume: go on from the folder's checkpoint.
        callbacks: further ones of the caller's.
        cache: folder of decoded pixels and kept views, shared by runs; ``output / "cache"`` if
            left out.

    Raises:
        UsageError: if the folder holds a run and ``resume`` is not set, or the other way round,
            or the towers do not fit.
        KeyboardInterrupt: when interrupted; finished epochs are kept.
    """
    last, best = output / CHECKPOINT, output / BEST
    check_output(output, resume=resume)
    cache = cache or output / "cache"
    pl.seed_everything(recipe.seed, verbose=False)
    text_folder = Path(backbone_folder(recipe.text.backbone, data))
    words = prune_vocabulary(
        text_folder / "tokenizer.json",
        distinct_sentences(images),
        recipe.text.frequent_word_pieces,
    )
    if towers is not None:
        words = vocabulary_of(towers)
    model = build_caption_system(
        recipe,
        backbone_folder(recipe.image.backbone, data),
        str(text_folder),
        words,
        images.classes,
    )
    if towers is not None:
        load_towers(model, towers)
    batches = caption_batches(recipe, model, images, words, cache)
    facts = caption_facts(recipe, model, images, words, towers)
    keepers: list[pl.Callback] = []
    if held_out is not None:
        pixels = cached_pixels(held_out.paths, recipe.cache_size, cache)
        keepers = [
            HeldOutCaptions(held_out, pixels, output / "held_out.jsonl", _WATCHED),
            ModelCheckpoint(
                output,
                filename="best",
                monitor=_WATCHED,
                mode="max",
                enable_version_counter=False,
            ),
        ]
        if recipe.patience:
            keepers.insert(1, EarlyStopping(_WATCHED, patience=recipe.patience, mode="max"))
    model.train()  # from_pretrained leaves its modules, batch normalisation too, in eval mode
    fit(
        model,
        batches,
        output,
        epochs=recipe.epochs,
        facts=facts,
        callbacks=[*callbacks, *keepers],
        resume=resume,
    )
    trained = best if held_out is not None and best.is_file() else last
    learn_hubs(trained, images, cached_pixels(images.paths, recipe.cache_size, cache), model.device)
    return trained


def load_towers(model: CaptionSystem, checkpoint: Path) -> None:
    """Give a system the towers and, where it fits, the hash head of another one.

    Raises:
        UsageError: if its towers are others.
    """
    state = torch.load(checkpoint, weights_only=True, map_location="cpu")["state_dict"]
    own = model.state_dict()
    wanted = {name for name in own if name.startswith(("image_tower.", "text_tower."))}
    if odd := [n for n in wanted if n not in state or state[n].shape != own[n].shape]:
        raise UsageError(
            f"The towers in {checkpoint} are others: {sorted(odd)[0]} differs",
            hint="Train them with the same backbones and embedding size.",
        )
    head = {n for n in own if n.startswith("hash_head.")}
    if all(n in state and state[n].shape == own[n].shape for n in head):
        wanted |= head
    model.load_state_dict({**own, **{name: state[name] for name in wanted}})


def vocabulary_of(checkpoint: Path) -> PrunedVocabulary:
    """Return the vocabulary that a checkpoint's text tower reads."""
    return vocabulary_in(torch.load(checkpoint, weights_only=True, map_location="cpu")[Facts.KEY])


def caption_batches(
    recipe: CaptionRecipe,
    model: CaptionSystem,
    images: CaptionedImages,
    words: PrunedVocabulary,
    cache: Path,
) -> CaptionBatches:
    """Return the batches that a system learns from, frozen parts computed; it is left in eval mode.

    Args:
        recipe: sizes and how many views are kept.
        model: the system.
        images: what to learn from.
        words: the vocabulary.
        cache: folder of decoded pixels and kept views.
    """
    pixels = cached_pixels(images.paths, recipe.cache_size, cache)
    tokenizer: Tokenizer = words.load(recipe.text.max_length)
    model.eval()
    texts = None
    if recipe.text.frozen_layers:
        texts = FrozenTexts(model.text_tower, tokenizer, distinct_sentences(images))
    views: FrozenViews | None = None
    if recipe.cached_views:
        views = kept_views(recipe, model, images, cache)
        model.eval()  # exporting the graph that sees them leaves it in training mode
    return CaptionBatches(
        images,
        pixels,
        tokenizer,
        recipe.batch_size,
        recipe.seed,
        views=views,
        texts=texts,
        extras=model.extras(images),
    )


def kept_views(
    recipe: CaptionRecipe, model: CaptionSystem, images: CaptionedImages, cache: Path
) -> FrozenViews:
    """Return what the frozen backbone makes of the images, computed now or kept from before."""
    visual: Visual = model.visual
    if model.device.type == "cpu":
        visual = visual_graph(model, visual, recipe.image_size)

    def see(batch: torch.Tensor, branch: int) -> tuple[torch.Tensor, ...]:
        return visual(model.normalised(model.augment(batch.to(model.device), branch)))

    # the weights by their sums: cheap, and other weights have others
    weights = sum(p.double().abs().sum().item() for p in model.image_tower.backbone.parameters())
    with torch.no_grad():
        seen = model.visual(torch.zeros(1, 3, recipe.image_size, recipe.image_size))
    shapes = [tuple(tensor.shape) for tensor in seen]  # variants of a system may share views
    kind = f"{recipe.system}|{shapes}|{recipe.image_size}|{recipe.smallest_crop}"
    return frozen_views(
        see,
        cached_pixels(images.paths, recipe.cache_size, cache),
        views=recipe.cached_views,
        branches=model.branches,
        seed=0,  # views are data: runs of several seeds share them
        key=f"{kind}|{recipe.cache_size}|{weights!r}|{images.names}",
        cache=cache,
        told=lambda done, total: (
            print(f"views: {done} of {total}", flush=True) if done % 4096 < 64 else None
        ),
    )


def caption_facts(
    recipe: CaptionRecipe,
    model: CaptionSystem,
    images: CaptionedImages,
    words: PrunedVocabulary,
    towers: Path | None,
) -> dict[str, Any]:
    """Return what a checkpoint says of its run."""
    return {
        "system": recipe.system,
        "recipe": recipe.as_dict(),
        "image_backbone": model.image_tower.backbone.config.to_dict(),
        "text_backbone": model.text_tower.backbone.config.to_dict(),
        "vocabulary": {
            "tokenizer": json.dumps(words.tokenizer, ensure_ascii=False),
            "kept_ids": list(words.kept_ids),
        },
        "torch": torch.__version__.split("+")[0],
        "machine": machine(),
        "towers": str(towers) if towers else "",
        "images": {
            "name": images.name,
            "folder": str(images.folder.resolve()),
            "names": list(images.names),
            "classes": list(images.classes),
            "sentences": distinct_sentences(images)[:512],
        },
    }
