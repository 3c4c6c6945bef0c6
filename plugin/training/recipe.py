"""A recipe: everything that decides what an encoder learns, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

#: The shipped recipes, one a file named after it.
RECIPES = Path(__file__).parent / "recipes"


class RecipeError(ValueError):
    """The recipe file is incomplete or has an unknown entry."""


@dataclass(frozen=True, slots=True)
class ImageSettings:
    """The image tower: backbone, the exported graph's input, normalisation of 0..1 RGB."""

    backbone: str
    input_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class TextSettings:
    """The text tower: backbone, how much of it is kept, and how much of that is trained."""

    backbone: str
    layers: int
    frozen_layers: int
    frequent_word_pieces: int
    max_length: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One run of the trainer: data, sizes, epochs, learning rates."""

    name: str
    image_size: int
    cache_size: int
    epochs: int
    batch_size: int
    held_out: bool
    repeats: Mapping[str, int]
    schedule: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    generated_scenes: int = 0
    smallest_crop: float = 0.5


@dataclass(frozen=True, slots=True)
class Recipe:
    """A whole recipe.

    Attributes:
        stages: of the two towers, one after another.
        finish: name of the recipe of the text–image system that is then trained on the towers;
            the towers are the encoder if empty.
    """

    name: str
    seed: int
    embedding_size: int
    bits: int
    image: ImageSettings
    text: TextSettings
    stages: tuple[Stage, ...]
    finish: str = ""


def build_settings(kind: type[Any], entries: Mapping[str, Any], where: str) -> Any:
    """Return a dataclass of a recipe's entries.

    Args:
        kind: the dataclass.
        entries: its fields.
        where: named in errors.

    Raises:
        RecipeError: if an entry is unknown or missing.
    """
    known = {f.name for f in fields(kind)}
    if unknown := set(entries) - known:
        raise RecipeError(f"{where}: unknown entries {sorted(unknown)}; known: {sorted(known)}")
    try:
        return kind(**entries)
    except TypeError as error:
        raise RecipeError(f"{where}: {error}") from error


def image_settings(entries: Mapping[str, Any], where: str) -> ImageSettings:
    """Return the image tower's settings of a recipe's ``image`` entry.

    Raises:
        RecipeError: if an entry is unknown or missing.
    """
    image = dict(entries.get("image", {}))
    image |= {key: tuple(image[key]) for key in ("mean", "std") if key in image}
    settings: ImageSettings = build_settings(ImageSettings, image, f"{where}, image")
    return settings


def recipe_entries(path: Path) -> dict[str, Any]:
    """Return the entries of a YAML file.

    One that says ``extends: NAME`` has the entries of ``NAME.yaml`` beside it where it has none of
    its own; those of a mapping, such as ``weights``, are taken one by one.

    Raises:
        RecipeError: if there is no such file, it is no recipe, or it extends itself.
    """
    return _extended(path, ())


def _extended(path: Path, extending: tuple[Path, ...]) -> dict[str, Any]:
    if path in extending:
        raise RecipeError(f"{path.name} extends itself")
    if not path.is_file():
        raise RecipeError(f"the recipe {path} does not exist")
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RecipeError(f"{path} is not a recipe: {error}") from error
    if not isinstance(entries, dict):
        raise RecipeError(f"{path} is not a recipe")
    name = entries.pop("extends", None)
    if name is None:
        return entries
    extended = _extended(path.with_name(f"{name}.yaml"), (*extending, path))
    for key, value in entries.items():
        both = isinstance(value, dict) and isinstance(extended.get(key), dict)
        extended[key] = {**extended[key], **value} if both else value
    return extended


def read_recipe(path: Path) -> Recipe:
    """Return the recipe in a YAML file.

    Raises:
        RecipeError: naming the entry that is missing or unknown.
    """
    entries = recipe_entries(path)
    return build_settings(  # type: ignore[no-any-return]
        Recipe,
        entries
        | {
            "image": image_settings(entries, path.name),
            "text": build_settings(TextSettings, entries.get("text", {}), f"{path.name}, text"),
            "stages": tuple(
                build_settings(Stage, stage, f"{path.name}, stage {i + 1}")
                for i, stage in enumerate(entries.get("stages", []))
            ),
        },
        path.name,
    )
