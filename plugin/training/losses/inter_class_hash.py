"""Code-level inter-class contrast: images of different classes differ in half of their bits.

Of multi-level contrastive deep hashing (see ``category_contrast``). The abstract says that the
loss "preserves the differences between hash codes of images from different categories within the
same branch"; the margin form is a reconstruction.
"""

from __future__ import annotations

import torch
from torch import Tensor


def inter_class_hash(relaxed: Tensor, labels: Tensor, margin: float | None = None) -> Tensor:
    """Return the mean over pairs of different classes of [max(0, μ − d) / μ]².

    d = (K − uᵢ·uⱼ) / 2 is the Hamming distance of relaxed codes. Zero, with a gradient of zero,
    where the batch holds one class only.

    Args:
        relaxed: relaxed codes u (N, K) of one branch.
        labels: class numbers (N,); without classes the number of the image, equal for copies.
        margin: μ in bits; K / 2, the distance of unrelated codes, if left out.
    """
    bits = relaxed.shape[1]
    wanted = bits / 2 if margin is None else margin
    foreign = labels[:, None] != labels[None, :]
    if not bool(foreign.any()):
        return relaxed.sum() * 0.0
    distance = (bits - relaxed @ relaxed.T) / 2
    shortfall = torch.relu(wanted - distance) / wanted
    return shortfall[foreign].square().mean()
