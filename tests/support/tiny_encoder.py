"""Writes a small encoder that needs no training, for tests of everything that uses one.

Images become shares of twelve prototype colours and gradient energies at three scales; words
are mapped to the same statistics ("forest" is dark green and rough). Both are projected by one
random matrix with orthonormal columns, so that cosines survive, and hashed by random planes.
It tells forest from water and runways from farmland, which is all that tests need.

Run ``python tests/support/tiny_encoder.py DIR`` to write the package to a folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scene_search.engine.encoders.card_format import CardFields
from scene_search.engine.encoders.package import PackageFile, write_package
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

MEAN = (0.5, 0.4, 0.45)
STD = (0.25, 0.2, 0.22)

#: Prototype colours, red, green, blue of 0..255.
COLOURS = {
    "darkgreen": (38, 62, 34),
    "green": (88, 122, 60),
    "lightgreen": (140, 168, 96),
    "black": (25, 25, 28),
    "darkgrey": (80, 80, 82),
    "grey": (130, 130, 130),
    "white": (232, 232, 230),
    "blue": (36, 78, 112),
    "teal": (70, 128, 136),
    "sand": (206, 186, 144),
    "brown": (134, 108, 78),
    "red": (164, 84, 66),
}
#: Colours and a roughness of 0..1 that go with a word.
WORDS: dict[str, tuple[tuple[str, ...], float]] = {
    **{name: ((name,), 0.3) for name in COLOURS},
    "dark": (("darkgreen", "black"), 0.3),
    "bright": (("white", "sand"), 0.3),
    "forest": (("darkgreen", "darkgreen", "green"), 0.8),
    "trees": (("darkgreen", "green"), 0.8),
    "wood": (("darkgreen",), 0.8),
    "chaparral": (("sand", "sand", "darkgreen"), 0.8),
    "bushes": (("sand", "darkgreen"), 0.8),
    "river": (("blue", "teal", "green"), 0.2),
    "water": (("blue", "teal"), 0.1),
    "sea": (("blue", "teal"), 0.1),
    "lake": (("blue",), 0.1),
    "beach": (("sand", "white", "teal"), 0.1),
    "sandy": (("sand",), 0.1),
    "harbor": (("blue", "white"), 0.9),
    "harbour": (("blue", "white"), 0.9),
    "boats": (("blue", "white"), 0.9),
    "ships": (("blue", "white"), 0.9),
    "agricultural": (("green", "brown", "lightgreen"), 0.2),
    "farmland": (("green", "brown", "lightgreen"), 0.2),
    "field": (("green", "lightgreen"), 0.2),
    "meadow": (("green", "lightgreen"), 0.1),
    "golf": (("green", "lightgreen", "sand"), 0.2),
    "golfcourse": (("green", "lightgreen", "sand"), 0.2),
    "baseball": (("green", "brown"), 0.2),
    "baseballdiamond": (("green", "brown"), 0.2),
    "tennis": (("teal", "red", "white"), 0.4),
    "tenniscourt": (("teal", "red", "white"), 0.4),
    "runway": (("darkgrey", "grey", "lightgreen"), 0.2),
    "airport": (("grey", "white"), 0.3),
    "airplane": (("grey", "white"), 0.4),
    "airplanes": (("grey", "white"), 0.4),
    "aircraft": (("grey", "white"), 0.4),
    "road": (("darkgrey", "grey"), 0.4),
    "freeway": (("darkgrey", "grey", "green"), 0.5),
    "intersection": (("darkgrey", "grey"), 0.6),
    "overpass": (("grey", "darkgrey"), 0.6),
    "parking": (("darkgrey", "white", "red"), 0.9),
    "parkinglot": (("darkgrey", "white", "red"), 0.9),
    "cars": (("darkgrey", "white", "red"), 0.9),
    "storage": (("white", "grey"), 0.5),
    "tanks": (("white", "grey"), 0.5),
    "storagetanks": (("white", "grey"), 0.5),
    "buildings": (("grey", "white", "darkgrey"), 0.7),
    "houses": (("red", "brown", "green"), 0.7),
    "residential": (("red", "brown", "green"), 0.7),
    "denseresidential": (("red", "brown", "grey"), 0.9),
    "mediumresidential": (("red", "brown", "green"), 0.7),
    "sparseresidential": (("green", "darkgreen", "red"), 0.6),
    "mobilehomepark": (("white", "grey", "brown"), 0.9),
}
#: Words that say nothing of colour; each gets a small random vector.
PLAIN_WORDS = (
    *("a", "an", "and", "are", "by", "from", "in", "is", "it", "large", "many", "next", "of"),
    *("on", "or", "small", "some", "the", "to", "with"),
)

_TEXTURES = 3
_STATISTICS = len(COLOURS) + _TEXTURES


def write_tiny_encoder(
    directory: str | Path, *, code_bits: int = 64, embedding_size: int = 32, input_size: int = 64
) -> Path:
    """Write the package and return its folder."""
    random = np.random.default_rng(7)
    size = max(embedding_size, _STATISTICS)
    basis = np.linalg.qr(random.normal(size=(size, size)))[0]
    projection = basis[:_STATISTICS, :embedding_size].astype(np.float32)
    planes = random.normal(size=(embedding_size, code_bits)).astype(np.float32)
    vocabulary, table = _vocabulary(random)
    tokenizer = _tokenizer(vocabulary)
    fields = CardFields(
        id=f"tiny-{embedding_size}-{code_bits}",
        name="Tiny test encoder",
        description="Colour and gradient statistics; for tests only.",
        architecture="Colour statistics",
        embedding_size=embedding_size,
        code_bits=code_bits,
        input_size=input_size,
        mean=MEAN,
        std=STD,
        licence="GPL-3.0-or-later",
        max_text_length=16,
        total_parameters=int(projection.size + planes.size + table.size),
        hash_layer={"kind": "random planes"},
        framework_version=onnx.__version__,
    )
    files = [
        PackageFile("image.onnx", "image", _image_graph(projection, planes, input_size)),
        PackageFile("text.onnx", "text", _text_graph(table, projection, planes)),
        PackageFile("hash.onnx", "hash", _hash_graph(planes)),
        PackageFile("tokenizer.json", "tokenizer", json.dumps(tokenizer).encode()),
    ]
    return write_package(directory, fields, files)


def _vocabulary(random: np.random.Generator) -> tuple[dict[str, int], np.ndarray]:
    """Return words with their ids, and their centred statistics (words, statistics)."""
    names = ["[PAD]", "[UNK]", *WORDS, *PLAIN_WORDS]
    table = random.normal(scale=0.02, size=(len(names), _STATISTICS))
    colours = list(COLOURS)
    for row, name in enumerate(names):
        if name in WORDS:
            of_word, roughness = WORDS[name]
            shares = np.zeros(len(colours))
            for colour in of_word:
                shares[colours.index(colour)] += 1 / len(of_word)
            table[row] = np.concatenate(
                [shares - 1 / len(colours), [(roughness - 0.4)] * _TEXTURES]
            )
    table[0] = 0
    return {name: row for row, name in enumerate(names)}, table.astype(np.float32)


def _tokenizer(vocabulary: dict[str, int]) -> dict:
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.add_special_tokens(["[PAD]", "[UNK]"])
    return json.loads(tokenizer.to_str())


class _Graph:
    """Collects nodes and constants; every call returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, value: np.ndarray) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, kind: str, *inputs: str, output: str | None = None, **attributes) -> str:
        name = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def unit(self, value: str, output: str) -> None:
        """Scale rows to unit length; a tiny constant keeps an all-zero row finite."""
        safe = self.node("Add", value, self.constant(np.float32(1e-6)))
        self.node("LpNormalization", safe, output=output, axis=1, p=2)

    def code(self, features: str, planes: np.ndarray) -> None:
        """Hash features to packed bits, the output ``code``."""
        side = self.node("MatMul", features, self.constant(planes))
        bits = self.node("GreaterOrEqual", side, self.constant(np.float32(0)))
        ones = self.node("Cast", bits, to=TensorProto.FLOAT)
        shape = self.constant(np.array([0, planes.shape[1] // 8, 8], np.int64))
        grouped = self.node("Reshape", ones, shape)
        weights = self.constant(2.0 ** np.arange(7, -1, -1, dtype=np.float32))
        total = self.node("MatMul", grouped, weights)
        self.node("Cast", total, output="code", to=TensorProto.UINT8)

    def serialise(self, inputs: list, outputs: list) -> bytes:
        graph = helper.make_graph(self.nodes, "tiny", inputs, outputs, self.constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model.SerializeToString()


def _outputs(projection: np.ndarray, planes: np.ndarray) -> list:
    return [
        helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", projection.shape[1]]),
        helper.make_tensor_value_info("code", TensorProto.UINT8, ["n", planes.shape[1] // 8]),
    ]


def _image_graph(projection: np.ndarray, planes: np.ndarray, size: int) -> bytes:
    graph = _Graph()
    std = np.array(STD, np.float32).reshape(1, 3, 1, 1)
    mean = np.array(MEAN, np.float32).reshape(1, 3, 1, 1)
    scaled = graph.node("Mul", "pixels", graph.constant(std))
    rgb = graph.node("Add", scaled, graph.constant(mean))
    colours = np.array(list(COLOURS.values()), np.float32) / 255
    # softmax of minus the squared distance to each prototype, as one 1 x 1 convolution
    temperature = 0.01
    weight = (2 * colours / temperature).reshape(len(colours), 3, 1, 1)
    bias = -(colours**2).sum(1) / temperature
    logits = graph.node("Conv", rgb, graph.constant(weight), graph.constant(bias))
    shares = graph.node("GlobalAveragePool", graph.node("Softmax", logits, axis=1))
    grey = graph.node("Conv", rgb, graph.constant(np.full((1, 3, 1, 1), 1 / 3, np.float32)))
    kernel = np.zeros((2, 1, 2, 2), np.float32)
    kernel[0, 0, 0], kernel[1, 0, :, 0] = (-1, 1), (-1, 1)
    energies = []
    for _ in range(_TEXTURES):
        edges = graph.node("Abs", graph.node("Conv", grey, graph.constant(kernel)))
        mean_edge = graph.node("ReduceMean", edges, axes=[1, 2, 3], keepdims=1)
        energies.append(mean_edge)
        grey = graph.node("AveragePool", grey, kernel_shape=[2, 2], strides=[2, 2])
    rough = graph.node("Concat", *energies, axis=1)
    # mean gradients of 0 to 0.15 become a roughness of 0 to about 1
    rough = graph.node("Mul", rough, graph.constant(np.float32(7)))
    both = graph.node("Concat", shares, rough, axis=1)
    flat = graph.node("Flatten", both, axis=1)
    centre = np.array([1 / len(COLOURS)] * len(COLOURS) + [0.4] * _TEXTURES, np.float32)
    centred = graph.node("Sub", flat, graph.constant(centre))
    graph.unit(graph.node("MatMul", centred, graph.constant(projection)), "features")
    graph.code("features", planes)
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, size, size])
    return graph.serialise([pixels], _outputs(projection, planes))


def _text_graph(table: np.ndarray, projection: np.ndarray, planes: np.ndarray) -> bytes:
    graph = _Graph()
    words = graph.node("Gather", graph.constant(table), "input_ids", axis=0)
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    last = graph.constant(np.array([2], np.int64))
    masked = graph.node("Mul", words, graph.node("Unsqueeze", mask, last))
    axis = graph.constant(np.array([1], np.int64))
    bag = graph.node("ReduceSum", masked, axis, keepdims=0)
    graph.unit(graph.node("MatMul", bag, graph.constant(projection)), "features")
    graph.code("features", planes)
    ids, attention = (
        helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"])
        for name in ("input_ids", "attention_mask")
    )
    return graph.serialise([ids, attention], _outputs(projection, planes))


def _hash_graph(planes: np.ndarray) -> bytes:
    graph = _Graph()
    graph.code("features", planes)
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", planes.shape[0]])
    code = helper.make_tensor_value_info("code", TensorProto.UINT8, ["n", planes.shape[1] // 8])
    return graph.serialise([features], [code])


if __name__ == "__main__":
    print(write_tiny_encoder(sys.argv[1]))
