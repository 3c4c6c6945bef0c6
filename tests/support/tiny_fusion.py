"""The tiny encoder with a fusion part whose answer is known.

The tokens of an image are the colour shares of its quarters, less what is usual, those of a text
the colours of its words. The match is the sigmoid of ``GAIN`` times the mean dot product of both.

Run ``python -m tests.support.tiny_fusion DIR`` to write the package to a folder.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scene_search.engine.encoders.package.card_format import CardFields
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package

from tests.support import tiny_encoder as tiny

GAIN = 0.5
WIDTH = len(tiny.COLOURS)
_FLOAT, _INT64 = TensorProto.FLOAT, TensorProto.INT64


def write_tiny_fusion(directory: str | Path, **extra: object) -> Path:
    """Write the package and return its folder; ``extra`` are more properties of its card."""
    with tempfile.TemporaryDirectory() as folder:
        plain = EncoderPackage.load(tiny.write_tiny_encoder(Path(folder) / "plain"))
        files = [
            PackageFile("image.onnx", "image", _image_graph(plain.read("image.onnx"))),
            PackageFile("text.onnx", "text", _text_graph(plain.read("text.onnx"))),
            PackageFile("fusion.onnx", "fusion", fusion_graph()),
            PackageFile("hash.onnx", "hash", plain.read("hash.onnx")),
            PackageFile("tokenizer.json", "tokenizer", plain.read("tokenizer.json")),
        ]
    return write_package(directory, card_fields(plain, extra), files)


def card_fields(package: EncoderPackage, extra: dict) -> CardFields:
    """Return the card of a package like another one."""
    return CardFields(
        id="tiny-fusion",
        name="Tiny fusion encoder",
        description="Colour and gradient statistics, re-ranked by colours; for tests only.",
        architecture="Colour statistics",
        embedding_size=package.embedding_size,
        code_bits=package.code_bits,
        input_size=package.input_size,
        mean=tiny.MEAN,
        std=tiny.STD,
        licence="GPL-3.0-or-later",
        max_text_length=package.max_text_length,
        extra=extra,
    )


def fusion_graph() -> bytes:
    """Return the graph; text tokens may be those of one text or of one for each image."""
    nodes = [
        helper.make_node("Cast", ["text_mask"], ["mask"], to=_FLOAT),
        helper.make_node("Unsqueeze", ["mask", "two"], ["weights"]),
        helper.make_node("Mul", ["text_tokens", "weights"], ["weighted"]),
        helper.make_node("ReduceSum", ["weighted", "one"], ["total"], keepdims=0),
        helper.make_node("ReduceSum", ["mask", "one"], ["count"], keepdims=1),
        helper.make_node("Div", ["total", "count"], ["words"]),
        helper.make_node("ReduceMean", ["image_tokens"], ["image"], axes=[1], keepdims=0),
        helper.make_node("Mul", ["image", "words"], ["products"]),
        helper.make_node("ReduceSum", ["products", "one"], ["dot"], keepdims=0),
        helper.make_node("Mul", ["dot", "gain"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["match"]),
    ]
    constants = [
        numpy_helper.from_array(np.array([1], np.int64), "one"),
        numpy_helper.from_array(np.array([2], np.int64), "two"),
        numpy_helper.from_array(np.float32(GAIN), "gain"),
    ]
    inputs = [
        helper.make_tensor_value_info("image_tokens", _FLOAT, ["k", "p", WIDTH]),
        helper.make_tensor_value_info("text_tokens", _FLOAT, ["t", "length", WIDTH]),
        helper.make_tensor_value_info("text_mask", _INT64, ["t", "length"]),
    ]
    match = helper.make_tensor_value_info("match", _FLOAT, ["k"])
    graph = helper.make_graph(nodes, "fusion", inputs, [match], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _image_graph(plain: bytes) -> bytes:
    """Add the mean of the colour map over each quarter as the output ``tokens``."""
    model = onnx.load_model_from_string(plain)
    colours = next(node.output[0] for node in model.graph.node if node.op_type == "Softmax")
    half = [model.graph.input[0].type.tensor_type.shape.dim[2].dim_value // 2] * 2
    nodes = [
        helper.make_node("AveragePool", [colours], ["q"], kernel_shape=half, strides=half),
        helper.make_node("Reshape", ["q", "rows"], ["r"]),
        helper.make_node("Transpose", ["r"], ["t"], perm=[0, 2, 1]),
        helper.make_node("Sub", ["t", "usual"], ["tokens"]),
    ]
    return _extended(
        model,
        nodes,
        ["n", 4, WIDTH],
        rows=np.array([0, WIDTH, 4], np.int64),
        usual=np.array(tiny.CENTRE[:WIDTH], np.float32),
    )


def _text_graph(plain: bytes) -> bytes:
    """Add the colours of each word as the output ``tokens``."""
    model = onnx.load_model_from_string(plain)
    words = next(node.output[0] for node in model.graph.node if node.op_type == "Gather")
    node = helper.make_node("Slice", [words, "begin", "end", "axis"], ["tokens"])
    bounds = {"begin": [0], "end": [WIDTH], "axis": [2]}
    constants = {name: np.array(value, np.int64) for name, value in bounds.items()}
    return _extended(model, [node], ["n", "length", WIDTH], **constants)


def _extended(model: onnx.ModelProto, nodes: list, shape: list, **constants: np.ndarray) -> bytes:
    model.graph.node.extend(nodes)
    model.graph.initializer.extend(
        numpy_helper.from_array(value, name) for name, value in constants.items()
    )
    model.graph.output.append(helper.make_tensor_value_info("tokens", _FLOAT, shape))
    onnx.checker.check_model(model)
    return model.SerializeToString()


if __name__ == "__main__":
    print(write_tiny_fusion(sys.argv[1]))
