"""Mean recall of captions and images by their embeddings, for watching a training run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...engine.evaluation.captions.caption_recall import KS, Rows, recalls


@dataclass(frozen=True, slots=True)
class _Rows:
    owner: Rows
    image_row: Rows
    text_row: Rows


def mean_recall(
    image: npt.NDArray[np.float32], text: npt.NDArray[np.float32], owner: Rows
) -> dict[str, float]:
    """Return R@1, 5, 10 both ways and their mean, in per cent, ties by expectation.

    Args:
        image: unit-length embeddings (N, D).
        text: unit-length embeddings (M, D).
        owner: image of every text (M,).
    """
    image_row, text_row = _distinct(image), _distinct(text)
    images, texts = (
        vectors[np.unique(rows, return_index=True)[1]]
        for vectors, rows in ((image, image_row), (text, text_row))
    )
    measured = recalls(
        _Rows(owner, image_row, text_row),
        lambda part: images[part] @ texts.T,
        lambda part: texts[part] @ images.T,
    )
    recall = {
        f"{way}_r{k}": float(value)
        for way in ("i2t", "t2i")
        for k, value in zip(KS, measured[way], strict=True)
    }
    return recall | {"mr": float(measured["mr"])}


def _distinct(vectors: npt.NDArray[np.float32]) -> Rows:
    """Return which distinct vector each one is: equal sentences have equal embeddings."""
    rows = np.unique(vectors, axis=0, return_inverse=True)[1]
    return np.asarray(rows, np.int64).reshape(-1)
