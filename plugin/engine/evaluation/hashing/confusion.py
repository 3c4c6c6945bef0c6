"""Which classes come back for queries of a class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..rankings import Scores


@dataclass(frozen=True, slots=True)
class Confusion:
    """Mean composition of the first k items.

    Attributes:
        classes: C names, in alphabetic order.
        shares: (C, C), for queries of the row's class the share of the column's class among the
            first k, 0..1; a row without queries is 0.
        queries: (C,), queries of each class.
        k: how many items of a ranking are looked at.
    """

    classes: tuple[str, ...]
    shares: npt.NDArray[np.float64]
    queries: npt.NDArray[np.int64]
    k: int

    def mistakes(self, count: int) -> list[tuple[str, str, float]]:
        """Return the most frequent wrong pairs: class asked for, class found, share."""
        wrong = self.shares.copy()
        np.fill_diagonal(wrong, 0.0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:count]
        pairs = (np.unravel_index(place, wrong.shape) for place in order)
        return [
            (self.classes[row], self.classes[column], float(wrong[row, column]))
            for row, column in pairs
            if wrong[row, column] > 0
        ]


def first_items(scores: Scores, k: int) -> npt.NDArray[np.float64]:
    """Return the chance (Q, N) of each item to be among the first k of its row.

    Items that tie for the last places share them.
    """
    k = min(k, scores.shape[1])
    last = -np.partition(-scores, k - 1, axis=1)[:, k - 1 : k]
    ahead = scores > last
    tied = scores == last
    left = k - ahead.sum(axis=1, keepdims=True)
    return np.asarray(ahead + tied * (left / tied.sum(axis=1, keepdims=True)))


class ConfusionCount:
    """Adds rankings up to a confusion, some queries at a time.

    Args:
        classes: names of all classes of queries and items.
        item_class: (N,), class name of each item.
        k: how many items of a ranking are looked at.
    """

    def __init__(
        self,
        classes: npt.NDArray[np.str_],
        item_class: npt.NDArray[np.str_],
        k: int = 10,
    ) -> None:
        self._classes = np.unique(classes)
        self._member = (item_class[:, None] == self._classes).astype(np.float64)
        self._k = min(k, len(item_class))
        self._sums = np.zeros((len(self._classes), len(self._classes)))
        self._queries = np.zeros(len(self._classes), np.int64)

    def add(self, scores: Scores, query_class: npt.NDArray[np.str_]) -> None:
        """Add queries with their scores (Q, N) and class names (Q,)."""
        row = np.searchsorted(self._classes, query_class)
        np.add.at(self._sums, row, first_items(scores, self._k) @ self._member / self._k)
        np.add.at(self._queries, row, 1)

    def result(self) -> Confusion:
        """Return the mean over the queries added."""
        return Confusion(
            tuple(str(name) for name in self._classes),
            self._sums / np.maximum(self._queries, 1)[:, None],
            self._queries,
            self._k,
        )
