"""Cross-attention layers in which the tokens of a text query the grid tokens of an image.

The fusion encoder of MTGFE (Zhang et al., Remote Sensing 15, 4637, 2023), with the layers of
ALBEF's multimodal encoder (Li et al. 2021, arXiv:2107.07651): self-attention over the text,
cross-attention to the image, a feed-forward network. Normalisation comes first in every part,
which trains without a long warm-up. A reconstruction: width, depth and this order are ours.

One text is fused with K images without being copied: every product broadcasts over the first
axis, and the first layer's self-attention runs once for all images.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

#: Added to the scores of padding; its exponential is zero in float64 too, and unlike −∞ it
#: leaves a text of nothing but padding finite.
_HIDDEN = -1e4


class Attention(nn.Module):
    """Multi-head attention whose first axes broadcast.

    Args:
        width: W.
        heads: of W / heads numbers each.
        dropout: on the attention weights, in training only.
    """

    def __init__(self, width: int, heads: int, dropout: float) -> None:
        super().__init__()
        if width % heads:
            raise ValueError(f"width {width} is not a multiple of {heads} heads")
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)
        self.dropout = nn.Dropout(dropout)

    def _split(self, states: Tensor) -> Tensor:
        count, length, width = states.shape
        return states.reshape(count, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, queries: Tensor, states: Tensor, bias: Tensor | None = None) -> Tensor:
        """Return (max(A, B), L, W).

        Args:
            queries: (A, L, W).
            states: (B, M, W) of which keys and values are made; A and B are equal or one is 1.
            bias: added to the scores, broadcasting to (·, heads, L, M).
        """
        query, key, value = (
            self._split(linear(x))
            for linear, x in ((self.query, queries), (self.key, states), (self.value, states))
        )
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(2, 3)
        if bias is not None:
            scores = scores + bias
        mixed = self.dropout(torch.softmax(scores, dim=-1)) @ value
        joined: Tensor = self.out(mixed.transpose(1, 2).flatten(2))
        return joined


class FusionLayer(nn.Module):
    """Self-attention, cross-attention and a feed-forward network, each with a residual.

    Args:
        width: W.
        heads: of both attentions.
        dropout: in training only.
        expansion: width of the feed-forward network's inner layer, in W.
    """

    def __init__(self, width: int, heads: int, dropout: float, expansion: int) -> None:
        super().__init__()
        self.self_norm = nn.LayerNorm(width)
        self.self_attention = Attention(width, heads, dropout)
        self.cross_norm = nn.LayerNorm(width)
        self.cross_attention = Attention(width, heads, dropout)
        self.feed_forward = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, expansion * width),
            nn.GELU(),
            nn.Linear(expansion * width, width),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(self, text: Tensor, image: Tensor, bias: Tensor) -> Tensor:
        """Return text states (K, L, W) of text (T, L, W), image (K, P, W), bias (T, 1, 1, L)."""
        own = self.self_norm(text)
        text = text + self.dropout(self.self_attention(own, own, bias))
        text = text + self.dropout(self.cross_attention(self.cross_norm(text), image))
        fused: Tensor = text + self.dropout(self.feed_forward(text))
        return fused


class FusionEncoder(nn.Module):
    """Fuses texts with images.

    Args:
        width: W of the tokens of both.
        layers: number of layers.
        heads: attention heads.
        dropout: in training only.
        expansion: of the feed-forward networks.
    """

    def __init__(
        self,
        width: int = 256,
        layers: int = 2,
        heads: int = 8,
        dropout: float = 0.1,
        expansion: int = 4,
    ) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            FusionLayer(width, heads, dropout, expansion) for _ in range(layers)
        )
        self.norm = nn.LayerNorm(width)

    def forward(self, image_tokens: Tensor, text_tokens: Tensor, text_mask: Tensor) -> Tensor:
        """Return fused states (K, L, W); the first one of a text stands for the pair.

        Args:
            image_tokens: (K, P, W).
            text_tokens: (T, L, W), T being K, or 1 for one text with K images.
            text_mask: int64 (T, L), 1 for tokens and 0 for padding.
        """
        bias = ((1 - text_mask)[:, None, None, :]).to(text_tokens.dtype) * _HIDDEN
        states = text_tokens
        for layer in self.layers:
            states = layer(states, image_tokens, bias)
        fused: Tensor = self.norm(states)
        return fused
