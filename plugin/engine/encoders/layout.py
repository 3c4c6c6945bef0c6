"""Where the parts of an embedding and of a code lie: meaning, and look where there is one.

Two kinds of likeness pull an encoder apart: of classes and words, and of places. An encoder with
two parts has numbers and bits for each. An embedding is ``[√s · m, √(1 - s) · l]`` of two unit
vectors, so that the cosine of two embeddings is ``s · cos(m, m') + (1 - s) · cos(l, l')``. Texts
have no look.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import UsageError
from .codes import Codes

Vectors = npt.NDArray[np.float32]

_TINY = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of an encoder's embeddings and codes. The meaning comes first in both.

    Attributes:
        meaning: M, numbers of the meaning.
        look: L, numbers of the look; 0 for an encoder without.
        share: s, weight of the meaning in the cosine of two embeddings, 1 without a look part.
        codes: by code length K, how many of the bits are of the meaning.
    """

    meaning: int
    look: int = 0
    share: float = 1.0
    codes: Mapping[int, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """D, numbers of an embedding."""
        return self.meaning + self.look

    @property
    def code_lengths(self) -> str:
        """The lengths of its codes in words: ``64``, or ``64, 128 or 256``."""
        *most, last = map(str, sorted(self.codes))
        return f"{', '.join(most)} or {last}" if most else last

    @property
    def two_parts(self) -> bool:
        """Whether there is a look part."""
        return self.look > 0

    def check_bits(self, bits: int) -> None:
        """Check that the encoder makes codes of a length.

        Raises:
            UsageError: naming the lengths it makes.
        """
        if bits not in self.codes:
            raise UsageError(
                f"The encoder makes no codes of {bits} bits",
                hint=f"It makes codes of {self.code_lengths} bits.",
            )

    def of_texts(self, meaning: Vectors) -> Vectors:
        """Return embeddings (N, D) of texts, which have a meaning (N, M) only."""
        return np.pad(np.asarray(meaning, np.float32), ((0, 0), (0, self.look)))

    def split(self, embeddings: Vectors) -> tuple[Vectors, Vectors]:
        """Return meaning (N, M) and look (N, L) of embeddings (N, D), each of unit length.

        A part that an embedding has not stays zero.
        """
        return _unit(embeddings[:, : self.meaning]), _unit(embeddings[:, self.meaning :])

    def join(self, meaning: Vectors, look: Vectors) -> Vectors:
        """Return embeddings (N, D) of unit length; ``split`` takes them apart.

        Args:
            meaning: (N, M), of unit length.
            look: (N, L), of unit length or zero.
        """
        left, right = math.sqrt(self.share), math.sqrt(1 - self.share)
        joined = np.concatenate([left * meaning, right * look], axis=1)
        return _unit(joined.astype(np.float32))

    def code_mask(self, bits: int, *, meaning: bool, look: bool) -> Codes:
        """Return the bits uint8 (K / 8,) of a code that say something of the parts asked for."""
        of_meaning = np.arange(bits) < self.codes[bits]
        return np.packbits(np.where(of_meaning, meaning, look))


def layout_of(properties: Mapping[str, Any], prefix: str) -> Layout:
    """Return the layout that a card describes.

    Args:
        properties: of the card.
        prefix: of the names of its own fields.

    Raises:
        KeyError, TypeError, ValueError: it describes none.
    """
    size, bits = int(properties[f"{prefix}embedding_size"]), int(properties[f"{prefix}code_bits"])
    parts = properties.get(f"{prefix}parts")
    if parts is None:
        return Layout(size, codes={bits: bits})
    meaning, look = (_count(parts[name]["numbers"]) for name in ("meaning", "look"))
    share = float(parts["meaning"]["share"])
    codes = {_count(code["bits"]): _count(code["meaning"]) for code in properties[f"{prefix}codes"]}
    if meaning + look != size:
        raise ValueError(f"{meaning} + {look} numbers are no embedding of {size}")
    if not 0 < share < 1:
        raise ValueError(f"the share {share} of the meaning is not between 0 and 1")
    if bits not in codes:
        raise ValueError(f"no code of {bits} bits is described")
    for length, own in codes.items():
        if length % 8 or own >= length:
            raise ValueError(f"{own} of {length} bits for the meaning")
    return Layout(meaning, look, share, codes)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value} is no positive whole number")
    return value


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, _TINY), np.float32)
