"""Recall at every k between images and captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ...encoders.encoder import Encoded
from ..rankings import Scores, take
from .benchmark import CaptionBenchmark
from .recall import Chances, recall_both_ways


@dataclass(frozen=True, slots=True)
class RecallCurves:
    """Recall in 0..1 at each of ``ks``, of captions by images and of images by captions."""

    ks: tuple[int, ...]
    i2t: Chances
    t2i: Chances


def recall_curves(
    benchmark: CaptionBenchmark, scores: Callable[[Encoded, Encoded], Scores], ks: Sequence[int]
) -> RecallCurves:
    """Return the recall of one ranking; at 1, 5 and 10 it is that of the benchmark's result.

    Args:
        benchmark: encoded images and captions.
        scores: (Q, N) of queries with items, the largest first.
        ks: list lengths.
    """
    images, texts = benchmark.images, benchmark.texts
    i2t, t2i = recall_both_ways(
        lambda rows: np.asarray(scores(take(images, rows), texts)),
        lambda rows: np.asarray(scores(take(texts, rows), images)),
        benchmark.owner,
        benchmark.image_row,
        benchmark.text_row,
        ks,
    )
    return RecallCurves(tuple(ks), i2t, t2i)
