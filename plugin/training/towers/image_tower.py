"""Any transformers vision backbone with a projection to the shared space."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from transformers import AutoModel, PretrainedConfig


class ImageTower(nn.Module):
    """Backbone, pooled features, and a two-layer projection.

    Args:
        backbone: a folder or hub id that ``AutoModel.from_pretrained`` loads, or a configuration,
            whose weights are then random and come from a checkpoint.
        embedding_size: D of the shared space.
        dropout: on the pooled features, in training only.
        frozen_layers: number of the backbone's first layers that keep their pretrained weights
            and statistics; what comes before the first layer is frozen with them. Edges and
            textures need no retraining, and their large maps are most of a training step.
    """

    def __init__(
        self,
        backbone: str | Path | PretrainedConfig,
        embedding_size: int,
        dropout: float = 0.1,
        frozen_layers: int = 0,
    ) -> None:
        super().__init__()
        if isinstance(backbone, PretrainedConfig):
            model = AutoModel.from_config(backbone)
        else:
            model = AutoModel.from_pretrained(str(backbone))  # nosec B615 - a local folder
        self.backbone = model.to(memory_format=torch.channels_last)
        for module in self.backbone.modules():
            # transformers took MobileNetV2's momentum over from TensorFlow, where it is the share
            # that stays: running statistics would be those of the last batch
            if isinstance(module, _BatchNorm) and (module.momentum or 0) > 0.5:
                module.momentum = 0.1
        self._frozen = first_layers(self.backbone, frozen_layers)
        for module in self._frozen:
            module.requires_grad_(False)
        with torch.no_grad():
            width = self.pooled(torch.zeros(2, 3, 64, 64)).shape[1]
        self.projection = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(width, embedding_size), nn.BatchNorm1d(embedding_size)
        )

    def train(self, mode: bool = True) -> ImageTower:
        """Switch to training, but for the frozen layers' normalisation statistics."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def pooled(self, pixels: Tensor) -> Tensor:
        """Return the backbone's pooled features (N, width) of normalised pixels (N, 3, H, W)."""
        return _pooled(self._run(pixels))

    def pooled_and_map(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``pooled`` (N, width) and the last feature map (N, C, h, w), seen in one look.

        Raises:
            ValueError: if the backbone's tokens are no grid.
        """
        output = self._run(pixels)
        last: Tensor = output.last_hidden_state
        if last.ndim == 3:
            last = token_grid(last, pixels.shape[-2:])
        return _pooled(output), last

    def maps(self, pixels: Tensor, count: int = 3) -> list[Tensor]:
        """Return feature maps (N, C, h, w) of normalised pixels, the coarsest last.

        Of each of the last ``count`` resolutions the deepest map. A backbone of one resolution
        (ViT) gives the hidden states at equal depths, its tokens laid out as a grid.

        Raises:
            ValueError: if the backbone has too few resolutions, or tokens that are no grid.
        """
        return self.pooled_and_maps(pixels, count)[1]

    def pooled_and_maps(self, pixels: Tensor, count: int = 3) -> tuple[Tensor, list[Tensor]]:
        """Return what ``pooled`` and ``maps`` return, of one run of the backbone."""
        output = self._run(pixels, output_hidden_states=True)
        found = [*output.hidden_states, output.last_hidden_state]
        if found[-1].ndim == 3:
            chosen = [found[len(found) * (i + 1) // count - 1] for i in range(count)]
            return _pooled(output), [token_grid(tokens, pixels.shape[-2:]) for tokens in chosen]
        # whole numbers, because traced sizes are never equal; a later map takes the place
        deepest = {tuple(int(side) for side in one.shape[-2:]): one for one in found}
        if len(deepest) < count:
            raise ValueError(f"the backbone has {len(deepest)} resolutions, not {count}")
        return _pooled(output), sorted(deepest.values(), key=lambda one: -one.shape[-1])[-count:]

    def _run(self, pixels: Tensor, **settings: bool) -> Any:
        ordered = pixels.contiguous(memory_format=torch.channels_last)
        return self.backbone(pixel_values=ordered, **settings)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return embeddings (N, D), not yet of unit length."""
        embedding: Tensor = self.projection(self.pooled(pixels))
        return embedding


def _pooled(output: Any) -> Tensor:
    """Return (N, width) of what a transformers vision model returned."""
    pooled: Tensor | None = getattr(output, "pooler_output", None)
    if pooled is None:
        hidden: Tensor = output.last_hidden_state
        pooled = hidden.mean(1) if hidden.ndim == 3 else hidden.mean((2, 3))
    return pooled.flatten(1)


def token_grid(tokens: Tensor, size: tuple[int, int] | torch.Size) -> Tensor:
    """Return a transformer's tokens (N, P, C) as a map (N, C, h, w), class tokens left out.

    Raises:
        ValueError: if no square patch size fits the image of ``size`` pixels.
    """
    height, width = int(size[0]), int(size[1])
    for patch in (8, 14, 16, 28, 32):
        h, w = height // patch, width // patch
        extra = tokens.shape[1] - h * w  # class and register tokens come first
        if h * w and 0 <= extra <= 8:
            return tokens[:, extra:].transpose(1, 2).reshape(len(tokens), -1, h, w)
    raise ValueError(f"{tokens.shape[1]} tokens of {height} × {width} px are no grid of patches")


def first_layers(backbone: nn.Module, count: int) -> tuple[nn.Module, ...]:
    """Return a backbone's first layers and what comes before them.

    The layers are the entries of its longest ``ModuleList``, as transformers' models have one:
    ``layer`` of MobileNetV2, ``encoder.layer`` of ViT, ``encoder.stages`` of ConvNeXt.

    Args:
        backbone: the model.
        count: number of layers, but no more than a quarter of them: what is right for
            MobileNetV2's sixteen would be the whole of ResNet's four. None returns nothing, not
            even what comes before.
    """
    lists = {name: m for name, m in backbone.named_modules() if isinstance(m, nn.ModuleList)}
    name = max(lists, key=lambda key: len(lists[key]), default=None)
    count = min(count, len(lists[name]) // 4) if name is not None else 0
    if name is None or not count:
        return ()
    before: list[nn.Module] = []
    parent = backbone
    for part in name.split("."):
        for key, child in parent.named_children():
            if key == part:
                break
            before.append(child)
        parent = parent.get_submodule(part)
    return (*before, *lists[name][:count])
