"""The fusion part as second stage of a ranking, in torch, ordered as the engine orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from ...engine.encoders.fusion import combined, logit
from ...engine.evaluation.captions.pair_matches import Pairs, best_candidates, ranked_first
from ...engine.retrieval.ties import levelled

_PAIRS = 256

Scores = npt.NDArray[np.float64]


class Fuses(Protocol):
    """A system that says how probably an image and a text belong together."""

    def fusion_outputs(
        self, image_tokens: Tensor, text_tokens: Tensor, text_mask: Tensor
    ) -> dict[str, Tensor]:
        """Return ``match`` (K,) of image tokens (K, P, W) and text tokens (1 or K, L, W)."""
        ...

    def hubness_outputs(self, features: Tensor) -> dict[str, Tensor]:
        """Return ``image_hubness`` and ``text_hubness`` (N,) of embeddings (N, D)."""
        ...


def reranked_scores(
    system: Fuses,
    images: Mapping[str, Tensor],
    texts: Mapping[str, Tensor],
    shortlist: int,
    weight: float,
) -> dict[str, tuple[Scores, Scores]]:
    """Return scores (I, T) of captions for images and (T, I) of images for captions.

    The items nearest by embedding come first, all others follow by cosine. A pair is looked at
    once for both directions. Each direction takes what its items are hubs from the cosine.

    Args:
        system: with a fusion part.
        images: outputs of the image side, ``features`` (I, D) and ``tokens`` (I, P, W).
        texts: outputs of the text side, ``features`` (T, D), ``tokens`` (T, L, W), ``mask`` (T, L).
        shortlist: items ranked anew for each query.
        weight: of the cosine beside the match, see the engine's ``combined``.

    Returns:
        The scores as a search orders, ``reranked``, and by the match alone, ``match_only``.
    """
    cosine = (images["features"].float() @ texts["features"].float().T).cpu().numpy()
    of_image = best_candidates(cosine, shortlist)
    of_text = best_candidates(cosine.T, shortlist).T
    match = _matches(system, images, texts, of_image | of_text)
    text_hubness, image_hubness = (
        system.hubness_outputs(of["features"].float())[f"{name}_hubness"].cpu().numpy()
        for name, of in (("text", texts), ("image", images))
    )
    by_image, by_text = levelled(match), levelled(match, axis=0)
    found = {
        "reranked": (
            combined(by_image, levelled(cosine - text_hubness), weight),
            combined(by_text, levelled(cosine - image_hubness[:, np.newaxis], axis=0), weight),
        ),
        "match_only": (logit(by_image), logit(by_text)),
    }
    return {
        name: (ranked_first(of_image, captions, cosine), ranked_first(of_text, pictures, cosine).T)
        for name, (captions, pictures) in found.items()
    }


def _matches(
    system: Fuses, images: Mapping[str, Tensor], texts: Mapping[str, Tensor], wanted: Pairs
) -> npt.NDArray[np.float32]:
    """Return probabilities (I, T), 0 for pairs that are not wanted, a text at a time."""
    match = np.zeros(wanted.shape, np.float32)
    for column in range(wanted.shape[1]):
        rows = np.flatnonzero(wanted[:, column])
        # alone, a sentence needs no padding
        length = int(texts["mask"][column].sum())
        tokens, mask = (texts[name][column : column + 1, :length] for name in ("tokens", "mask"))
        for start in range(0, len(rows), _PAIRS):
            part = rows[start : start + _PAIRS]
            seen = images["tokens"][torch.from_numpy(part).to(tokens.device)]
            found = system.fusion_outputs(seen, tokens, mask)["match"]
            match[part, column] = found.float().cpu().numpy()
    return match
