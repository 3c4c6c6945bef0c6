"""Any transformers vision backbone with a projection to the shared space."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel, PretrainedConfig


class ImageTower(nn.Module):
    """Backbone, pooled features, and a two-layer projection.

    Args:
        backbone: a folder or hub id that ``AutoModel.from_pretrained`` loads, or a configuration,
            whose weights are then random and come from a checkpoint.
        embedding_size: D of the shared space.
        dropout: on the pooled features, in training only.
    """

    def __init__(
        self, backbone: str | Path | PretrainedConfig, embedding_size: int, dropout: float = 0.1
    ) -> None:
        super().__init__()
        if isinstance(backbone, PretrainedConfig):
            model = AutoModel.from_config(backbone)
        else:
            model = AutoModel.from_pretrained(str(backbone))  # nosec B615 - a local folder
        self.backbone = model.to(memory_format=torch.channels_last)
        with torch.no_grad():
            width = self.pooled(torch.zeros(2, 3, 64, 64)).shape[1]
        self.projection = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(width, embedding_size), nn.BatchNorm1d(embedding_size)
        )

    def pooled(self, pixels: Tensor) -> Tensor:
        """Return the backbone's pooled features (N, width) of normalised pixels (N, 3, H, W)."""
        output = self.backbone(pixel_values=pixels.contiguous(memory_format=torch.channels_last))
        pooled: Tensor | None = getattr(output, "pooler_output", None)
        if pooled is None:
            hidden: Tensor = output.last_hidden_state
            pooled = hidden.mean(1) if hidden.ndim == 3 else hidden.mean((2, 3))
        return pooled.flatten(1)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return embeddings (N, D), not yet of unit length."""
        embedding: Tensor = self.projection(self.pooled(pixels))
        return embedding
