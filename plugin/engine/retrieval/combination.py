"""Several examples and descriptions as one point among the embeddings."""

from __future__ import annotations

import numpy as np

from ..errors import QueryError

# shorter than this, what is left of opposite vectors is rounding
_SHORTEST = 1e-6


def combine(
    texts: np.ndarray, positives: np.ndarray, negatives: np.ndarray, text_weight: float
) -> np.ndarray:
    """Return the unit vector to search for.

    Examples give q = μ⁺ + (μ⁺ - μ⁻), with the means of positive and negative ones; without
    negatives q = μ⁺. Descriptions add to it as a weighted sum of unit vectors; where there are
    descriptions only, they take the place of the positive examples.

    Args:
        texts: unit vectors float32 ``(t, D)`` of descriptions, may be empty.
        positives: unit vectors float32 ``(p, D)``, may be empty.
        negatives: unit vectors float32 ``(n, D)``, may be empty.
        text_weight: share of the descriptions, 0 to 1.

    Returns:
        float32 ``(D,)`` of length 1.

    Raises:
        QueryError: the vectors cancel each other out.
    """
    if not len(positives):
        return away_from(texts, negatives)
    examples = away_from(positives, negatives)
    if not len(texts):
        return examples
    described = unit(texts.mean(axis=0))
    return unit(text_weight * described + (1 - text_weight) * examples)


def unit(vector: np.ndarray) -> np.ndarray:
    """Return a vector at length 1, float32.

    Raises:
        QueryError: it has no direction.
    """
    length = float(np.linalg.norm(vector))
    if not length > _SHORTEST:
        raise QueryError(
            "The examples and descriptions cancel each other out",
            hint="Leave out some of them, or choose other counter-examples",
        )
    result: np.ndarray = (vector / length).astype(np.float32)
    return result


def away_from(positives: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """Return the unit vector q = μ⁺ + (μ⁺ - μ⁻), float32 ``(D,)``.

    Raises:
        QueryError: the vectors cancel each other out.
    """
    mean = positives.mean(axis=0)
    if len(negatives):
        mean = mean + (mean - negatives.mean(axis=0))
    return unit(mean)
