"""Queries of a hashing benchmark with their first hits, the best and the worst of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...retrieval.ties import levelled
from ..average_precision import expected_average_precision
from ..rankings import SHORTLIST, pipeline_scores, take
from ..shells import shells_of
from .benchmark import HashingBenchmark
from .confusion import Confusion, ConfusionCount

_CHUNK = 128


@dataclass(frozen=True, slots=True)
class ClassExample:
    """One query.

    Attributes:
        name: file of the query; group: its class.
        precision: average precision of its whole ranking, 0..1.
        hits: files of the first hits, the best first.
        hit_classes: the classes of the hits.
    """

    name: str
    group: str
    precision: float
    hits: tuple[str, ...]
    hit_classes: tuple[str, ...]

    @property
    def right(self) -> tuple[bool, ...]:
        """Whether each hit is of the query's class."""
        return tuple(own == self.group for own in self.hit_classes)


@dataclass(frozen=True, slots=True)
class ClassRankings:
    """What a search for each query finds, by code first and by embedding after.

    Attributes:
        best: queries of the highest average precision, at most one of a class.
        worst: of the lowest.
        confusion: classes among the first hits.
    """

    best: tuple[ClassExample, ...]
    worst: tuple[ClassExample, ...]
    confusion: Confusion


def class_rankings(
    benchmark: HashingBenchmark, *, shortlist: int = SHORTLIST, examples: int = 6, hits: int = 10
) -> ClassRankings:
    """Rank the database for every query that can be answered, as a search does.

    Args:
        benchmark: encoded queries and database.
        shortlist: images re-ranked by embedding.
        examples: how many best and worst queries to return.
        hits: how many hits of each, and how many the confusion looks at.
    """
    rows = np.flatnonzero(benchmark.answerable)
    names = np.union1d(benchmark.query_class, benchmark.item_class)
    confusion = ConfusionCount(names, benchmark.item_class, hits)
    values = np.zeros(len(rows))
    parts = []
    for start in range(0, len(rows), _CHUNK):
        part = rows[start : start + _CHUNK]
        scores = levelled(
            pipeline_scores(take(benchmark.queries, part), benchmark.items, shortlist)
        )
        own = benchmark.query_class[part]
        shells = shells_of(-scores, own[:, None] == benchmark.item_class)
        values[start : start + len(part)] = expected_average_precision(shells)
        parts.append(np.argsort(-scores, axis=1, kind="stable")[:, :hits])
        confusion.add(scores, own)
    firsts = np.concatenate(parts)
    order = np.argsort(-values, kind="stable")
    chosen = [
        tuple(
            _example(benchmark, int(rows[place]), float(values[place]), firsts[place])
            for place in one_of_each(ranked, benchmark.query_class[rows], examples)
        )
        for ranked in (order, order[::-1])
    ]
    return ClassRankings(chosen[0], chosen[1], confusion.result())


def one_of_each(
    order: npt.NDArray[np.int64], groups: npt.NDArray[np.generic], count: int
) -> list[int]:
    """Return the first ``count`` places of an order, at most one of a group."""
    taken: dict[object, int] = {}
    for place in order:
        taken.setdefault(groups[place], int(place))
        if len(taken) == count:
            break
    return list(taken.values())


def _example(
    benchmark: HashingBenchmark, row: int, value: float, items: npt.NDArray[np.int64]
) -> ClassExample:
    return ClassExample(
        benchmark.query_names[row],
        str(benchmark.query_class[row]),
        value,
        tuple(benchmark.database_names[item] for item in items),
        tuple(str(benchmark.item_class[item]) for item in items),
    )
