"""From a unit-length embedding to a code: u = tanh(W f), b = [u ≥ 0]."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class HashHead(nn.Module):
    """One linear layer shared by images and texts, so that a text has a code too.

    Args:
        embedding_size: D.
        bits: K, a multiple of 8.
    """

    def __init__(self, embedding_size: int, bits: int) -> None:
        super().__init__()
        if bits % 8:
            raise ValueError(f"code length {bits} is not a multiple of 8")
        self.linear = nn.Linear(embedding_size, bits)
        nn.init.orthogonal_(self.linear.weight)
        # tanh's useful range: a unit vector's projections have size 1/√D
        self.scale = nn.Parameter(torch.tensor(float(embedding_size) ** 0.5))
        nn.init.zeros_(self.linear.bias)

    def forward(self, features: Tensor) -> Tensor:
        """Return relaxed codes u in (−1, 1), (N, K)."""
        return torch.tanh(self.scale * self.linear(features))


def pack(relaxed: Tensor) -> Tensor:
    """Return uint8 (N, K / 8) packed codes of relaxed codes (N, K), most significant bit first.

    The order of ``numpy.packbits``. Written with sums so that it exports to ONNX.
    """
    bits = (relaxed >= 0).to(torch.int32).reshape(relaxed.shape[0], -1, 8)
    weight = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.int32, device=bits.device)
    return (bits * weight).sum(-1).to(torch.uint8)
