"""One colour scale for scores, shared by the map and the result list."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

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
    share = (score - low) / (high - low)
    place = min(max(int(share * len(SCORE_COLORS)), 0), len(SCORE_COLORS) - 1)
    return QColor(SCORE_COLORS[place])
