"""Symmetric contrastive loss between images and captions, with repeated captions masked.

InfoNCE as in CLIP (Radford et al. 2021, arXiv:2103.00020). Remote-sensing captions repeat: one
sentence stands on many images, and a sentence that also stands on image j is no negative for it.
Such pairs are left out of the denominator.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


def image_text_contrast(
    image: Tensor, text: Tensor, temperature: Tensor | float, neutral: Tensor | None = None
) -> Tensor:
    """Return the mean of both directions' cross-entropies.

    Args:
        image: unit-length embeddings (N, D).
        text: unit-length embeddings (N, D), row i describing image i.
        temperature: τ, dividing the similarities.
        neutral: bool (N, N), True at (i, j) where text j also describes image i although i ≠ j;
            such a pair is neither positive nor negative. The diagonal is ignored.
    """
    logits = image @ text.T / temperature
    if neutral is not None:
        off_diagonal = ~torch.eye(len(logits), dtype=torch.bool, device=logits.device)
        logits = logits.masked_fill(neutral & off_diagonal, float("-inf"))
    target = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2
