"""Semantic-guided Triplet Loss (STL): the margin is small where image and text agree on the class.

After Zheng et al., "Scale-Semantic Joint Decoupling Network for Image-Text Retrieval in Remote
Sensing" (ACM TOMM), whose loss "adaptively generates a constant". A reconstruction: the constant
is the margin m_ij = m (1 − ⟨p_v^i, p_t^j⟩) of image i and text j, p their class probabilities, no
gradient passing through it. Hinges in both directions as in VSE++ (Faghri et al. 2018,
arXiv:1707.05612), over the hardest negative or over all.
"""

from __future__ import annotations

import torch
from torch import Tensor


def semantic_margin(image: Tensor, text: Tensor, margin: float = 0.2) -> Tensor:
    """Return m_ij = m (1 − ⟨p_v^i, p_t^j⟩), (N, N), a constant to the gradient.

    Args:
        image: class probabilities p_v (N, C).
        text: class probabilities p_t (N, C).
        margin: m, of a pair that has no class in common.
    """
    with torch.no_grad():
        return margin * (1.0 - image @ text.T)


def semantic_triplet(
    similarity: Tensor,
    margin: Tensor | float,
    neutral: Tensor,
    *,
    hardest: bool = True,
) -> Tensor:
    """Return the mean of both directions' hinges [m_ij − s_own + s_ij]₊.

    Args:
        similarity: s (N, N), image i with text j; row and column i belong together.
        margin: m_ij (N, N), or the same for every pair.
        neutral: bool (N, N), True at (i, j) where text j also describes image i, which makes no
            negative in either direction. The diagonal is ignored.
        hardest: take each item's most violating negative alone; False takes the mean over its
            negatives that violate the margin, those that keep it saying nothing.
    """
    own = similarity.diagonal()
    negative = ~(neutral | torch.eye(len(own), dtype=torch.bool, device=similarity.device))
    zero = similarity.new_zeros(())
    parts = []
    for dimension, anchor in ((1, own[:, None]), (0, own[None, :])):
        hinge = torch.where(negative, (margin - anchor + similarity).clamp_min(0.0), zero)
        if hardest:
            parts.append(hinge.amax(dimension).mean())
        else:
            violating = (hinge > 0).sum(dimension).clamp_min(1)
            parts.append((hinge.sum(dimension) / violating).mean())
    return (parts[0] + parts[1]) / 2
