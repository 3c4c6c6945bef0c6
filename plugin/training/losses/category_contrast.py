"""Feature-level category contrast of multi-level contrastive deep hashing.

Li et al., "Deep Hashing with Multi-Level Contrastive Learning Framework for Remote Sensing Image
Retrieval" (IAF Earth Observation Symposium). The abstract names a category contrastive loss on
features; its form here, supervised contrast (Khosla et al. 2020) over both branches' views, is a
reconstruction.
"""

from __future__ import annotations

import torch
from torch import Tensor

from .class_contrast import class_contrast


def category_contrast(
    first: Tensor, second: Tensor, labels: Tensor, temperature: float = 0.1
) -> Tensor:
    """Return the supervised contrast over the 2N views of a batch.

    Every view has at least one positive, the other branch's view of the same image, so the loss
    is defined for any batch, one of a single class included.

    Args:
        first: unit-length projections z (N, D) of one branch.
        second: the other branch's, row i of both being views of image i.
        labels: class numbers (N,); without classes the number of the image, equal for copies.
        temperature: τ.
    """
    views = torch.cat([first, second])
    classes = torch.cat([labels, labels])
    return class_contrast(views, classes, torch.zeros_like(classes), temperature)
