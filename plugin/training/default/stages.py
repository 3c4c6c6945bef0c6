"""Runs a recipe: builds the towers, trains stage after stage, leaves checkpoints that resume."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import lightning.pytorch as pl
import torch
from tokenizers import Tokenizer

from ..data.corpus import Corpus
from ..data.pixels import cached_pixels
from ..recipe import Recipe, RecipeError, Stage
from ..running.fitting import fit
from ..running.run_folder import CHECKPOINT, save_tensors
from ..systems.dual_hashing import DualHashing, LossWeights
from ..systems.optimisation import Schedule
from ..towers.backbones import backbone_folder
from ..towers.image_tower import ImageTower
from ..towers.text_tower import TextTower
from ..towers.vocabulary import PrunedVocabulary, prune_vocabulary
from .watch import HeldOutRetrieval


@dataclass(frozen=True, slots=True)
class Run:
    """A recipe with the folders it works in."""

    recipe: Recipe
    data: Path
    runs: Path

    @property
    def folder(self) -> Path:
        """Where checkpoints and logs of this recipe lie."""
        return self.runs / self.recipe.name

    @property
    def cache(self) -> Path:
        """Where decoded images lie, shared by recipes."""
        return self.runs / "cache"


def vocabulary(run: Run, corpus: Corpus) -> PrunedVocabulary:
    """Return the recipe's pruned vocabulary."""
    text = run.recipe.text
    folder = Path(backbone_folder(text.backbone, run.data))
    return prune_vocabulary(folder / "tokenizer.json", corpus.captions(), text.frequent_word_pieces)


def build(run: Run, corpus: Corpus, words: PrunedVocabulary, stage: Stage) -> DualHashing:
    """Return the untrained system of a stage, its towers with their pretrained weights."""
    recipe = run.recipe
    return DualHashing(
        ImageTower(backbone_folder(recipe.image.backbone, run.data), recipe.embedding_size),
        TextTower(
            backbone_folder(recipe.text.backbone, run.data),
            words,
            recipe.text.layers,
            recipe.text.frozen_layers,
            recipe.embedding_size,
        ),
        embedding_size=recipe.embedding_size,
        bits=recipe.bits,
        class_domain=corpus.class_domain(),
        image_size=stage.image_size,
        mean=recipe.image.mean,
        std=recipe.image.std,
        smallest_crop=stage.smallest_crop,
        weights=LossWeights(**stage.weights),
        schedule=Schedule(**cast(Mapping[str, Any], stage.schedule)),
    )


def _held_out(
    run: Run, corpus: Corpus, stage: Stage, tokenizer: Tokenizer, folder: Path
) -> Iterator[pl.Callback]:
    for name, images in corpus.images.items():
        rows = [i for i, image in enumerate(images) if image.held_out]
        if stage.held_out and rows:
            pixels = cached_pixels([image.path for image in images], stage.cache_size, run.cache)
            yield HeldOutRetrieval(
                name,
                pixels[rows],
                [images[i].captions for i in rows],
                tokenizer,
                stage.image_size,
                folder / "held_out.jsonl",
            )


def train_stage(run: Run, corpus: Corpus, stage: Stage, before: Path | None) -> Path:
    """Train one stage and return its weights (a file of tensors only).

    A stage that is complete is not run again; one that was stopped goes on from its last
    checkpoint.

    Args:
        run: recipe and folders.
        corpus: what there is to learn from.
        stage: which stage.
        before: weights to begin with, from the stage before.
    """
    folder = run.folder / stage.name
    weights = folder / "weights.pt"
    if weights.is_file():
        return weights
    folder.mkdir(parents=True, exist_ok=True)
    pl.seed_everything(run.recipe.seed, verbose=False)
    words = vocabulary(run, corpus)
    tokenizer = words.load(run.recipe.text.max_length)
    model = build(run, corpus, words, stage)
    if before is not None:
        model.load_state_dict(torch.load(before, weights_only=True, map_location="cpu"))
    model.train()  # from_pretrained leaves its modules, batch normalisation too, in eval mode
    batches = corpus.batches(stage, tokenizer, run.cache, run.recipe.seed)
    fit(
        model,
        batches,
        folder,
        epochs=stage.epochs,
        callbacks=list(_held_out(run, corpus, stage, tokenizer, folder)),
        resume=(folder / CHECKPOINT).is_file(),
    )
    save_tensors(model.state_dict(), weights)
    return weights


def train(run: Run, corpus: Corpus) -> Path:
    """Train every stage of the recipe that is not yet trained; return the last one's weights."""
    weights: Path | None = None
    for stage in run.recipe.stages:
        weights = train_stage(run, corpus, stage, weights)
    if weights is None:
        raise RecipeError(f"the recipe {run.recipe.name} has no stages")
    return weights
