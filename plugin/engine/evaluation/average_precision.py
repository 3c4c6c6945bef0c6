"""Average precision and precision at k of rankings with ties, as exact expectations.

A 16-bit code puts hundreds of items at one distance, and the order that a sort happens to leave
them in moves the mean average precision by 15 points. Here every metric is its mean over all
orders of tied items, in closed form, after McSherry and Najork, "Computing information
retrieval performance measures efficiently in the presence of tied scores" (ECIR 2008).

In a shell of n items, r relevant, that begins after N items with R relevant ones, the item at
place i (1 to n) is relevant with probability r / n, and then (i - 1)(r - 1)/(n - 1) relevant ones
precede it in the shell on average. So the shell adds

    r/n * sum_i [R + 1 + (i - 1)(r - 1)/(n - 1)] / (N + i)

to the sum of precisions, which harmonic numbers H give without a loop over i.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from .shells import Shells

Values = npt.NDArray[np.float64]

#: What the sum of precisions in the first k is divided by: relevant items among those k, as
#: hashing papers do ("mAP@k"), or as many as could be there, min(k, relevant), as search does.
Normaliser = Literal["retrieved", "possible"]


def expected_average_precision(shells: Shells) -> Values:
    """Return the expected average precision (Q,) over the whole ranking, 0..1.

    A query without any relevant item has 0.
    """
    length = int(shells.sizes.sum(1).max(initial=0))
    total = shells.relevant.sum(1)
    return np.asarray(_sums(shells, shells.sizes, length).sum(1) / np.maximum(total, 1))


def expected_average_precision_at(
    shells: Shells, k: int, normaliser: Normaliser = "retrieved"
) -> Values:
    """Return the expected average precision (Q,) of the first ``k`` items, 0..1.

    With ``"retrieved"`` the divisor depends on which items of the last, cut shell come first: the
    number of relevant ones among them is hypergeometric, and the expectation is over it too.
    A query without a relevant item in the first ``k`` has 0.
    """
    taken = np.clip(k - shells.before, 0, shells.sizes)
    sums = _sums(shells, taken, max(k, int(shells.sizes.sum(1).max(initial=0))))
    if normaliser == "possible":
        possible = np.minimum(shells.relevant.sum(1), k)
        return np.asarray(sums.sum(1) / np.maximum(possible, 1))
    cut = (taken > 0) & (taken < shells.sizes)  # at most one shell of a query
    sure_sum = np.where(cut, 0.0, sums).sum(1)
    sure_hits = np.where(taken == shells.sizes, shells.relevant, 0).sum(1)
    size, hits, part, start = (
        np.where(cut, values, 0).sum(1)
        for values in (shells.sizes, shells.relevant, taken, shells.before)
    )
    drawn = np.arange(int(part.max(initial=0)) + 1)[None, :]
    chance = _hypergeometric(drawn, size[:, None], hits[:, None], part[:, None])
    last_sum = _shell_sum(drawn, part[:, None], part[:, None], start[:, None], sure_hits[:, None])
    found = np.maximum(sure_hits[:, None] + drawn, 1)
    return np.asarray((chance * (sure_sum[:, None] + last_sum) / found).sum(1))


def expected_precision_at(shells: Shells, k: int) -> Values:
    """Return the expected share (Q,) of relevant items among the first ``k``, 0..1."""
    taken = np.clip(k - shells.before, 0, shells.sizes)
    share = shells.relevant / np.maximum(shells.sizes, 1)
    return np.asarray((taken * share).sum(1) / k)


def _sums(shells: Shells, taken: npt.NDArray[np.int64], length: int) -> Values:
    """Return what the first ``taken`` places of each shell add to the sum of precisions."""
    return _shell_sum(
        shells.relevant, shells.sizes, taken, shells.before, shells.relevant_before, length
    )


def _shell_sum(
    hits: npt.NDArray[np.int64],
    size: npt.NDArray[np.int64],
    taken: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    hits_before: npt.NDArray[np.int64],
    length: int | None = None,
) -> Values:
    """Return the formula of the module, for the first ``taken`` of ``size`` places.

    Args:
        hits: relevant items in the shell.
        size: items in the shell.
        taken: places counted, from the first.
        start: items before the shell.
        hits_before: relevant items before it.
        length: largest ``start + taken``; found from them if left out.
    """
    if length is None:
        length = int((start + taken).max(initial=0))
    harmonic = np.concatenate(([0.0], np.cumsum(1.0 / np.arange(1, length + 1))))
    inverse = harmonic[start + taken] - harmonic[start]  # sum of 1 / (N + i)
    ramp = taken - (start + 1) * inverse  # sum of (i - 1) / (N + i)
    slope = np.where(size > 1, (hits - 1) / np.maximum(size - 1, 1), 0.0)
    return np.asarray(hits / np.maximum(size, 1) * ((hits_before + 1) * inverse + slope * ramp))


def _hypergeometric(
    drawn: npt.NDArray[np.int64],
    size: npt.NDArray[np.int64],
    hits: npt.NDArray[np.int64],
    part: npt.NDArray[np.int64],
) -> Values:
    """Return the chance that ``part`` items of ``size``, ``hits`` relevant, hold ``drawn``."""
    table = np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, int(size.max(initial=0)) + 1)))))

    def log_choose(n: npt.NDArray[np.int64], k: npt.NDArray[np.int64]) -> Values:
        inside = (k >= 0) & (k <= n)
        safe = np.where(inside, k, 0)
        return np.where(inside, table[n] - table[safe] - table[n - safe], -np.inf)

    return np.asarray(
        np.exp(
            log_choose(hits, drawn) + log_choose(size - hits, part - drawn) - log_choose(size, part)
        )
    )
