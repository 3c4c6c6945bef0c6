"""Codes that agree as far as their scenes agree in the semantic tree, level by level.

Of CCLS2T (Zhu et al., IEEE TGRS 2024, doi 10.1109/TGRS.2024.3417421), whose hierarchical
semantic tree (RSHST) is to "address the feature sparsification of semantic-aware indexing
structures". A reconstruction: mean (uᵢ·uⱼ/K − S_ij)² with S = 2·LCA/D − 1. With an allocation of
bits to levels, level ℓ's bits are trained with S^ℓ = +1 where two scenes share their ancestor at
depth ℓ and −1 elsewhere, whose mean over the levels is S. The codes of a class then begin alike,
those of a branch begin alike for fewer bits: a prefix tree.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

#: Share of a code that each of three levels gets, the root's children first: 64 = 8 | 16 | 40.
SHARES = (0.125, 0.25, 0.625)


def level_bits(bits: int) -> tuple[int, int, int]:
    """Return how many bits each of three levels gets: (8, 16, 40) of 64, (2, 4, 10) of 16.

    Raises:
        ValueError: if the code is too short to give every level a bit, or not made of bytes.
    """
    if bits < 8 or bits % 8:
        raise ValueError(f"a code of {bits} bits has no three levels")
    first, second = (round(bits * share) for share in SHARES[:2])
    return first, second, bits - first - second


def tree_hash(first: Tensor, second: Tensor, depth: Tensor, allocation: Sequence[int]) -> Tensor:
    """Return the mean over levels and pairs of (uᵢ·uⱼ/k − S^ℓ_ij)² on each level's k bits.

    Args:
        first: relaxed codes u (N, K).
        second: relaxed codes (M, K), of the same items or of others.
        depth: LCA depth (N, M), 0 to ``len(allocation)``; the full depth for duplicates.
        allocation: bits of each level, the root's children first; their sum is K.
    """
    parts = []
    start = 0
    for level, bits in enumerate(allocation, start=1):
        own = slice(start, start + bits)
        agreement = first[:, own] @ second[:, own].T / bits
        wanted = 2.0 * (depth >= level).to(agreement.dtype) - 1.0
        parts.append((agreement - wanted).square().mean())
        start += bits
    return torch.stack(parts).mean()


def flat_hash(first: Tensor, second: Tensor, depth: Tensor, levels: int) -> Tensor:
    """Return mean (uᵢ·uⱼ/K − S_ij)², S = 2·depth/levels − 1, over whole codes.

    The loss without an allocation of bits, for comparison. Arguments as for ``tree_hash``.
    """
    agreement = first @ second.T / first.shape[1]
    wanted = 2.0 * depth.to(agreement.dtype) / levels - 1.0
    return (agreement - wanted).square().mean()
