"""Rankings measured by who may be found and who is right: recall at k and average precision."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from ...encoders.encoder import Encoded
from ..average_precision import expected_average_precision
from ..captions.recall import expected_recall
from ..rankings import SHORTLIST, Scores, code_scores, embedding_scores, pipeline_scores, take
from ..report import percent
from ..shells import shells_of

#: List lengths at which recall is measured.
KS = (1, 10)

Mask = npt.NDArray[np.bool_]
#: For some rows of the queries, which items are right and which may be found at all, both bool
#: (q, N). An item that may not be found counts neither for nor against.
Judge = Callable[[npt.NDArray[np.int64]], tuple[Mask, Mask]]

_CHUNK = 128


def measure_judged(queries: Encoded, items: Encoded, judge: Judge) -> dict[str, dict[str, float]]:
    """Return the metrics of the rankings by embedding, by code and of a search's own stages.

    Args:
        queries: Q embeddings and codes.
        items: N of them.
        judge: what is right; each query must have a right item.

    Returns:
        ``embedding``, ``code`` and ``pipeline``, each with ``r1``, ``r10`` and ``map`` in percent:
        the chance that one right item is the first or among the first ten, and the mean average
        precision, expectations over the orders of tied items.
    """

    def by_embedding(asked: Encoded, _allowed: Mask) -> Scores:
        return embedding_scores(asked, items)

    def by_code(asked: Encoded, _allowed: Mask) -> Scores:
        return code_scores(asked, items)

    def as_searched(asked: Encoded, allowed: Mask) -> Scores:
        return pipeline_scores(asked, items, SHORTLIST, allowed)

    rankings: Mapping[str, Callable[[Encoded, Mask], Scores]] = {
        "embedding": by_embedding,
        "code": by_code,
        "pipeline": as_searched,
    }
    return {name: _measure(queries, judge, scores) for name, scores in rankings.items()}


def _measure(
    queries: Encoded, judge: Judge, scores: Callable[[Encoded, Mask], Scores]
) -> dict[str, float]:
    sums = np.zeros(len(KS) + 1)
    for start in range(0, len(queries), _CHUNK):
        rows = np.arange(start, min(start + _CHUNK, len(queries)))
        right, allowed = judge(rows)
        right = right & allowed
        # what may not be found comes after all else, where it changes no metric
        found = np.where(allowed, scores(take(queries, rows), allowed), -np.inf)
        sums[:-1] += expected_recall(
            found, right.astype(np.int64), np.ones(found.shape[1], np.int64), KS
        ).sum(0)
        sums[-1] += expected_average_precision(shells_of(-found, right)).sum()
    names = (*(f"r{k}" for k in KS), "map")
    return {
        name: percent(total / max(len(queries), 1)) for name, total in zip(names, sums, strict=True)
    }
