"""The tiny fusion encoder with a part that tells hubness, by prototypes drawn at random.

The hubness of an image is s τ log Σ exp(cosine / τ) with prototypes of texts, that of a text the
same with prototypes of images, s being ``SHARE``.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package

from tests.support.tiny_fusion import card_fields

TEMPERATURE = 0.2
#: Images of the tests differ little in what they are near to.
SHARE = {"image": 4.0, "text": 1.0}


def prototypes(embedding_size: int) -> dict[str, np.ndarray]:
    """Return those that the hubness of an ``"image"`` and of a ``"text"`` is of, (P, D)."""
    random = np.random.default_rng(8)
    rows = {of: random.normal(size=(count, embedding_size)) for of, count in _COUNTS.items()}
    return {of: own / np.linalg.norm(own, axis=1, keepdims=True) for of, own in rows.items()}


_COUNTS = {"image": 3, "text": 2}


def hubness(of: str, embeddings: np.ndarray) -> np.ndarray:
    """Return the hubness (N,) of images or texts, one at a time."""
    bank = prototypes(embeddings.shape[1])[of]
    sums = [
        sum(np.exp(float(one @ other) / TEMPERATURE) for other in bank)
        for one in embeddings.astype(np.float64)
    ]
    return SHARE[of] * TEMPERATURE * np.log(sums)


def write_with_hubness(directory: str | Path, fusion: str | Path, **extra: object) -> Path:
    """Write the fusion encoder once more, with hubness, and return its folder."""
    package = EncoderPackage.load(fusion)
    files = [
        PackageFile(f"{role}.onnx", role, package.read(f"{role}.onnx"))
        for role in ("image", "text", "fusion", "hash")
    ]
    files.append(PackageFile("hubness.onnx", "hubness", _graph(package.embedding_size)))
    files.append(PackageFile("tokenizer.json", "tokenizer", package.read("tokenizer.json")))
    kept = {k: v for k, v in package.card["properties"].items() if k.endswith("rerank_weight")}
    fields = replace(card_fields(package, kept | extra), id="tiny-hubness", name="Tiny hubness")
    return write_package(directory, fields, files)


def _graph(embedding_size: int) -> bytes:
    nodes, constants = [], []
    for of, bank in prototypes(embedding_size).items():
        divided = (bank.T / TEMPERATURE).astype(np.float32)
        constants.append(numpy_helper.from_array(divided, f"{of}_bank"))
        scale = np.float32(SHARE[of] * TEMPERATURE)
        constants.append(numpy_helper.from_array(scale, f"{of}_scale"))
        nodes += [
            helper.make_node("MatMul", ["features", f"{of}_bank"], [f"{of}_logits"]),
            helper.make_node(
                "ReduceLogSumExp", [f"{of}_logits"], [f"{of}_sum"], axes=[1], keepdims=0
            ),
            helper.make_node("Mul", [f"{of}_sum", f"{of}_scale"], [f"{of}_hubness"]),
        ]
    size = ["batch", embedding_size]
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, size)
    outputs = [
        helper.make_tensor_value_info(f"{of}_hubness", TensorProto.FLOAT, ["batch"])
        for of in _COUNTS
    ]
    graph = helper.make_graph(nodes, "hubness", [features], outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString()
