"""What is looked for, as the vector and the code that tiles are compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..encoders.layout import Layout
from .combination import away_from, combine, unit
from .query_encoder import QueryEncoder


@dataclass(frozen=True, slots=True)
class QueryVector:
    """What tiles are compared with.

    Attributes:
        vector: float32 ``(D,)``; its product with a tile's embedding of unit length is the score,
            -1 to 1.
        code: uint8 ``(bits / 8,)``.
        code_mask: uint8 ``(bits / 8,)``, the bits of the code that count; None for all.
    """

    vector: np.ndarray
    code: np.ndarray
    code_mask: np.ndarray | None = None


def query_vector(
    encoder: QueryEncoder,
    texts: np.ndarray,
    positives: np.ndarray,
    negatives: np.ndarray,
    text_weight: float,
    likeness: float | None = None,
) -> QueryVector:
    """Return what tiles are compared with.

    With an encoder of two parts examples ask for both, at the balance of ``likeness``, and texts
    for the meaning only. The parts are combined apart, so that the score is a weighted mean of the
    cosines of meaning and look.

    Args:
        encoder: whose embeddings they are.
        texts: unit vectors float32 ``(t, D)`` of descriptions, may be empty.
        positives: unit vectors float32 ``(p, D)``, may be empty.
        negatives: unit vectors float32 ``(n, D)``, may be empty.
        text_weight: share of the descriptions beside the examples, 0 to 1.
        likeness: weight of the meaning beside the look, 0 to 1; the encoder's own if left out.

    Raises:
        QueryError: the vectors cancel each other out.
    """
    layout = encoder.layout
    if not layout.two_parts:
        vector = combine(texts, positives, negatives, text_weight)
        return QueryVector(vector, encoder.hash_embeddings(vector[np.newaxis])[0])
    balance = layout.share if likeness is None else likeness
    meaning, look = _parts(layout, texts, positives, negatives, text_weight, balance)
    weights = [float(np.linalg.norm(part)) for part in (meaning, look)]
    total = sum(weights)
    # a tile's embedding holds its parts at the lengths √s and √(1 - s)
    vector = np.concatenate(
        [meaning / math.sqrt(layout.share), look / math.sqrt(1 - layout.share)]
    ) / np.float32(total)
    known = layout.join(*(_at_unit_length(part)[np.newaxis] for part in (meaning, look)))
    mask = layout.code_mask(encoder.code_bits, meaning=weights[0] > 0, look=weights[1] > 0)
    return QueryVector(vector.astype(np.float32), encoder.hash_embeddings(known)[0], mask)


def _parts(
    layout: Layout,
    texts: np.ndarray,
    positives: np.ndarray,
    negatives: np.ndarray,
    text_weight: float,
    likeness: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return meaning ``(M,)`` and look ``(L,)``, each as long as its weight in the score."""
    described, _ = layout.split(texts)
    means, looks = layout.split(positives)
    not_means, not_looks = layout.split(negatives)
    meaning: np.ndarray = np.zeros(layout.meaning, np.float32)
    look: np.ndarray = np.zeros(layout.look, np.float32)
    if not len(positives):
        return away_from(described, not_means), look
    of_examples = 1 - text_weight if len(texts) else 1.0
    if len(texts):
        meaning = text_weight * unit(described.mean(axis=0))
    if likeness > 0:
        meaning = meaning + of_examples * likeness * away_from(means, not_means)
    if likeness < 1:
        look = of_examples * (1 - likeness) * away_from(looks, not_looks)
    if not meaning.any() and not look.any():
        unit(meaning)  # opposite ones: says so
    return meaning, look


def _at_unit_length(part: np.ndarray) -> np.ndarray:
    """Return a part at length 1; one that nothing asks for stays zero."""
    return unit(part) if part.any() else part
