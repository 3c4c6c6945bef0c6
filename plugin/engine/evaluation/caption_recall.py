"""Recall of a caption benchmark in both directions, as its result gives it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .caption_benchmark import CaptionBenchmark
from .recall import Scores, recall_both_ways
from .report import percent

#: List lengths at which recall is measured.
KS = (1, 5, 10)


def recalls(
    benchmark: CaptionBenchmark,
    image_scores: Callable[[slice], Scores],
    text_scores: Callable[[slice], Scores],
) -> dict[str, Any]:
    """Return ``i2t`` and ``t2i``, [R@1, R@5, R@10] in percent, and ``mr``, their mean.

    Args:
        benchmark: whose images and captions belong together.
        image_scores: scores (q, distinct texts) of a slice of the distinct images.
        text_scores: scores (q, distinct images) of a slice of the distinct texts.
    """
    i2t, t2i = recall_both_ways(
        image_scores,
        text_scores,
        benchmark.owner,
        benchmark.image_row,
        benchmark.text_row,
        KS,
    )
    return {
        "i2t": [percent(value) for value in i2t],
        "t2i": [percent(value) for value in t2i],
        "mr": percent(float(np.mean([*i2t, *t2i]))),
    }
