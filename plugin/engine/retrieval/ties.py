"""Which scores count as equal.

Two equal vectors have cosines of different last bits with a third, by processor, by matrix library
and by their rows in a matrix, and equal pictures or sentences have embeddings of different last
bits by their place in a batch. Were those bits to decide, equal things would be ranked by chance,
and a metric would hang on the machine that measured it. So cosines are summed in doubles, and
scores that differ by at most ``TOLERANCE`` are tied.

A tie is counted from its best score: a chain of scores, each a little lower than the one before,
never ties its two ends.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

#: Scores that differ by no more are tied: ten times what rounding float32 embeddings costs, and a
#: hundredth of what lies between neighbours in a ranking of ten thousand images.
TOLERANCE = 1e-6

Scores = npt.NDArray[np.float64]


def cosines(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Scores:
    """Return the products float64 of unit vectors (..., D) with unit vectors (N, D), or with (D,).

    Summing in doubles leaves no noise of its own that could matter beside ``TOLERANCE``.
    """
    return np.asarray(left.astype(np.float64) @ right.astype(np.float64).T)


def levelled(scores: npt.NDArray[Any], axis: int = -1) -> Scores:
    """Return scores float64 in which tied ones are equal: each has the best score of its tie.

    Args:
        scores: any shape; NaN ties with nothing and stays.
        axis: along which scores are compared.
    """
    values = np.moveaxis(np.asarray(scores, np.float64), axis, -1)
    falling = np.argsort(-values, axis=-1, kind="stable")
    ordered = np.take_along_axis(values, falling, axis=-1)
    first = begins(-ordered)
    places = np.arange(values.shape[-1])
    leader = np.maximum.accumulate(np.where(first, places, 0), axis=-1)
    result = np.empty_like(values)
    np.put_along_axis(result, falling, np.take_along_axis(ordered, leader, axis=-1), axis=-1)
    return np.moveaxis(result, -1, axis)


def ranking(scores: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Return positions (..., N) along the last axis by falling score, tied ones in their order."""
    return np.asarray(np.argsort(-levelled(scores), axis=-1, kind="stable"), np.int64)


def begins(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Return where a tie begins among keys (..., N) that rise along the last axis."""
    keys = np.asarray(ordered, np.float64)
    first = np.ones(keys.shape, np.bool_)
    if keys.shape[-1] < 2:
        return first
    # not by a difference, which is no number between two infinite keys
    later = keys[..., 1:]
    first[..., 1:] = (later > keys[..., :-1] + TOLERANCE) | np.isnan(later)
    places = np.arange(keys.shape[-1])
    leader = np.maximum.accumulate(np.where(first, places, 0), axis=-1)
    far = keys > np.take_along_axis(keys, leader, axis=-1) + TOLERANCE
    for row in np.argwhere(far.any(axis=-1)):
        _cut_chains(keys[tuple(row)], first[tuple(row)], far[tuple(row)])
    return first


def _cut_chains(
    keys: npt.NDArray[np.float64], first: npt.NDArray[np.bool_], far: npt.NDArray[np.bool_]
) -> None:
    """Mark more beginnings in chains that reach further from their first key than a tie does."""
    starts = np.append(np.flatnonzero(first), len(keys))
    for chain in np.unique(np.searchsorted(starts, np.flatnonzero(far), side="right") - 1):
        place, stop = int(starts[chain]), int(starts[chain + 1])
        while True:
            reach = keys[place:stop].searchsorted(keys[place] + TOLERANCE, side="right")
            place += int(reach)
            if place >= stop:
                break
            first[place] = True
