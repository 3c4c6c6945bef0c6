"""The ONNX graphs of an encoder package, traced from the trained towers.

Every graph is exported by itself with a dynamic batch. Codes are packed inside the graph, so
that every runtime computes the same bits. No output is named ``embedding``: the name collides
with an initializer of the exporter's.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from ..systems.dual_hashing import DualHashing
from ..systems.image_hasher import HashesImages
from ..towers.hash_head import pack

#: Runs on every onnxruntime since 1.12.
OPSET = 17


class ImageGraph(nn.Module):
    """Normalised pixels (N, 3, S, S) → unit-length features (N, D) and packed code."""

    def __init__(self, model: HashesImages) -> None:
        super().__init__()
        self.tower, self.hash_head = model.image_tower, model.hash_head

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and code."""
        features = nn.functional.normalize(self.tower(pixels), dim=1)
        return features, pack(self.hash_head(features))


class TextGraph(nn.Module):
    """Token ids and mask (N, L) → unit-length features (N, D) and packed code."""

    def __init__(self, model: DualHashing) -> None:
        super().__init__()
        self.tower, self.hash_head = model.text_tower, model.hash_head

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return features and code."""
        features = nn.functional.normalize(self.tower(input_ids, attention_mask), dim=1)
        return features, pack(self.hash_head(features))


class HashGraph(nn.Module):
    """Unit-length features (N, D) → packed code, for queries combined from several."""

    def __init__(self, model: HashesImages) -> None:
        super().__init__()
        self.hash_head = model.hash_head

    def forward(self, features: Tensor) -> Tensor:
        """Return the code."""
        return pack(self.hash_head(features))


def _export(
    graph: nn.Module, arguments: tuple[Tensor, ...], file: Path, axes: dict[str, dict[int, str]]
) -> None:
    outputs = [name for name in ("features", "code") if name in axes and name not in _inputs(graph)]
    with warnings.catch_warnings():
        # the tracing exporter is chosen for its opset, and says at length that it is the older one
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.eval(),
            arguments,
            str(file),
            input_names=_inputs(graph),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )


def _inputs(graph: nn.Module) -> list[str]:
    if isinstance(graph, ImageGraph):
        return ["pixels"]
    return ["input_ids", "attention_mask"] if isinstance(graph, TextGraph) else ["features"]


@torch.no_grad()
def export_image_graphs(model: HashesImages, input_size: int, folder: Path) -> dict[str, Path]:
    """Write the fp32 image and hash graphs and return their files by role.

    Args:
        model: the trained system, in evaluation mode.
        input_size: side S of the image graph's input, pixels.
        folder: where to write.
    """
    width = model.hash_head.linear.in_features
    batch = {0: "batch"}
    files = {role: folder / f"{role}.onnx" for role in ("image", "hash")}
    _export(
        ImageGraph(model),
        (torch.rand(2, 3, input_size, input_size),),
        files["image"],
        {"pixels": batch, "features": batch, "code": batch},
    )
    _export(
        HashGraph(model),
        (nn.functional.normalize(torch.randn(2, width), dim=1),),
        files["hash"],
        {"features": batch, "code": batch},
    )
    return files


@torch.no_grad()
def export_graphs(model: DualHashing, input_size: int, folder: Path) -> dict[str, Path]:
    """Write the fp32 graphs and return their files by role.

    Args:
        model: the trained system.
        input_size: side S of the image graph's input, pixels.
        folder: where to write.
    """
    model = model.eval().float().cpu()
    files = export_image_graphs(model, input_size, folder) | {"text": folder / "text.onnx"}
    batch = {0: "batch"}
    tokens = {0: "batch", 1: "tokens"}
    _export(
        TextGraph(model),
        (torch.full((2, 8), 5), torch.ones(2, 8, dtype=torch.int64)),
        files["text"],
        {"input_ids": tokens, "attention_mask": tokens, "features": batch, "code": batch},
    )
    return files
