"""Contrast between images and captions whose targets are softened by a tree of scene classes.

Of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421), "correlation-aware"
retrieval with a hierarchical semantic tree. A reconstruction: the weights are
y_ij ∝ exp(κ · depth of the lowest common ancestor / D). The pair itself is one level below the
class: with the class as the last level, an image's own caption would weigh no more than that of
any other image of the class, and no image could be told from its like.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


def softened(depth: Tensor, same: Tensor, levels: int, kappa: float | None) -> Tensor:
    """Return the weights w (N, M) in 0..1 of pairs of images and captions, not yet normalised.

    Args:
        depth: LCA depth (N, M) of the classes, 0 (only the root in common) to ``levels``.
        same: bool (N, M), True where the caption stands on the image. All those pairs weigh 1,
            whichever of them happened to be drawn together: duplicates share their target.
        levels: depth of a class in the tree.
        kappa: κ; the larger, the harder the target. None takes ``same`` alone.
    """
    if kappa is None:
        return same.float()
    full = levels + 1
    below = torch.where(same, torch.full_like(depth, full), depth.clamp_max(levels))
    return torch.exp(kappa * (below.float() / full - 1.0))


def soft_contrast(
    image: Tensor, text: Tensor, temperature: Tensor | float, weights: Tensor
) -> Tensor:
    """Return the mean of both directions' cross-entropies with soft targets.

    Args:
        image: unit-length vectors (N, D).
        text: unit-length vectors (M, D).
        temperature: τ, dividing the similarities.
        weights: w (N, M) of ``softened``; each row, and for the other direction each column, is
            scaled to sum to one. None of them may be all zero.
    """
    logits = image @ text.T / temperature
    weights = weights.to(logits.dtype)
    by_image = -(F.log_softmax(logits, dim=1) * weights).sum(1) / weights.sum(1)
    by_text = -(F.log_softmax(logits, dim=0) * weights).sum(0) / weights.sum(0)
    return (by_image.mean() + by_text.mean()) / 2
