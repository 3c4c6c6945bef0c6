"""Normalised discounted cumulative gain (nDCG) of rankings with ties, as exact expectations.

DCG@k = Σ over the first k places i of gain / log2(1 + i). Tied items stand in random order, so
that each of their places has their mean gain (McSherry and Najork, ECIR 2008), which is exact
because the discount depends on the place alone.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def expected_ndcg(
    scores: npt.NDArray[np.floating], gains: npt.NDArray[np.floating], k: int
) -> npt.NDArray[np.float64]:
    """Return the expected nDCG at ``k`` (Q,), 0..1; 0 for a query with nothing to gain.

    Args:
        scores: (Q, N), the largest first.
        gains: (Q, N), what finding each item is worth, not negative.
        k: places that count.
    """
    gains = np.asarray(gains, np.float64)
    places = min(k, scores.shape[1])
    discount = 1 / np.log2(np.arange(2, places + 2))
    ideal = -np.sort(-gains, axis=1)[:, :places] @ discount
    expected = [_mean_of_ties(own, worth) for own, worth in zip(scores, gains, strict=True)]
    found = np.array([worth[:places] @ discount for worth in expected])
    return np.asarray(np.where(ideal > 0, found / np.where(ideal > 0, ideal, 1), 0.0))


def _mean_of_ties(
    scores: npt.NDArray[np.floating], gains: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the expected gain at each place of one ranking (N,)."""
    values, shell = np.unique(-scores, return_inverse=True)
    sizes = np.bincount(shell, minlength=len(values))
    mean = np.bincount(shell, weights=gains, minlength=len(values)) / np.maximum(sizes, 1)
    return np.repeat(mean, sizes)
