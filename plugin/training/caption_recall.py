"""Recall at k between images and captions, by the engine's own counting of ties and copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..engine.encoders.tokens import normalise_text
from ..engine.evaluation.recall import Scores, recall_both_ways
from ..engine.evaluation.report import percent

KS = (1, 5, 10)

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which caption belongs to which image; equal ones have one row.

    Attributes:
        sentences: the distinct captions, normalised as the engine does.
        owner: (T,) image of each caption.
        text_row: (T,) distinct caption that each one is.
        image_row: (I,) distinct image that each one is.
        first: (distinct images,) an image of each row.
    """

    sentences: tuple[str, ...]
    owner: Rows
    text_row: Rows
    image_row: Rows
    first: Rows


def pairs_of(captions: Sequence[Sequence[str]], contents: Sequence[int]) -> Pairs:
    """Return the pairs of captioned images.

    Args:
        captions: of each image.
        contents: a number for each image, equal for byte-identical ones.
    """
    texts = [normalise_text(caption) for own in captions for caption in own]
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    _, first, image_row = np.unique(np.asarray(contents), return_index=True, return_inverse=True)
    return Pairs(
        tuple(rows),
        np.array([i for i, own in enumerate(captions) for _ in own], np.int64),
        np.array([rows[text] for text in texts], np.int64),
        image_row.astype(np.int64),
        first.astype(np.int64),
    )


def recalls(
    image_scores: Callable[[slice], Scores], text_scores: Callable[[slice], Scores], pairs: Pairs
) -> dict[str, Any]:
    """Return ``i2t`` and ``t2i``, R@1, 5 and 10 each, and ``mr``, their mean, in per cent.

    Args:
        image_scores: of a slice of the distinct images with all distinct captions.
        text_scores: of a slice of the distinct captions with all distinct images.
        pairs: what belongs together.
    """
    i2t, t2i = recall_both_ways(
        image_scores, text_scores, pairs.owner, pairs.image_row, pairs.text_row, KS
    )
    return {
        "i2t": [percent(value) for value in i2t],
        "t2i": [percent(value) for value in t2i],
        "mr": percent(float(np.mean([*i2t, *t2i]))),
    }
