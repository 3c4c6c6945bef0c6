"""The tiny encoder with a context part, which knows a few words of acquisition metadata.

Each of those words stands for a random direction of the embedding space. The context part adds the
directions of a text's words to an embedding, so that embeddings of one season and sensor come
nearer to each other. Run ``python tests/support/tiny_context_encoder.py DIR`` to write it.
"""

from __future__ import annotations

import json
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

WORDS = (
    *("winter", "spring", "summer", "autumn", "january", "february", "march", "april", "may"),
    *("june", "july", "august", "september", "october", "november", "december", "sensor", "gsd"),
    *("landsat", "sentinel", "naip", "drone", "geohash", "lat", "lon", "cloud", "level"),
)
#: Length of the step that a word moves an embedding, whose length is 1.
STEP = 0.3
SIZE = 32


def write_tiny_context_encoder(directory: str | Path) -> Path:
    """Write the package and return its folder."""
    with tempfile.TemporaryDirectory() as temporary:
        plain = EncoderPackage.load(tiny.write_tiny_encoder(Path(temporary) / "tiny"))
        tokenizer = json.loads(plain.read("tokenizer.json"))
        vocabulary = tokenizer["model"]["vocab"]
        vocabulary |= {word: len(vocabulary) + row for row, word in enumerate(WORDS)}
        files = [
            PackageFile("image.onnx", "image", plain.read("image.onnx")),
            PackageFile("text.onnx", "text", _text_graph(plain.read("text.onnx"))),
            PackageFile("hash.onnx", "hash", plain.read("hash.onnx")),
            PackageFile("context.onnx", "context", _context_graph(plain.read("hash.onnx"))),
            PackageFile("tokenizer.json", "tokenizer", json.dumps(tokenizer).encode()),
        ]
    return write_package(directory, card_fields(), files)


def card_fields() -> CardFields:
    """Return what the card says."""
    return CardFields(
        id="tiny-context",
        name="Tiny context encoder",
        description="Colour statistics and words of acquisition metadata; for tests only.",
        architecture="Colour statistics",
        embedding_size=SIZE,
        code_bits=64,
        input_size=64,
        mean=tiny.MEAN,
        std=tiny.STD,
        licence="GPL-3.0-or-later",
        max_text_length=64,
        framework_version=onnx.__version__,
    )


def _text_graph(content: bytes) -> bytes:
    """Give the text graph the new words, which say nothing of colour, and the output ``tokens``."""
    model = onnx.load_from_string(content)
    gather = next(node for node in model.graph.node if node.op_type == "Gather")
    table = next(item for item in model.graph.initializer if item.name == gather.input[0])
    words = numpy_helper.to_array(table)
    known = len(words)
    words = np.concatenate([words, np.zeros((len(WORDS), words.shape[1]), np.float32)])
    table.CopyFrom(numpy_helper.from_array(words, table.name))
    states = np.zeros((len(words), SIZE), np.float32)
    directions = np.random.default_rng(11).normal(size=(len(WORDS), SIZE))
    states[known:] = STEP * directions / np.linalg.norm(directions, axis=1, keepdims=True)
    model.graph.initializer.append(numpy_helper.from_array(states, "states"))
    model.graph.node.append(helper.make_node("Gather", ["states", "input_ids"], ["tokens"], axis=0))
    del model.graph.output[2:]
    model.graph.output.append(
        helper.make_tensor_value_info("tokens", TensorProto.FLOAT, ["n", "length", SIZE])
    )
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _context_graph(hashing: bytes) -> bytes:
    """Add a text's states to the features, and hash the sum as the hash graph does."""
    model = onnx.load_from_string(hashing)
    graph = model.graph
    graph.initializer.extend(
        [
            numpy_helper.from_array(np.array([2], np.int64), "last"),
            numpy_helper.from_array(np.array([1], np.int64), "tokens_axis"),
            numpy_helper.from_array(np.float32(1e-6), "tiny"),
        ]
    )
    steps = [
        helper.make_node("Cast", ["text_mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["columns"]),
        helper.make_node("Mul", ["text_tokens", "columns"], ["real"]),
        helper.make_node("ReduceSum", ["real", "tokens_axis"], ["bag"], keepdims=0),
        helper.make_node("Add", ["image_features", "bag"], ["moved"]),
        helper.make_node("Add", ["moved", "tiny"], ["safe"]),
        helper.make_node("LpNormalization", ["safe"], ["features"], axis=1, p=2),
    ]
    old = list(graph.node)
    del graph.node[:]
    graph.node.extend([*steps, *old])
    del graph.input[:]
    graph.input.extend(
        [
            helper.make_tensor_value_info("image_features", TensorProto.FLOAT, ["n", SIZE]),
            helper.make_tensor_value_info("text_tokens", TensorProto.FLOAT, ["n", "length", SIZE]),
            helper.make_tensor_value_info("text_mask", TensorProto.INT64, ["n", "length"]),
        ]
    )
    graph.output.append(helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", SIZE]))
    onnx.checker.check_model(model)
    return model.SerializeToString()


if __name__ == "__main__":
    print(write_tiny_context_encoder(sys.argv[1]))
