"""A text ↔ image system of a recipe, or of what a checkpoint says of it, with weights to come."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from transformers import AutoConfig, PretrainedConfig

from ..systems.caption_system import CaptionSystem
from ..systems.optimisation import Schedule
from ..towers.image_tower import ImageTower
from ..towers.text_tower import TextTower
from ..towers.vocabulary import PrunedVocabulary
from .recipe import CaptionRecipe
from .systems import caption_system


def build_caption_system(
    recipe: CaptionRecipe,
    image_backbone: str | PretrainedConfig,
    text_backbone: str | PretrainedConfig,
    words: PrunedVocabulary,
    classes: Sequence[str],
) -> CaptionSystem:
    """Return the system of a recipe, untrained.

    Args:
        recipe: its recipe.
        image_backbone: folder or hub id, or a configuration, whose weights then come from a
            checkpoint.
        text_backbone: likewise.
        words: the vocabulary.
        classes: names of the scene classes.
    """
    return caption_system(recipe.system)(
        ImageTower(
            image_backbone,
            recipe.embedding_size,
            frozen_layers=0 if recipe.frozen_backbone else recipe.frozen_layers,
        ),
        TextTower(
            text_backbone,
            words,
            recipe.text.layers,
            recipe.text.frozen_layers,
            recipe.embedding_size,
        ),
        embedding_size=recipe.embedding_size,
        bits=recipe.bits,
        classes=classes,
        tokenizer=words.load(recipe.text.max_length),
        image_size=recipe.image_size,
        mean=recipe.image.mean,
        std=recipe.image.std,
        smallest_crop=recipe.smallest_crop,
        frozen_backbone=recipe.frozen_backbone,
        weights=recipe.weights,
        schedule=Schedule(**recipe.schedule),
        **recipe.settings,
    )


def system_in(facts: Mapping[str, Any], recipe: CaptionRecipe) -> CaptionSystem:
    """Return the system of a checkpoint's facts, whose weights are still to be loaded.

    Args:
        facts: that training wrote into the checkpoint.
        recipe: the checkpoint's own, or one that differs in what the facts do not hold.
    """
    return build_caption_system(
        recipe,
        backbone_config(facts["image_backbone"]),
        backbone_config(facts["text_backbone"]),
        vocabulary_in(facts),
        facts["images"]["classes"],
    )


def vocabulary_in(facts: Mapping[str, Any]) -> PrunedVocabulary:
    """Return the vocabulary that a checkpoint's text tower reads, of the checkpoint's facts."""
    kept = facts["vocabulary"]
    return PrunedVocabulary(json.loads(kept["tokenizer"]), tuple(kept["kept_ids"]))


def backbone_config(entries: Mapping[str, Any]) -> PretrainedConfig:
    """Return a backbone's configuration of its entries."""
    settings = dict(entries)
    return AutoConfig.for_model(settings.pop("model_type"), **settings)
