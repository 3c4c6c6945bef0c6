"""The recipe of an image hashing system, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..recipe import (
    ImageSettings,
    RecipeError,
    build_settings,
    image_settings,
    recipe_entries,
)


@dataclass(frozen=True, slots=True)
class HashingRecipe:
    """Everything that decides what a hashing system learns, apart from the images.

    Attributes:
        name: of the recipe, for cards and logs.
        seed: of order, augmentation and new weights.
        embedding_size: D of the features.
        bits: code lengths, each a head of its own on one backbone.
        image: backbone, the exported graph's input, normalisation.
        image_size: side of the training views, pixels; cache_size: of the images they are cut from.
        epochs, batch_size: images, each seen by two branches.
        smallest_crop: smallest share of an image that a view shows.
        frozen_layers: number of the backbone's first layers that are not trained.
        weights: of the losses; schedule: learning rates.
    """

    name: str
    seed: int
    embedding_size: int
    bits: tuple[int, ...]
    image: ImageSettings
    image_size: int
    cache_size: int
    epochs: int
    batch_size: int
    smallest_crop: float = 0.5
    frozen_layers: int = 0
    weights: Mapping[str, float] = field(default_factory=dict)
    schedule: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types, as a checkpoint keeps them."""
        entries = asdict(self)
        entries["bits"] = list(self.bits)
        entries["image"] |= {"mean": list(self.image.mean), "std": list(self.image.std)}
        return entries


def hashing_recipe(entries: Mapping[str, Any], where: str) -> HashingRecipe:
    """Return the recipe that a YAML file or a checkpoint holds.

    Raises:
        RecipeError: naming the entry that is missing, unknown or impossible.
    """
    bits = entries.get("bits", ())
    bits = (bits,) if isinstance(bits, int) else tuple(bits)
    if not bits or any(k < 8 or k % 8 for k in bits):
        raise RecipeError(f"{where}: code lengths are multiples of 8 bits, not {list(bits)}")
    built = {"image": image_settings(entries, where), "bits": bits}
    recipe: HashingRecipe = build_settings(HashingRecipe, {**entries, **built}, where)
    return recipe


def read_hashing_recipe(path: Path) -> HashingRecipe:
    """Return the recipe in a YAML file.

    Raises:
        RecipeError: if there is no such file or it is no recipe.
    """
    return hashing_recipe(recipe_entries(path), path.name)


def with_options(
    path: Path, *, bits: int | None, epochs: int | None, backbone: Path | None = None
) -> HashingRecipe:
    """Return the recipe in a YAML file, with what the command line sets instead."""
    recipe = read_hashing_recipe(path)
    options: dict[str, Any] = {} if bits is None else {"bits": [bits]}
    options |= {} if epochs is None else {"epochs": epochs}
    entries = recipe.as_dict() | options
    if backbone is not None:
        entries["image"] = entries["image"] | {"backbone": str(backbone.resolve())}
    return hashing_recipe(entries, path.name)
