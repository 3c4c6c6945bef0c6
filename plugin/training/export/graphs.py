"""The ONNX graphs of an encoder package, traced from a trained system, one for each role.

Every graph is exported by itself, with every size that may differ from call to call dynamic.
Codes are packed inside the graph, so that every runtime computes the same bits. No output is
named ``embedding``: the name collides with an initializer of the exporter's.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

import onnx
import torch
from torch import Tensor, nn

from ..systems.exportable import Exportable

#: Runs on every onnxruntime since 1.12.
OPSET = 17

_BATCH = {0: "batch"}
_TOKENS = {0: "batch", 1: "tokens"}
#: The graphs a system may have, each with its inputs and their dynamic axes. One text may stand
#: before many images in ``fusion``, so that its texts are counted apart.
INPUTS: Mapping[str, Mapping[str, Mapping[int, str]]] = {
    "image": {"pixels": _BATCH},
    "text": {"input_ids": _TOKENS, "attention_mask": _TOKENS},
    "hash": {"features": _BATCH},
    "hubness": {"features": _BATCH},
    "fusion": {
        "image_tokens": {0: "images"},
        "text_tokens": {0: "texts", 1: "tokens"},
        "text_mask": {0: "texts", 1: "tokens"},
    },
    "context": {"image_features": _BATCH, "text_tokens": _TOKENS, "text_mask": _TOKENS},
}
#: What a graph may put out.
OUTPUTS = frozenset({"features", "code", "tokens", "match", "image_hubness", "text_hubness"})

Tensors = dict[str, Tensor]


class RoleGraph(nn.Module):
    """The part of a system that one graph computes.

    Args:
        system: the trained system.
        role: which of its graphs.
    """

    def __init__(self, system: Exportable, role: str) -> None:
        super().__init__()
        self.system = cast(nn.Module, system)
        self.role = role

    def outputs(self, *inputs: Tensor) -> Tensors:
        """Return the named outputs."""
        found: Tensors = getattr(self.system, f"{self.role}_outputs")(*inputs)
        if unknown := set(found) - OUTPUTS:
            raise ValueError(f"a {self.role} graph has no outputs {sorted(unknown)}")
        return found

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Return the outputs in their order."""
        return tuple(self.outputs(*inputs).values())


def roles_of(system: Exportable) -> tuple[str, ...]:
    """Return the graphs that a system has."""
    return tuple(role for role in INPUTS if hasattr(system, f"{role}_outputs"))


@torch.no_grad()
def export_graphs(system: Exportable, input_size: int, folder: Path) -> dict[str, Path]:
    """Write the fp32 graphs and return their files by role.

    Args:
        system: the trained system; it is left in float32, in evaluation mode, on the CPU.
        input_size: side S of the image graph's input, pixels.
        folder: where to write.
    """
    cast(nn.Module, system).eval().float().cpu()
    files: dict[str, Path] = {}
    for role, inputs in _examples(system, input_size).items():
        files[role] = folder / f"{role}.onnx"
        _export(RoleGraph(system, role), inputs, files[role])
    return files


def count_weights(files: Iterable[Path]) -> int:
    """Return how many different numbers fp32 graphs hold; what several share counts once."""
    sizes: dict[bytes, int] = {}
    for file in files:
        for tensor in onnx.load(str(file)).graph.initializer:
            if tensor.data_type == onnx.TensorProto.FLOAT:
                values = onnx.numpy_helper.to_array(tensor)
                sizes[hashlib.sha256(values.tobytes()).digest()] = values.size
    return sum(sizes.values())


def _examples(system: Exportable, input_size: int) -> dict[str, tuple[Tensor, ...]]:
    """Return inputs to trace every graph with."""
    roles = roles_of(system)
    images = torch.rand(2, 3, input_size, input_size)
    image = RoleGraph(system, "image").outputs(images)
    examples: dict[str, tuple[Tensor, ...]] = {"image": (images,), "hash": (image["features"],)}
    if "text" in roles:
        ids, mask = torch.full((2, 8), 5), torch.ones(2, 8, dtype=torch.int64)
        examples["text"] = (ids, mask)
        text = RoleGraph(system, "text").outputs(ids, mask)
        if "hubness" in roles:
            examples["hubness"] = (image["features"],)
        if "fusion" in roles:
            examples["fusion"] = (image["tokens"], text["tokens"][:1], mask[:1])
        if "context" in roles:
            examples["context"] = (image["features"], text["tokens"], mask)
    return examples


def _export(graph: RoleGraph, inputs: tuple[Tensor, ...], file: Path) -> None:
    axes = {name: dict(own) for name, own in INPUTS[graph.role].items()}
    first = next(iter(axes.values()))
    outputs = list(graph.outputs(*inputs))
    for name in outputs:
        # the tokens of a text are as many as its ids, those of an image always the same
        axes[name] = first if name == "tokens" else {0: first[0]}
    with warnings.catch_warnings():
        # the tracing exporter is chosen for its opset, and says at length that it is the older one
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.eval(),
            inputs,
            str(file),
            input_names=list(INPUTS[graph.role]),
            output_names=outputs,
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
