from __future__ import annotations

import random
from itertools import pairwise

import pytest


def test_classes_cover_the_range_without_gaps(qgis_app):
    from scene_search.layers.score_colors import SCORE_COLORS, score_classes, score_color

    generator = random.Random(7)
    for _ in range(200):
        scores = [generator.uniform(-1, 1) for _ in range(generator.randint(2, 60))]
        classes = score_classes(scores)
        assert classes[0][0] == min(scores)
        assert classes[-1][1] == max(scores)
        assert all(a[1] == b[0] for a, b in pairwise(classes))
        for score in scores:
            color = score_color(score, min(scores), max(scores)).name()
            low, high = classes[SCORE_COLORS.index(color)]
            assert low - 1e-9 <= score <= high + 1e-9


def test_equal_scores_are_all_best(qgis_app):
    from scene_search.layers.score_colors import SCORE_COLORS, score_classes, score_color

    assert score_classes([0.5, 0.5]) == [(0.5, 0.5)]
    assert score_classes([]) == []
    assert score_color(0.5, 0.5, 0.5).name() == SCORE_COLORS[-1]


def test_rank_classes_hold_every_rank_once_and_agree_with_the_colour(qgis_app):
    from scene_search.layers.score_colors import SCORE_COLORS, rank_classes, rank_color

    for count in range(1, 140):
        classes = rank_classes(count)
        assert len(classes) == min(count, len(SCORE_COLORS))
        assert rank_color(1, count).name() == SCORE_COLORS[-1]
        held = [rank for first, last, _ in classes for rank in range(last, first - 1, -1)]
        assert held == list(range(count, 0, -1))
        for first, last, color in classes:
            assert rank_color(first, count) == rank_color(last, count) == color
        # of even size
        assert max(last - first for first, last, _ in classes) <= count / len(SCORE_COLORS)
    assert rank_classes(0) == []


def test_lightness_rises_with_the_score(qgis_app):
    """So that the order survives a grey print and colour-blind eyes."""
    from qgis.PyQt.QtGui import QColor
    from scene_search.layers.score_colors import SCORE_COLORS

    def luminance(name):
        color = QColor(name)
        return 0.2126 * color.redF() + 0.7152 * color.greenF() + 0.0722 * color.blueF()

    values = [luminance(name) for name in SCORE_COLORS]
    assert values == sorted(values)
    assert values[-1] - values[0] == pytest.approx(0.6, abs=0.2)
