"""Tokens and matches of a package with a fusion part, against the same in NumPy."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scene_search.engine.encoders import fusion
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.engine.errors import EncoderPackageError

from tests.support import tiny_encoder as tiny
from tests.support.tiny_fusion import GAIN, card_fields, write_tiny_fusion

TEXTS = ["blue water", "a red", "the dark sandy beach with many blue boats and white houses"]


@pytest.fixture(scope="module")
def encoder(tiny_fusion_encoder):
    return Encoder(EncoderPackage.load(tiny_fusion_encoder), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(1).integers(0, 256, (70, 64, 64, 3), dtype=np.uint8)


def sigmoid(x):
    return 1 / (1 + np.exp(-x.astype(np.float64)))


def colour_tokens(images):
    """The colour shares of the quarters of each image, less what is usual."""
    prototypes = np.array(list(tiny.COLOURS.values()), np.float64) / 255
    pixels = images.astype(np.float64)[:, :, :, np.newaxis] / 255
    logits = -((pixels - prototypes) ** 2).sum(-1) / 0.01
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    shares /= shares.sum(-1, keepdims=True)
    quarters = [shares[:, y : y + 32, x : x + 32].mean((1, 2)) for y in (0, 32) for x in (0, 32)]
    return np.stack(quarters, axis=1) - np.array(tiny.CENTRE[: len(prototypes)])


def test_tokens_of_images(encoder, images):
    encoded = encoder.encode_images(images[:9], tokens=True)
    assert encoded.tokens.shape == (9, 4, 12)
    assert encoded.tokens.dtype == np.float32
    np.testing.assert_allclose(encoded.tokens, colour_tokens(images[:9]), atol=1e-4)
    np.testing.assert_array_equal(encoder.image_tokens(images[:9]), encoded.tokens)
    with pytest.raises(ValueError, match="no image"):
        encoder.image_tokens(images[:0])
    plain = encoder.encode_images(images[:9])
    assert plain.tokens is None
    np.testing.assert_array_equal(encoded.embeddings, plain.embeddings)
    np.testing.assert_array_equal(encoded.codes, plain.codes)


def test_one_text_for_all_images(encoder, images):
    tokens = encoder.encode_images(images, tokens=True).tokens
    for text in TEXTS:
        states = encoder.text_states([text])
        words = states.hidden[0].mean(0)
        match = encoder.fuse(tokens, states.hidden, states.mask)
        assert match.shape == (70,)
        assert match.dtype == np.float32
        np.testing.assert_allclose(match, sigmoid(GAIN * (tokens.mean(1) @ words)), atol=1e-5)


def test_a_text_for_each_image(encoder, images):
    """More pairs than one run takes, texts of unequal length: padding must not count."""
    texts = [TEXTS[number % 3] for number in range(70)]
    tokens = encoder.encode_images(images, tokens=True).tokens
    states = encoder.text_states(texts)
    assert len(texts) > fusion.PAIRS
    match = encoder.fuse(tokens, states.hidden, states.mask)
    single = [
        encoder.fuse(tokens[[row]], one.hidden, one.mask)[0]
        for row, one in enumerate(encoder.text_states([text]) for text in texts)
    ]
    np.testing.assert_allclose(match, single, atol=1e-6)
    assert np.ptp(match) > 0.05


def test_no_pairs(encoder):
    states = encoder.text_states(["blue"])
    nothing = np.zeros((0, 4, 12), np.float32)
    assert encoder.fuse(nothing, states.hidden, states.mask).shape == (0,)


@pytest.mark.parametrize("texts", [2, 4])
def test_texts_must_fit_the_images(encoder, texts):
    states = encoder.text_states(["blue"] * texts)
    with pytest.raises(ValueError, match="do not fit"):
        encoder.fuse(np.zeros((3, 4, 12), np.float32), states.hidden, states.mask)


def test_without_a_fusion_part(tiny_encoder, images):
    plain = Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")
    with pytest.raises(EncoderPackageError, match="no fusion part") as caught:
        plain.require("fusion")
    assert "without re-ranking" in caught.value.hint
    with pytest.raises(EncoderPackageError, match="no fusion part"):
        plain.encode_images(images[:1], tokens=True)
    with pytest.raises(EncoderPackageError, match="no fusion part"):
        plain.fuse(*(np.zeros(0),) * 3)


def rewritten(source, target, **replaced):
    """Copy a package with other bytes for the graphs of some roles."""
    package = EncoderPackage.load(source)
    roles = {v["file"]: role for role, own in variants(package).items() for v in own}
    files = [
        PackageFile(name, roles.get(name, "tokenizer"), replaced.get(roles.get(name), content))
        for name in package.card["assets"]
        for content in (package.read(name),)
    ]
    fields = card_fields(package, {})
    return Encoder(EncoderPackage.load(write_package(target, fields, files)), 1, "cpu")


def variants(package):
    return package.card["properties"]["scene_search:variants"]


def test_graphs_without_tokens(tiny_fusion_encoder, tiny_encoder, images, tmp_path):
    other = EncoderPackage.load(tiny_encoder)
    encoder = rewritten(tiny_fusion_encoder, tmp_path / "e", image=other.read("image.onnx"))
    with pytest.raises(EncoderPackageError, match=r"image\.onnx.* does not give the tokens"):
        encoder.encode_images(images[:1], tokens=True)


def test_a_fusion_graph_of_other_inputs(tiny_fusion_encoder, tmp_path):
    other = EncoderPackage.load(tiny_fusion_encoder)
    encoder = rewritten(tiny_fusion_encoder, tmp_path / "e", fusion=other.read("hash.onnx"))
    states = encoder.text_states(["blue"])
    with pytest.raises(EncoderPackageError, match=r"fusion\.onnx .*inputs of a graph for fusion"):
        encoder.fuse(np.zeros((2, 4, 12), np.float32), states.hidden, states.mask)


def test_no_probabilities(encoder):
    states = encoder.text_states(["blue"])
    tokens = np.full((2, 4, 12), np.nan, np.float32)
    with pytest.raises(EncoderPackageError, match="no probabilities"):
        encoder.fuse(tokens, states.hidden, states.mask)


def test_logit_is_finite_and_undoes_the_sigmoid():
    odds = np.linspace(-9, 9, 37)
    np.testing.assert_allclose(fusion.logit(sigmoid(odds)), odds, rtol=1e-9)
    ends = fusion.logit(np.array([0.0, 1.0], np.float32))
    assert np.isfinite(ends).all()
    assert ends[0] == pytest.approx(-ends[1])
    assert ends[1] > 13


def test_the_weight_of_the_card(tiny_fusion_encoder, tmp_path):
    package = EncoderPackage.load(tiny_fusion_encoder)
    assert fusion.rerank_weight(package.card) == fusion.RERANK_WEIGHT
    other = write_tiny_fusion(tmp_path / "e", **{"scene_search:rerank_weight": 3})
    chosen = EncoderPackage.load(other)
    assert fusion.rerank_weight(chosen.card) == 3
    assert chosen.sha256 == package.sha256, "tuning the weight must leave indexes valid"
    match, cosine = np.array([0.5, 0.9]), np.array([0.2, 0.1])
    np.testing.assert_allclose(
        fusion.combined(match, cosine, 3), [0.6, np.log(9) + 0.3], rtol=1e-12
    )


@pytest.mark.parametrize("weight", [-1, "much", True, float("inf")])
def test_a_weight_that_is_none(tiny_fusion_encoder, tmp_path, weight):
    with pytest.raises(EncoderPackageError):
        write_tiny_fusion(tmp_path / "e", **{"scene_search:rerank_weight": weight})
    package = EncoderPackage.load(tiny_fusion_encoder)
    card = json.loads(json.dumps(package.card))
    card["properties"]["scene_search:rerank_weight"] = weight
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps(card))
    with pytest.raises(EncoderPackageError, match=r"weight|wrong type|no number of JSON"):
        EncoderPackage.load(folder, verify=False)
