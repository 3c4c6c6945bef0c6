"""Writes a small encoder that needs no training, for tests of everything that uses one.

Images become shares of twelve prototype colours and gradient energies at three scales; words
are mapped to the same statistics (those that generated scenes of the class have). Both are
projected by one random matrix with orthonormal columns, so that cosines survive, and hashed by
random planes. About a third of the nearest images of a generated scene, and half of the first
hits of its class name, are of its class, out of 21.

Run ``python tests/support/tiny_encoder.py DIR`` to write the package to a folder.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scene_search.engine.encoders.package.card_format import CardFields
from scene_search.engine.encoders.package.writer import PackageFile, write_package
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
#: Mean statistics of the classes of generated scenes: colour shares, then gradient energies.
SCENES: dict[str, tuple[float, ...]] = {
    "agricultural": (
        *(0.00, 0.03, 0.09, 0.00, 0.01, 0.32, 0.00, 0.00, 0.00, 0.28, 0.25, 0.01),
        *(0.19, 0.22, 0.15),
    ),
    "airplane": (
        *(0.03, 0.00, 0.03, 0.01, 0.04, 0.25, 0.31, 0.00, 0.00, 0.32, 0.00, 0.00),
        *(0.24, 0.34, 0.50),
    ),
    "baseballdiamond": (
        *(0.01, 0.08, 0.08, 0.00, 0.03, 0.08, 0.01, 0.00, 0.00, 0.68, 0.03, 0.00),
        *(0.14, 0.15, 0.22),
    ),
    "beach": (
        *(0.00, 0.01, 0.09, 0.00, 0.04, 0.30, 0.05, 0.00, 0.06, 0.37, 0.08, 0.00),
        *(0.14, 0.14, 0.20),
    ),
    "buildings": (
        *(0.11, 0.01, 0.02, 0.01, 0.30, 0.27, 0.06, 0.01, 0.01, 0.15, 0.05, 0.00),
        *(0.14, 0.17, 0.25),
    ),
    "chaparral": (
        *(0.07, 0.03, 0.08, 0.02, 0.13, 0.14, 0.00, 0.00, 0.00, 0.32, 0.20, 0.01),
        *(0.27, 0.37, 0.51),
    ),
    "denseresidential": (
        *(0.11, 0.06, 0.04, 0.06, 0.31, 0.19, 0.02, 0.01, 0.01, 0.07, 0.12, 0.00),
        *(0.18, 0.23, 0.33),
    ),
    "forest": (
        *(0.36, 0.10, 0.00, 0.18, 0.30, 0.01, 0.00, 0.01, 0.00, 0.00, 0.04, 0.00),
        *(0.17, 0.23, 0.30),
    ),
    "freeway": (
        *(0.01, 0.04, 0.11, 0.00, 0.14, 0.40, 0.01, 0.00, 0.01, 0.07, 0.20, 0.00),
        *(0.15, 0.16, 0.21),
    ),
    "golfcourse": (
        *(0.01, 0.20, 0.44, 0.00, 0.02, 0.14, 0.02, 0.00, 0.00, 0.03, 0.13, 0.00),
        *(0.12, 0.12, 0.16),
    ),
    "harbor": (
        *(0.14, 0.01, 0.01, 0.07, 0.15, 0.08, 0.32, 0.06, 0.02, 0.13, 0.00, 0.00),
        *(0.47, 0.71, 0.95),
    ),
    "intersection": (
        *(0.01, 0.02, 0.02, 0.00, 0.14, 0.51, 0.12, 0.00, 0.01, 0.10, 0.07, 0.00),
        *(0.35, 0.39, 0.42),
    ),
    "mediumresidential": (
        *(0.13, 0.12, 0.07, 0.02, 0.17, 0.16, 0.02, 0.00, 0.01, 0.06, 0.21, 0.03),
        *(0.19, 0.23, 0.33),
    ),
    "mobilehomepark": (
        *(0.03, 0.02, 0.06, 0.01, 0.20, 0.33, 0.09, 0.01, 0.03, 0.11, 0.11, 0.00),
        *(0.21, 0.29, 0.43),
    ),
    "overpass": (
        *(0.03, 0.00, 0.08, 0.03, 0.06, 0.38, 0.05, 0.00, 0.00, 0.34, 0.02, 0.00),
        *(0.21, 0.26, 0.31),
    ),
    "parkinglot": (
        *(0.04, 0.03, 0.02, 0.02, 0.23, 0.37, 0.12, 0.01, 0.02, 0.08, 0.06, 0.00),
        *(0.44, 0.55, 0.61),
    ),
    "river": (
        *(0.23, 0.09, 0.03, 0.06, 0.28, 0.12, 0.00, 0.02, 0.00, 0.00, 0.17, 0.00),
        *(0.06, 0.05, 0.05),
    ),
    "runway": (
        *(0.00, 0.01, 0.03, 0.00, 0.03, 0.62, 0.03, 0.00, 0.01, 0.24, 0.04, 0.00),
        *(0.12, 0.13, 0.16),
    ),
    "sparseresidential": (
        *(0.10, 0.04, 0.03, 0.03, 0.19, 0.21, 0.06, 0.00, 0.01, 0.12, 0.13, 0.07),
        *(0.15, 0.18, 0.27),
    ),
    "storagetanks": (
        *(0.01, 0.00, 0.03, 0.00, 0.08, 0.25, 0.34, 0.00, 0.00, 0.25, 0.03, 0.00),
        *(0.18, 0.22, 0.32),
    ),
    "tenniscourt": (
        *(0.00, 0.02, 0.09, 0.00, 0.02, 0.56, 0.08, 0.00, 0.10, 0.08, 0.02, 0.02),
        *(0.30, 0.34, 0.32),
    ),
}
#: Words for plain surfaces, by their colours.
SURFACES = {
    "water": ("blue", "teal"),
    "sea": ("blue", "teal"),
    "lake": ("blue",),
    "sandy": ("sand",),
    "grass": ("green", "lightgreen"),
    "asphalt": ("darkgrey", "grey"),
    **{colour: (colour,) for colour in COLOURS},
}
#: Other words for the classes.
ALIASES = {
    "agricultural": ("farmland", "field", "fields", "crops"),
    "airplane": ("airplanes", "aircraft", "plane", "planes"),
    "baseballdiamond": ("baseball",),
    "beach": ("coast",),
    "buildings": ("building", "city"),
    "chaparral": ("bushes", "scrub"),
    "denseresidential": ("dense",),
    "forest": ("trees", "wood", "woods"),
    "freeway": ("motorway", "highway"),
    "golfcourse": ("golf", "meadow"),
    "harbor": ("harbour", "boats", "ships"),
    "intersection": ("crossroads",),
    "mediumresidential": ("houses", "residential"),
    "mobilehomepark": ("mobile", "homes"),
    "overpass": ("bridge",),
    "parkinglot": ("parking", "cars"),
    "river": ("stream",),
    "runway": ("airport", "road"),
    "sparseresidential": ("sparse",),
    "storagetanks": ("storage", "tanks"),
    "tenniscourt": ("tennis",),
}
#: Mean and spread of the statistics over all classes, which make them comparable.
CENTRE = (
    *(0.067, 0.043, 0.068, 0.026, 0.137, 0.272, 0.082, 0.007, 0.015, 0.182, 0.094, 0.008),
    *(0.209, 0.261, 0.333),
)
SPREAD = (
    *(0.129, 0.077, 0.117, 0.074, 0.172, 0.237, 0.153, 0.030, 0.040, 0.249, 0.131, 0.044),
    *(0.117, 0.170, 0.220),
)
#: Words that say nothing of colour; each gets a small random vector.
PLAIN_WORDS = (
    *("a", "an", "and", "are", "by", "from", "in", "is", "it", "large", "many", "next", "of"),
    *("on", "or", "small", "some", "the", "to", "with"),
)

_TEXTURES = 3
_STATISTICS = len(COLOURS) + _TEXTURES
_SCALE = np.array(SPREAD) ** -0.5


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
    vectors: dict[str, np.ndarray] = {}
    for scene, statistics in SCENES.items():
        vectors |= dict.fromkeys((scene, *ALIASES[scene]), np.array(statistics))
    for word, colours in SURFACES.items():
        vectors[word] = np.array(CENTRE)
        vectors[word][: len(COLOURS)] = [colours.count(c) / len(colours) for c in COLOURS]
    names = ["[PAD]", "[UNK]", *vectors, *PLAIN_WORDS]
    table = random.normal(scale=0.1, size=(len(names), _STATISTICS))
    for row, name in enumerate(names):
        if name in vectors:
            table[row] = (vectors[name] - CENTRE) * _SCALE
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
    centred = graph.node("Sub", flat, graph.constant(np.array(CENTRE, np.float32)))
    scaled = graph.node("Mul", centred, graph.constant(_SCALE.astype(np.float32)))
    graph.unit(graph.node("MatMul", scaled, graph.constant(projection)), "features")
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
