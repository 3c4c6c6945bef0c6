"""Graphs of two parts against NumPy."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.training.two_parts.graphs import (
    CodeLayer,
    Head,
    Linear,
    adapted_text_graph,
    hash_graph,
    joined_image_graph,
    probe,
)

_RANDOM = np.random.default_rng(5)


def _linear(inputs: int, outputs: int) -> Linear:
    weight = _RANDOM.normal(size=(inputs, outputs)).astype(np.float32)
    return Linear(weight, _RANDOM.normal(size=outputs).astype(np.float32))


def _run(model: onnx.ModelProto, outputs: list[str], inputs: dict) -> list[np.ndarray]:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(outputs, inputs)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def package(tiny_encoder) -> EncoderPackage:
    return EncoderPackage.load(tiny_encoder)


@pytest.fixture(scope="module")
def image(package) -> onnx.ModelProto:
    return onnx.load_from_string(package.read("image.onnx"))


@pytest.fixture(scope="module")
def pixels() -> np.ndarray:
    return _RANDOM.normal(size=(3, 3, 64, 64)).astype(np.float32)


def test_a_probe_shows_statistics_and_vectors(image, pixels) -> None:
    look, vector = _run(
        probe(image, ["pixels"], ["features"]), ["look0", "vector0"], {"pixels": pixels}
    )
    expected = np.concatenate([pixels.mean(axis=(2, 3)), pixels.std(axis=(2, 3))], axis=1)
    np.testing.assert_allclose(look, expected, atol=1e-4)
    np.testing.assert_array_equal(vector, *_run(image, ["features"], {"pixels": pixels}))


@pytest.mark.parametrize("with_head", [False, True])
def test_features_are_meaning_and_look(image, pixels, with_head) -> None:
    look, own = _linear(6, 4), _linear(32, 7)
    before = next(n for n in image.graph.node if "features" in n.output).input[0]
    head = Head((before,), own) if with_head else None
    joined = joined_image_graph(image, "pixels", look, 0.3, head)
    (features,) = _run(joined, ["features"], {"pixels": pixels})
    statistics = np.concatenate([pixels.mean(axis=(2, 3)), pixels.std(axis=(2, 3))], axis=1)
    if with_head:
        meaning = own(*_run(probe(image, [], [before]), ["vector0"], {"pixels": pixels}))
    else:
        (meaning,) = _run(image, ["features"], {"pixels": pixels})
    expected = np.concatenate(
        [0.3**0.5 * _unit(meaning), 0.7**0.5 * _unit(look(statistics))], axis=1
    )
    np.testing.assert_allclose(features, expected, atol=1e-4)
    assert [output.name for output in joined.graph.output] == ["features"]
    # what only the old code needed has gone
    needed = {name for node in joined.graph.node for name in node.input}
    assert {weight.name for weight in joined.graph.initializer} <= needed


def test_a_text_graph_gets_a_last_layer(package) -> None:
    text = onnx.load_from_string(package.read("text.onnx"))
    layer = _linear(32, 32)
    inputs = {
        "input_ids": np.array([[3, 4, 5], [6, 7, 0]], np.int64),
        "attention_mask": np.array([[1, 1, 1], [1, 1, 0]], np.int64),
    }
    (before,) = _run(text, ["features"], inputs)
    (after,) = _run(adapted_text_graph(text, layer), ["features"], inputs)
    np.testing.assert_allclose(after, _unit(layer(before)), atol=1e-5)


def test_codes_of_each_length(package) -> None:
    codes = {
        64: CodeLayer(_linear(5, 40), _linear(3, 24)),
        128: CodeLayer(_linear(5, 64), _linear(3, 64)),
    }
    embeddings = _RANDOM.normal(size=(6, 8)).astype(np.float32)
    found = _run(hash_graph(codes, 64), ["code", "code_128"], {"features": embeddings})
    for code, layer in zip(found, codes.values(), strict=True):
        raised = np.concatenate(
            [layer.meaning(_unit(embeddings[:, :5])), layer.look(_unit(embeddings[:, 5:]))], axis=1
        )
        np.testing.assert_array_equal(code, np.packbits(raised >= 0, axis=1))
    # a query may lack a part
    alone = embeddings.copy()
    alone[:, 5:] = 0
    (code,) = _run(hash_graph(codes, 64), ["code"], {"features": alone})
    np.testing.assert_array_equal(
        np.unpackbits(code, axis=1)[:, :40], np.unpackbits(found[0], axis=1)[:, :40]
    )
