"""The fusion part as second stage of a ranking, in torch."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

_PAIRS = 256

Scores = npt.NDArray[np.float64]


class Fuses(Protocol):
    """A system that says how probably an image and a text belong together."""

    def fusion_outputs(
        self, image_tokens: Tensor, text_tokens: Tensor, text_mask: Tensor
    ) -> dict[str, Tensor]:
        """Return ``match`` (K,) of image tokens (K, P, W) and text tokens (1 or K, L, W)."""
        ...


def reranked_scores(
    system: Fuses, images: dict[str, Tensor], texts: dict[str, Tensor], shortlist: int
) -> tuple[Scores, Scores]:
    """Return scores (I, T) of captions for images and (T, I) of images for captions.

    The items nearest by embedding come first, sorted by the probability that they belong to the
    query; all others follow by cosine. A pair is looked at once for both directions.

    Args:
        system: with a fusion part.
        images: outputs of the image side, ``features`` (I, D) and ``tokens`` (I, P, W).
        texts: outputs of the text side, ``features`` (T, D), ``tokens`` (T, L, W), ``mask`` (T, L).
        shortlist: items ranked anew for each query.
    """
    cosine = texts["features"].float() @ images["features"].float().T
    by_text = _nearest(cosine, shortlist)
    by_image = _nearest(cosine.T, shortlist).T
    wanted = by_text | by_image
    match = torch.zeros_like(cosine)
    for row in range(len(cosine)):
        columns = wanted[row].nonzero()[:, 0]
        # alone, a sentence needs no padding
        length = int(texts["mask"][row].sum())
        tokens, mask = (texts[name][row : row + 1, :length] for name in ("tokens", "mask"))
        for start in range(0, len(columns), _PAIRS):
            part = columns[start : start + _PAIRS]
            found = system.fusion_outputs(images["tokens"][part], tokens, mask)["match"]
            match[row, part] = found.float()
    return _merged(match, cosine, by_image).T, _merged(match, cosine, by_text)


def _nearest(cosine: Tensor, count: int) -> Tensor:
    """Return bool (Q, N): the ``count`` items of the largest cosine, and what ties with them."""
    last = cosine.topk(min(count, cosine.shape[1]), dim=1).values[:, -1:]
    return cosine >= last


def _merged(match: Tensor, cosine: Tensor, first: Tensor) -> Scores:
    # 2 keeps every probability above every cosine; float64 keeps the digits of the probability
    merged = torch.where(first, 2.0 + match.double(), cosine.double())
    return np.asarray(merged.cpu().numpy())
