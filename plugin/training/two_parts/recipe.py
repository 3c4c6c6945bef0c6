"""The recipe of the two-part encoder, read from YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..recipe import RecipeError
from .heads import Settings


@dataclass(frozen=True, slots=True)
class TwoPartsRecipe:
    """Which layers the parts are made of, and how they are fitted.

    Attributes:
        name: of the recipe.
        seed: of everything that is drawn.
        share: weight of the meaning in the cosine of two embeddings.
        look_map: tensor of the image graph whose statistics become the look.
        meaning_vectors: tensors of the image graph that become the meaning, side by side.
        look_numbers: L; look_directions: principal directions that are looked at.
        unlabelled: images drawn of each benchmark, beside those of places, to whiten the look on.
        codes: by code length, how many bits are of the meaning.
        heads: how the meaning and its bits are trained.
    """

    name: str
    seed: int
    share: float
    look_map: str
    meaning_vectors: tuple[str, ...]
    look_numbers: int
    look_directions: int
    unlabelled: Mapping[str, int]
    codes: Mapping[int, int]
    heads: Settings


def read_two_parts(file: Path) -> TwoPartsRecipe:
    """Read a recipe.

    Raises:
        RecipeError: it is missing or not of this form.
    """
    try:
        content: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        codes = {int(bits): int(own) for bits, own in content["codes"].items()}
        heads = Settings(bits=tuple(codes.values()), seed=int(content["seed"]), **content["heads"])
        return TwoPartsRecipe(
            name=str(content["name"]),
            seed=int(content["seed"]),
            share=float(content["share"]),
            look_map=str(content["look"]["map"]),
            meaning_vectors=tuple(map(str, content["meaning"])),
            look_numbers=int(content["look"]["numbers"]),
            look_directions=int(content["look"]["directions"]),
            unlabelled={str(k): int(v) for k, v in content["look"]["unlabelled"].items()},
            codes=codes,
            heads=heads,
        )
    except OSError as error:
        raise RecipeError(f"the recipe {file} cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecipeError(f"{file} is no recipe of two parts: {error}") from error
