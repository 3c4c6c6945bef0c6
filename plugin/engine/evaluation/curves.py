"""Precision and recall at every length of a ranking, as expectations over tied orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..encoders.encoder import Encoded
from .hashing.benchmark import HashingBenchmark
from .rankings import Scores, take
from .shells import shells_of

_CHUNK = 128

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Means over all queries that can be answered.

    Attributes:
        precision: (N,), share of relevant ones among the first 1, 2, … N images, 0..1.
        recall: (N,), share of all relevant ones that are among them, 0..1.
        chance: precision of a random order.
    """

    precision: Values
    recall: Values
    chance: float


def precision_recall(
    benchmark: HashingBenchmark, scores: Callable[[Encoded, Encoded], Scores]
) -> PrecisionRecall:
    """Return the curve of one ranking.

    Both numerators are the expected number of relevant images among the first k, which within a
    shell of tied images grows evenly. At k = 10 the precision is ``precision_at_10`` of the
    benchmark's result.

    Args:
        benchmark: encoded queries and database.
        scores: (Q, N) of queries with the database, the largest first.
    """
    rows = np.flatnonzero(benchmark.answerable)
    lengths = np.arange(1, len(benchmark.items) + 1)
    hits, shares, chance = np.zeros(len(lengths)), np.zeros(len(lengths)), 0.0
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        relevant = benchmark.query_class[part, None] == benchmark.item_class
        shells = shells_of(-scores(take(benchmark.queries, part), benchmark.items), relevant)
        ends = np.pad(np.cumsum(shells.sizes, axis=1), ((0, 0), (1, 0)))
        found = np.pad(np.cumsum(shells.relevant, axis=1), ((0, 0), (1, 0)))
        for query_ends, query_found in zip(ends, found, strict=True):
            expected = np.interp(lengths, query_ends, query_found)
            hits += expected
            shares += expected / query_found[-1]
        chance += float(relevant.mean(axis=1).sum())
    count = len(rows)
    return PrecisionRecall(hits / lengths / count, shares / count, chance / count)
