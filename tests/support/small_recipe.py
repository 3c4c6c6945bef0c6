"""A recipe for the tiny backbones, with which a text ↔ image system trains in seconds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from scene_search.training.captions.recipe import CaptionRecipe, caption_recipe

#: Of the systems on a frozen backbone whose views are kept.
FROZEN = {"frozen_backbone": True, "cached_views": 1}
#: MTGFE's sizes.
MTGFE = {"width": 16, "fusion_layers": 1, "heads": 2, "joint": 8, "queue": 10, "grid": 2}


def small_recipe(backbones: Path, system: str, **entries: Any) -> CaptionRecipe:
    """Return a system's recipe, one pass on live views unless the entries say otherwise."""
    image = {"backbone": str(backbones / "image"), "input_size": 64}
    text = {"backbone": str(backbones / "text"), "layers": 2, "frozen_layers": 1}
    return caption_recipe(
        {
            "name": "small",
            "system": system,
            "seed": 1,
            "embedding_size": 16,
            "bits": 16,
            "image": image | {"mean": [0.5] * 3, "std": [0.5] * 3},
            "text": text | {"frequent_word_pieces": 50, "max_length": 16},
            "image_size": 64,
            "cache_size": 64,
            "epochs": 1,
            "batch_size": 6,
        }
        | entries,
        "small",
    )
