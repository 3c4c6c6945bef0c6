"""Recall between images and captions in both directions, ties and copies counted fairly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...encoders.tokens import normalise_text
from ..report import percent
from .recall import Scores, recall_both_ways

#: List lengths at which recall is measured.
KS = (1, 5, 10)

Rows = npt.NDArray[np.int64]


class CaptionRows(Protocol):
    """Which captions belong to which images, of I images and T captions.

    Equal images have one row among the distinct images, equal captions one among the distinct
    captions.
    """

    @property
    def owner(self) -> Rows:
        """The image (T,) of each caption."""

    @property
    def image_row(self) -> Rows:
        """The distinct image (I,) that each image is."""

    @property
    def text_row(self) -> Rows:
        """The distinct caption (T,) that each caption is."""


@dataclass(frozen=True, slots=True)
class CaptionPairs:
    """Captions and images as ``CaptionRows``, with the distinct sentences themselves.

    Attributes:
        sentences: the distinct captions, normalised as the engine does.
        owner: the image (T,) of each caption.
        text_row: the distinct caption (T,) that each one is.
        image_row: the distinct image (I,) that each one is.
        first: (distinct images,) an image of each row.
    """

    sentences: tuple[str, ...]
    owner: Rows
    text_row: Rows
    image_row: Rows
    first: Rows


def pairs_of(captions: Sequence[Sequence[str]], contents: Sequence[int]) -> CaptionPairs:
    """Return the pairs of captioned images.

    Args:
        captions: of each image.
        contents: a number for each image, equal for byte-identical ones.
    """
    texts = [normalise_text(caption) for sentences in captions for caption in sentences]
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    _, first, image_row = np.unique(np.asarray(contents), return_index=True, return_inverse=True)
    return CaptionPairs(
        tuple(rows),
        np.array([i for i, sentences in enumerate(captions) for _ in sentences], np.int64),
        np.array([rows[text] for text in texts], np.int64),
        image_row.astype(np.int64),
        first.astype(np.int64),
    )


def recalls(
    pairs: CaptionRows,
    image_scores: Callable[[slice], Scores],
    text_scores: Callable[[slice], Scores],
) -> dict[str, Any]:
    """Return ``i2t`` and ``t2i``, [R@1, R@5, R@10] in percent, and ``mr``, their mean.

    Args:
        pairs: which images and captions belong together.
        image_scores: scores (q, distinct texts) of a slice of the distinct images.
        text_scores: scores (q, distinct images) of a slice of the distinct texts.
    """
    i2t, t2i = recall_both_ways(
        image_scores, text_scores, pairs.owner, pairs.image_row, pairs.text_row, KS
    )
    return {
        "i2t": [percent(value) for value in i2t],
        "t2i": [percent(value) for value in t2i],
        "mr": percent(float(np.mean([*i2t, *t2i]))),
    }
