"""Rankings with ties, as counts: how many items, and relevant ones, at each distance.

Items at one distance from a query form a shell, and so do those whose scores are tied (see
``retrieval.ties``). Nothing orders them, so a ranking is described by its shells and every metric
is taken as the mean over all orders within them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..retrieval.ties import begins

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shells:
    """Shells of Q queries, the nearest first; empty shells are allowed.

    Attributes:
        sizes: int64 (Q, S), items in each shell.
        relevant: int64 (Q, S), relevant items in each shell.
    """

    sizes: Counts
    relevant: Counts

    @property
    def before(self) -> Counts:
        """Items in nearer shells (Q, S)."""
        return np.asarray(np.cumsum(self.sizes, axis=1) - self.sizes)

    @property
    def relevant_before(self) -> Counts:
        """Relevant items in nearer shells (Q, S)."""
        return np.asarray(np.cumsum(self.relevant, axis=1) - self.relevant)


def shells_of(keys: npt.NDArray[np.number], relevant: npt.NDArray[np.bool_]) -> Shells:
    """Group items of equal or tied sort keys.

    Args:
        keys: (Q, N), such as distances, the smallest nearest.
        relevant: (Q, N), whether the item is relevant to the query.
    """
    queries, items = keys.shape
    if not keys.size:
        empty = np.zeros((queries, 0), np.int64)
        return Shells(empty, empty)
    order = np.argsort(keys, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    shell = np.zeros((queries, items), np.int64)
    np.cumsum(begins(ordered)[:, 1:], axis=1, out=shell[:, 1:])
    count = int(shell[:, -1].max()) + 1
    cells = shell + np.arange(queries)[:, None] * count
    hits = np.take_along_axis(relevant, order, axis=1)
    shape = (queries, count)
    return Shells(
        np.bincount(cells.ravel(), minlength=queries * count).reshape(shape),
        np.bincount(cells[hits], minlength=queries * count).reshape(shape),
    )
