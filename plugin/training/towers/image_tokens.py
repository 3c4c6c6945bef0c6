"""The cells of a feature map as tokens with a position."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 (torch's own custom)


class ImageTokens(nn.Module):
    """A 1×1 projection of a feature map's cells and a learned position for each.

    Args:
        channels: C of the feature map.
        width: W of the tokens.
        grid: side of the learned grid of positions; other sides interpolate it, so that a system
            trained at one image size runs at another.
    """

    def __init__(self, channels: int, width: int, grid: int = 6) -> None:
        super().__init__()
        self.project = nn.Linear(channels, width)
        self.position = nn.Parameter(torch.zeros(1, width, grid, grid))
        nn.init.normal_(self.position, std=0.02)
        self.norm = nn.LayerNorm(width)

    def forward(self, cells: Tensor) -> Tensor:
        """Return tokens (N, h·w, W), row by row, of a feature map (N, C, h, w)."""
        size = (int(cells.shape[2]), int(cells.shape[3]))
        position: Tensor = self.position
        if size != tuple(position.shape[2:]):
            position = F.interpolate(position, size, mode="bilinear", align_corners=False)
        projected = self.project(cells.flatten(2).transpose(1, 2))
        tokens: Tensor = self.norm(projected + position.flatten(2).transpose(1, 2))
        return tokens
