"""Code-level intra-class contrast: one image, seen by both branches, has one code.

Of multi-level contrastive deep hashing (see ``category_contrast``). The abstract says that the
loss "ensures consistency of hash code for the same image processed differently under different
branches"; the squared distance is a reconstruction.
"""

from __future__ import annotations

from torch import Tensor


def intra_class_hash(first: Tensor, second: Tensor) -> Tensor:
    """Return mean ‖u¹ᵢ − u²ᵢ‖² / K, from 0 (equal codes) to 4 (every bit opposite).

    Args:
        first: relaxed codes u (N, K) of one branch.
        second: the other branch's, row i of both being views of image i.
    """
    return (first - second).square().mean()
