"""A trained system taken out of its checkpoint, without the backbones that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from ...engine.errors import UsageError
from ..captions.build import backbone_config, system_in, vocabulary_in
from ..captions.recipe import caption_recipe
from ..hashing.recipe import hashing_recipe
from ..hashing.run import SYSTEM as HASHING_SYSTEM
from ..hashing.run import build_system
from ..recipe import ImageSettings
from ..running.checkpoint_facts import Facts
from ..systems.exportable import Exportable
from ..systems.image_hasher import ImageHasher
from ..towers.image_tower import ImageTower
from .bundle import Words


@dataclass(frozen=True, slots=True)
class Trained:
    """A system as it was trained, and what is known about it.

    Attributes:
        system: in float32, in evaluation mode.
        facts: what training wrote into the checkpoint.
        image: input size and normalisation.
        embedding_size: D; bits: K.
        words: what its text part reads; None without one.
    """

    system: Exportable
    facts: Mapping[str, Any]
    image: ImageSettings
    embedding_size: int
    bits: int
    words: Words | None


def restore(checkpoint: Mapping[str, Any], bits: int | None, where: str) -> Trained:
    """Return the trained system of a checkpoint.

    Args:
        checkpoint: from ``load_checkpoint``.
        bits: which of the trained code lengths; the longest if None.
        where: names the checkpoint in errors.

    Raises:
        UsageError: if it was not trained at ``bits``.
    """
    if checkpoint[Facts.KEY]["system"] == HASHING_SYSTEM:
        return _hashing(checkpoint, bits, where)
    return _captions(checkpoint, bits, where)


def _hashing(checkpoint: Mapping[str, Any], bits: int | None, where: str) -> Trained:
    facts = checkpoint[Facts.KEY]
    recipe = hashing_recipe(facts["recipe"], where)
    length = _length(recipe.bits, bits, where)
    tower = ImageTower(backbone_config(facts["backbone"]), recipe.embedding_size)
    system = build_system(recipe, tower)
    system.load_state_dict(checkpoint["state_dict"])
    hasher = ImageHasher(system.image_tower, system.head(length))
    return Trained(_still(hasher), facts, recipe.image, recipe.embedding_size, length, words=None)


def _captions(checkpoint: Mapping[str, Any], bits: int | None, where: str) -> Trained:
    facts = checkpoint[Facts.KEY]
    recipe = caption_recipe(facts["recipe"], where)
    length = _length((recipe.bits,), bits, where)
    system = system_in(facts, recipe)
    system.load_state_dict(checkpoint["state_dict"])
    words = Words(vocabulary_in(facts), recipe.text.max_length)
    return Trained(_still(system), facts, recipe.image, recipe.embedding_size, length, words)


def _still(system: nn.Module) -> Any:
    return system.float().eval().requires_grad_(False)


def _length(trained: tuple[int, ...], wanted: int | None, where: str) -> int:
    if wanted is not None and wanted not in trained:
        raise UsageError(
            f"{where} has no codes of {wanted} bits",
            hint=f"It was trained at {', '.join(map(str, trained))}.",
        )
    return max(trained) if wanted is None else wanted
