"""The recipe of a text ↔ image system, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..recipe import (
    RECIPES,
    ImageSettings,
    RecipeError,
    TextSettings,
    build_settings,
    image_settings,
    recipe_entries,
)


@dataclass(frozen=True, slots=True)
class CaptionRecipe:
    """Everything that decides what a system learns, apart from the images.

    Attributes:
        name: of the recipe, for cards and logs.
        system: which system, see ``caption_systems``.
        seed: of order, augmentation and new weights.
        embedding_size: D of the embeddings.
        bits: code length K.
        image: backbone, the exported graph's input, normalisation.
        text: backbone, how much of it is kept, and how much of that is trained.
        image_size: side of the training views, pixels; cache_size: of the images they are cut from.
        epochs, batch_size: of images.
        towers: name of the recipe whose towers this one begins with; none if empty.
        smallest_crop: smallest share of an image that a view shows.
        frozen_layers: number of the image backbone's first layers that are not trained.
        frozen_backbone: train what stands on the image backbone only.
        cached_views: with a frozen backbone, how many views of each image are computed and kept;
            0 computes a new one each time.
        patience: epochs without a better mean recall on the validation split after which
            training ends; 0 trains to the end. The best epoch is kept beside the last.
        weights: of the losses; schedule: learning rates; settings: further ones of the system.
    """

    name: str
    system: str
    seed: int
    embedding_size: int
    bits: int
    image: ImageSettings
    text: TextSettings
    image_size: int
    cache_size: int
    epochs: int
    batch_size: int
    towers: str = ""
    smallest_crop: float = 0.5
    frozen_layers: int = 0
    frozen_backbone: bool = False
    cached_views: int = 0
    patience: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    schedule: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types, as a checkpoint keeps them."""
        entries = asdict(self)
        entries["image"] |= {"mean": list(self.image.mean), "std": list(self.image.std)}
        return entries


def caption_recipe(entries: Mapping[str, Any], where: str) -> CaptionRecipe:
    """Return the recipe that a YAML file or a checkpoint holds.

    Raises:
        RecipeError: naming the entry that is missing, unknown or impossible.
    """
    built = {
        "image": image_settings(entries, where),
        "text": build_settings(TextSettings, entries.get("text", {}), f"{where}, text"),
    }
    recipe: CaptionRecipe = build_settings(CaptionRecipe, {**entries, **built}, where)
    if recipe.bits < 8 or recipe.bits % 8:
        raise RecipeError(f"{where}: code lengths are multiples of 8 bits, not {recipe.bits}")
    if recipe.cached_views and not recipe.frozen_backbone:
        raise RecipeError(f"{where}: cached_views needs frozen_backbone: true")
    return recipe


def read_caption_recipe(path: Path, **options: Any) -> CaptionRecipe:
    """Return the recipe in a YAML file.

    Args:
        path: the file.
        options: entries to set instead of the file's, where they are not None.

    Raises:
        RecipeError: if there is no such file or it is no recipe.
    """
    entries = recipe_entries(path)
    return caption_recipe(
        entries | {key: value for key, value in options.items() if value is not None}, path.name
    )


def shipped_caption_recipe(name: str, benchmark: str) -> Path:
    """Return the file of a shipped recipe: the benchmark's own where there is one."""
    own = RECIPES / f"{name}-{benchmark}.yaml"
    # a benchmark may also be a folder's path
    return own if "/" not in benchmark and own.is_file() else RECIPES / f"{name}.yaml"
