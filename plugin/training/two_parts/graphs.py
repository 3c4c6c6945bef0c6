"""ONNX graphs of an encoder with two parts, made from the exported graphs of one with one part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = npt.NDArray[np.float32]

#: Output names of graphs, as the engine asks for them.
FEATURES, CODE = "features", "code"

_POWERS = np.array([128, 64, 32, 16, 8, 4, 2, 1], np.float32)


@dataclass(frozen=True, slots=True)
class Linear:
    """y = x · weight + bias.

    Attributes:
        weight: float32 (inputs, outputs).
        bias: float32 (outputs,).
    """

    weight: Array
    bias: Array

    def __call__(self, rows: npt.NDArray[np.floating]) -> Array:
        """Return float32 (N, outputs) of rows (N, inputs)."""
        return np.asarray(rows @ self.weight + self.bias, np.float32)


@dataclass(frozen=True, slots=True)
class CodeLayer:
    """How a code of two parts is made: the bits of the meaning first, then those of the look."""

    meaning: Linear
    look: Linear

    @property
    def bits(self) -> int:
        """K, length of the code."""
        return len(self.meaning.bias) + len(self.look.bias)


@dataclass(frozen=True, slots=True)
class Head:
    """What makes the meaning of an image.

    Attributes:
        inputs: names of tensors (N, C) of the image graph, side by side.
        layer: from them to the meaning, before it is brought to unit length.
    """

    inputs: tuple[str, ...]
    layer: Linear


class _Nodes:
    """Appends nodes to a graph under names of their own."""

    def __init__(self, graph: onnx.GraphProto, prefix: str) -> None:
        self._graph, self._prefix, self._count = graph, prefix, 0

    def __call__(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        self._count += 1
        name = output or f"{self._prefix}.{kind.lower()}{self._count}"
        self._graph.node.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def constant(self, values: npt.NDArray[np.generic], label: str) -> str:
        name = f"{self._prefix}.{label}"
        self._graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def linear(self, rows: str, layer: Linear, label: str) -> str:
        weight = self.constant(layer.weight.astype(np.float32), f"{label}.weight")
        bias = self.constant(layer.bias.astype(np.float32), f"{label}.bias")
        return self("Gemm", rows, weight, bias)

    def unit(self, rows: str) -> str:
        return self("LpNormalization", rows, axis=1, p=2)


def probe(model: onnx.ModelProto, maps: Sequence[str], vectors: Sequence[str]) -> onnx.ModelProto:
    """Return a graph whose outputs are what the parts are made of, instead of features and code.

    Args:
        model: an image graph.
        maps: names of feature maps (N, C, h, w); of each come mean and standard deviation over
            the picture, (N, 2 C), as ``look0``, ``look1``, ….
        vectors: names of tensors (N, C), which come as ``vector0``, ….
    """
    found = onnx.ModelProto()
    found.CopyFrom(model)
    nodes = _Nodes(found.graph, "probe")
    del found.graph.output[:]
    for number, name in enumerate(maps):
        nodes("Identity", statistics(nodes, name), output=f"look{number}")
    for number, name in enumerate(vectors):
        nodes("Identity", name, output=f"vector{number}")
    kinds = {"look": len(maps), "vector": len(vectors)}
    found.graph.output.extend(
        helper.make_tensor_value_info(f"{kind}{number}", TensorProto.FLOAT, ["batch", None])
        for kind, count in kinds.items()
        for number in range(count)
    )
    return found


def statistics(nodes: _Nodes, feature_map: str) -> str:
    """Return mean and standard deviation (N, 2 C) over the places of a map (N, C, h, w)."""
    mean = nodes("Flatten", nodes("GlobalAveragePool", feature_map))
    squares = nodes("Mul", feature_map, feature_map)
    square = nodes("Flatten", nodes("GlobalAveragePool", squares))
    variance = nodes("Relu", nodes("Sub", square, nodes("Mul", mean, mean)))
    return nodes("Concat", mean, nodes("Sqrt", variance), axis=1)


def joined_image_graph(
    model: onnx.ModelProto, look_map: str, look: Linear, share: float, head: Head | None = None
) -> onnx.ModelProto:
    """Return the image graph whose ``features`` are meaning and look, and that gives no code.

    Args:
        model: an image graph whose ``features`` (N, M) are the meaning.
        look_map: name of the feature map whose statistics the look is made of.
        look: from the statistics to the look, before it is brought to unit length.
        share: weight of the meaning in the cosine of two embeddings.
        head: what makes the meaning instead of the graph's own last layers; they go.
    """
    joined = onnx.ModelProto()
    joined.CopyFrom(model)
    graph = joined.graph
    nodes = _Nodes(graph, "parts")
    if head is None:
        for node in graph.node:
            _rename(node, FEATURES, "meaning")
        meaning = "meaning"
    else:
        taken = next(node for node in graph.node if FEATURES in node.output)
        graph.node.remove(taken)
        meaning = nodes.linear(nodes("Concat", *head.inputs, axis=1), head.layer, "meaning")
    left = nodes("Mul", nodes.unit(meaning), _number(nodes, math.sqrt(share), "meaning.share"))
    seen = nodes.unit(nodes.linear(statistics(nodes, look_map), look, "look"))
    right = nodes("Mul", seen, _number(nodes, math.sqrt(1 - share), "look.share"))
    nodes("Concat", left, right, axis=1, output=FEATURES)
    _keep_outputs(graph, {FEATURES, "tokens"})
    return _pruned(joined)


def adapted_text_graph(model: onnx.ModelProto, layer: Linear) -> onnx.ModelProto:
    """Return the text graph with a last linear layer, and without a code of its own."""
    adapted = onnx.ModelProto()
    adapted.CopyFrom(model)
    for node in adapted.graph.node:
        _rename(node, FEATURES, "before")
    nodes = _Nodes(adapted.graph, "adapter")
    nodes("LpNormalization", nodes.linear("before", layer, "layer"), output=FEATURES, axis=1, p=2)
    _keep_outputs(adapted.graph, {FEATURES, "tokens"})
    return _pruned(adapted)


def hash_graph(codes: Mapping[int, CodeLayer], usual: int) -> onnx.ModelProto:
    """Return the graph from embeddings of two parts to their codes of every length.

    A part counts whatever its length, so that a query may have one of them only.

    Args:
        codes: by length.
        usual: which of them is the output ``code``; the others are ``code_K``.
    """
    first = next(iter(codes.values()))
    sizes = (first.meaning.weight.shape[0], first.look.weight.shape[0])
    graph = helper.make_graph(
        [],
        "hash",
        [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["batch", sum(sizes)])],
        [],
    )
    nodes = _Nodes(graph, "hash")
    lengths = nodes.constant(np.array(sizes, np.int64), "sizes")
    parts = ["hash.meaning", "hash.look"]
    graph.node.append(helper.make_node("Split", [FEATURES, lengths], parts, axis=1))
    meaning, look = (nodes.unit(part) for part in parts)
    zero = nodes.constant(np.array(0, np.float32), "zero")
    powers = nodes.constant(_POWERS, "powers")
    last = nodes.constant(np.array([2], np.int64), "last")
    for bits, layer in codes.items():
        raised = nodes(
            "Concat",
            nodes.linear(meaning, layer.meaning, f"meaning{bits}"),
            nodes.linear(look, layer.look, f"look{bits}"),
            axis=1,
        )
        ones = nodes("Cast", nodes("GreaterOrEqual", raised, zero), to=TensorProto.FLOAT)
        shape = nodes.constant(np.array([-1, bits // 8, 8], np.int64), f"shape{bits}")
        summed = nodes(
            "ReduceSum", nodes("Mul", nodes("Reshape", ones, shape), powers), last, keepdims=0
        )
        name = CODE if bits == usual else f"{CODE}_{bits}"
        nodes("Cast", summed, output=name, to=TensorProto.UINT8)
        graph.output.append(
            helper.make_tensor_value_info(name, TensorProto.UINT8, ["batch", bits // 8])
        )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model


def _number(nodes: _Nodes, value: float, label: str) -> str:
    return nodes.constant(np.array(value, np.float32), label)


def _rename(node: onnx.NodeProto, old: str, new: str) -> None:
    for names in (node.input, node.output):
        for place, name in enumerate(names):
            if name == old:
                names[place] = new


def _keep_outputs(graph: onnx.GraphProto, wanted: set[str]) -> None:
    kept = [output for output in graph.output if output.name in wanted]
    del graph.output[:]
    for output in kept:
        if output.name == FEATURES:
            output.type.tensor_type.shape.dim[1].ClearField("value")
    graph.output.extend(kept)


def _pruned(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model without nodes and weights that no output needs, nodes in running order."""
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    order: list[onnx.NodeProto] = []
    done: set[str] = set()
    stack = [(output.name, False) for output in reversed(graph.output)]
    while stack:
        name, ready = stack.pop()
        node = makers.get(name)
        if node is None or (name in done and not ready):
            continue
        if ready:
            if name not in done:
                done.update(node.output)
                order.append(node)
            continue
        stack.append((name, True))
        stack.extend((source, False) for source in node.input if source and source not in done)
    needed = {name for node in order for name in node.input}
    kept = [weight for weight in graph.initializer if weight.name in needed]
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(order)
    graph.initializer.extend(kept)
    onnx.checker.check_model(model)
    return model
