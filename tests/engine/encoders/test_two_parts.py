"""Encoders whose embeddings and codes have two parts: layout, encoding, identity."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.card import summarise
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.layout import Layout, layout_of
from scene_search.engine.encoders.package.card_format import PREFIX
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderPackageError, UsageError

_LAYOUT = Layout(5, 3, 0.7, {16: 10, 24: 12})


def _unit(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    rows = random.normal(size=shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
def test_the_cosine_is_the_shared_mean_of_the_parts_cosines(seed: int, share: float) -> None:
    random = np.random.default_rng(seed)
    layout = Layout(5, 3, share, {16: 8})
    means, looks = _unit(random, (4, 5)), _unit(random, (4, 3))
    joined = layout.join(means, looks)
    expected = share * means @ means.T + (1 - share) * looks @ looks.T
    np.testing.assert_allclose(joined @ joined.T, expected, atol=1e-5)
    for found, part in zip(layout.split(joined), (means, looks), strict=True):
        np.testing.assert_allclose(found, part, atol=1e-5)


def test_texts_have_a_meaning_only() -> None:
    means = _unit(np.random.default_rng(0), (2, 5))
    texts = _LAYOUT.of_texts(means)
    assert texts.shape == (2, 8)
    meaning, look = _LAYOUT.split(texts)
    np.testing.assert_allclose(meaning, means, atol=1e-6)
    assert not look.any()


@pytest.mark.parametrize(("meaning", "look"), [(True, False), (False, True), (True, True)])
def test_masks_of_codes(meaning: bool, look: bool) -> None:
    bits = np.unpackbits(_LAYOUT.code_mask(16, meaning=meaning, look=look))
    assert bits.tolist() == [int(meaning)] * 10 + [int(look)] * 6


def test_lengths_that_an_encoder_does_not_make_are_refused() -> None:
    _LAYOUT.check_bits(24)
    with pytest.raises(UsageError, match="16 or 24"):
        _LAYOUT.check_bits(32)


@pytest.fixture(scope="module")
def encoder(tiny_two_parts: Path) -> Encoder:
    return Encoder(EncoderPackage.load(tiny_two_parts), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def pictures() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (9, 64, 64, 3), np.uint8)


def test_both_parts_come_from_one_run(
    encoder: Encoder, pictures: np.ndarray, tiny_encoder: Path
) -> None:
    found = encoder.encode_images(pictures)
    meaning, look = encoder.layout.split(found.embeddings)
    plain = Encoder(EncoderPackage.load(tiny_encoder), threads=1).encode_images(pictures)
    np.testing.assert_allclose(meaning, plain.embeddings, atol=1e-5)
    pixels = (pictures / 255 - encoder.package.mean) / encoder.package.std
    expected = np.concatenate([pixels.mean(axis=(1, 2)), pixels.std(axis=(1, 2))], axis=1)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(look, expected, atol=1e-3)
    np.testing.assert_array_equal(found.codes, encoder.hash_embeddings(found.embeddings))
    assert found.code_mask is None


def test_codes_of_another_length(encoder: Encoder, pictures: np.ndarray) -> None:
    longer = encoder.with_bits(128)
    found = longer.encode_images(pictures)
    assert found.codes.shape == (9, 16)
    assert encoder.encode_images(pictures).codes.shape == (9, 8)
    assert longer.encode_texts(["a river"]).codes.shape == (1, 16)
    with pytest.raises(UsageError, match="64 or 128"):
        encoder.with_bits(256)
    # the bits of a part depend on that part alone
    meaning, look = encoder.layout.split(found.embeddings)
    alone = longer.hash_embeddings(encoder.layout.join(meaning, look[::-1]))
    bits, other = np.unpackbits(found.codes, axis=1), np.unpackbits(alone, axis=1)
    np.testing.assert_array_equal(bits[:, :48], other[:, :48])
    np.testing.assert_array_equal(bits[::-1, 48:], other[:, 48:])


def test_a_text_is_compared_by_the_bits_of_its_meaning(encoder: Encoder) -> None:
    found = encoder.encode_texts(["a river", "dense forest"])
    assert found.embeddings.shape == (2, 38)
    assert not found.embeddings[:, 32:].any()
    assert found.code_mask is not None
    assert np.unpackbits(found.code_mask).tolist() == [1] * 32 + [0] * 32


def test_a_package_of_one_part_has_one_part(tiny_encoder: Path) -> None:
    package = EncoderPackage.load(tiny_encoder)
    assert package.layout == Layout(32, codes={64: 64})
    assert package.card["properties"][PREFIX + "format_version"] == 1
    with pytest.raises(UsageError, match="64"):
        Encoder(package, threads=1).with_bits(32)


def test_the_card_tells_of_the_parts(tiny_two_parts: Path, tiny_encoder: Path) -> None:
    text = summarise(EncoderPackage.load(tiny_two_parts))
    assert "32 numbers of meaning, 6 of look; meaning counts 50%" in text
    assert "64 or 128 bits" in text
    assert "look" not in summarise(EncoderPackage.load(tiny_encoder))


def test_parts_are_of_the_identity(tiny_two_parts: Path) -> None:
    package = EncoderPackage.load(tiny_two_parts)
    assert package.card["properties"][PREFIX + "format_version"] == 2
    card = json.loads(json.dumps(package.card))
    card["properties"][PREFIX + "parts"]["meaning"]["share"] = 0.6
    assert EncoderPackage(package.directory, card).sha256 != package.sha256


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"parts": {"meaning": {"numbers": 30, "share": 0.5}, "look": {"numbers": 6}}}, "30"),
        ({"parts": {"meaning": {"numbers": 32, "share": 1.5}, "look": {"numbers": 6}}}, "1.5"),
        ({"parts": {"meaning": {"numbers": 32, "share": 0.5}}}, "look"),
        ({"codes": [{"bits": 128, "meaning": 64}]}, "64 bits"),
        ({"codes": [{"bits": 64, "meaning": 64}]}, "64 of 64"),
        ({"codes": [{"bits": 64, "meaning": 0}]}, "positive"),
    ],
)
def test_cards_whose_parts_do_not_fit_are_refused(
    tiny_two_parts: Path, tmp_path: Path, change: dict, said: str
) -> None:
    card = json.loads((tiny_two_parts / "model.json").read_text("utf-8"))
    card["properties"] |= {PREFIX + key: value for key, value in change.items()}
    folder = tmp_path / "odd"
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(EncoderPackageError, match=said):
        EncoderPackage.load(folder, verify=False)


def test_layout_needs_its_fields() -> None:
    with pytest.raises(KeyError):
        layout_of({}, PREFIX)
