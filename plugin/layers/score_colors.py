"""One colour scale for hits, shared by the map and the result list.

Hits are coloured by score. Those that were re-ranked are not in the order of their scores, and are
coloured by rank, so that the brightest is the best in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from qgis.PyQt.QtGui import QColor

#: From the least to the most similar hit. Purple to yellow stays apart on vegetation, soil,
#: water and roofs, keeps its order in grey, and is read by colour-blind eyes (after Plasma).
SCORE_COLORS: tuple[str, ...] = ("#8b2fc9", "#c9407f", "#f0703f", "#fba238", "#fde831")


def score_classes(scores: Sequence[float]) -> list[tuple[float, float]]:
    """Return the class bounds that split the range of ``scores`` evenly, lowest first.

    There are as many classes as colours, or a single one when all scores are the same, and none
    without scores.
    """
    if not scores:
        return []
    low, high = min(scores), max(scores)
    if high - low < 1e-9:
        return [(low, high)]
    step = (high - low) / len(SCORE_COLORS)
    bounds = [low + step * number for number in range(len(SCORE_COLORS))] + [high]
    return list(pairwise(bounds))


def score_color(score: float, low: float, high: float) -> QColor:
    """Return the colour of ``score`` in a result whose scores run from ``low`` to ``high``."""
    if high - low < 1e-9:
        return QColor(SCORE_COLORS[-1])
    return QColor(SCORE_COLORS[_place((score - low) / (high - low))])


def rank_classes(count: int) -> list[tuple[int, int, QColor]]:
    """Return the first and last rank of each class of ``count`` hits, and its colour.

    The last ranks come first. There are as many classes as colours, fewer for fewer hits.
    """
    ranks = range(count, 0, -1)
    classes = []
    for name, group in groupby(ranks, lambda rank: rank_color(rank, count).name()):
        members = list(group)
        classes.append((members[-1], members[0], QColor(name)))
    return classes


def rank_color(rank: int, count: int) -> QColor:
    """Return the colour of the hit at ``rank``, from 1, among ``count``."""
    share = (count - rank) / (count - 1) if count > 1 else 1.0
    return QColor(SCORE_COLORS[_place(share)])


def _place(share: float) -> int:
    return min(max(int(share * len(SCORE_COLORS)), 0), len(SCORE_COLORS) - 1)
