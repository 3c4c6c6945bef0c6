"""A bidirectional GRU over token vectors that exports, and that padding does not touch.

Packed sequences do not export to ONNX, and a plain bidirectional GRU reads the padding first on
its way back. So the way back is a second GRU over each sentence reversed inside its own length:
padding stays at the end both ways, behind everything that it could change.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def reversed_inside(tokens: Tensor, mask: Tensor) -> Tensor:
    """Return tokens (N, L, W) with each row's first ``mask.sum(1)`` places in reverse order.

    Its own inverse. Places behind them, the padding, stay where they are.

    Args:
        tokens: (N, L, W), padded on the right.
        mask: (N, L), 1 at tokens and 0 at padding.
    """
    length = mask.sum(1, keepdim=True)
    # built from the mask, not from its length, so that a traced graph takes any length
    place = torch.ones_like(mask).cumsum(1) - 1
    source = torch.where(place < length, length - 1 - place, place)
    return tokens.gather(1, source[:, :, None].expand(-1, -1, tokens.shape[2]))


def masked_mean(tokens: Tensor, mask: Tensor) -> Tensor:
    """Return the mean (N, W) of the places of tokens (N, L, W) that are no padding."""
    weight = mask.unsqueeze(2).to(tokens.dtype)
    return (tokens * weight).sum(1) / weight.sum(1).clamp_min(1.0)


class GruText(nn.Module):
    """Reads token vectors both ways.

    Args:
        width: of the token vectors.
        hidden: state of either direction; the output is twice as wide.
    """

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.onward = nn.GRU(width, hidden, batch_first=True)
        self.backward_ = nn.GRU(width, hidden, batch_first=True)

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        """Return states (N, L, 2 · hidden), zero at padding.

        Args:
            tokens: (N, L, W), padded on the right.
            mask: int64 (N, L), 1 at tokens and 0 at padding.
        """
        # an explicit first state: the exporter's own one is fixed to the batch that was traced
        start = tokens.new_zeros(1, tokens.shape[0], self.onward.hidden_size)
        onward, _ = self.onward(tokens, start)
        back, _ = self.backward_(reversed_inside(tokens, mask), start)
        states = torch.cat([onward, reversed_inside(back, mask)], dim=2)
        return states * mask.unsqueeze(2).to(states.dtype)
