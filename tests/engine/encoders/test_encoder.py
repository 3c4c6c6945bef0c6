"""Encoding: shapes, batches, normalisation, texts, codes and memory of texts."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.session import GraphSession
from scene_search.engine.errors import EncoderPackageError, QueryError

onnx = pytest.importorskip("onnx")


@pytest.fixture(scope="session")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (7, 64, 64, 3), dtype=np.uint8)


def _colour(rgb: tuple[int, int, int], noise: float = 10) -> np.ndarray:
    random = np.random.default_rng(3)
    return (np.array(rgb) + random.normal(0, noise, (64, 64, 1))).clip(0, 255).astype(np.uint8)


def test_outputs(encoder: Encoder, images: np.ndarray) -> None:
    encoded = encoder.encode_images(images)
    assert encoded.embeddings.shape == (7, 32)
    assert encoded.embeddings.dtype == np.float32
    assert encoded.codes.shape == (7, 8)
    assert encoded.codes.dtype == np.uint8
    assert len(encoded) == 7
    np.testing.assert_allclose(np.linalg.norm(encoded.embeddings, axis=1), 1, atol=1e-6)


def test_batches_do_not_matter(tiny_encoder: Path, encoder: Encoder, images: np.ndarray) -> None:
    small = Encoder(EncoderPackage.load(tiny_encoder), 1, "cpu", batch_size=3)
    whole, parts = encoder.encode_images(images), small.encode_images(images)
    np.testing.assert_allclose(whole.embeddings, parts.embeddings, atol=1e-5)
    np.testing.assert_array_equal(whole.codes, parts.codes)


def test_normalisation_is_that_of_the_card(encoder: Encoder, images: np.ndarray) -> None:
    mean = np.array(encoder.package.mean).reshape(1, 3, 1, 1)
    std = np.array(encoder.package.std).reshape(1, 3, 1, 1)
    expected = (images.transpose(0, 3, 1, 2) / 255 - mean) / std
    pixels = encoder._pixels(images)
    assert pixels.dtype == np.float32
    assert pixels.flags.c_contiguous
    np.testing.assert_allclose(pixels, expected, atol=1e-5)


def test_nothing_in_nothing_out(encoder: Encoder) -> None:
    assert len(encoder.encode_images(np.zeros((0, 64, 64, 3), np.uint8))) == 0
    assert len(encoder.encode_texts([])) == 0
    assert encoder.hash_embeddings(np.zeros((0, 32), np.float32)).shape == (0, 8)


@pytest.mark.parametrize(
    "wrong",
    [
        np.zeros((1, 32, 32, 3), np.uint8),
        np.zeros((1, 64, 64, 3), np.float32),
        np.zeros((64, 64, 3), np.uint8),
        np.zeros((1, 3, 64, 64), np.uint8),
    ],
)
def test_wrong_pixels(encoder: Encoder, wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8"):
        encoder.encode_images(wrong)


def test_words_meet_their_pictures(encoder: Encoder) -> None:
    pictures = {
        "a forest": _colour((42, 66, 36), 25),
        "water": _colour((40, 82, 116), 2),
        "some sand": _colour((206, 186, 144), 3),
        "grey asphalt": _colour((100, 100, 102), 8),
    }
    image = encoder.encode_images(np.stack(list(pictures.values()))).embeddings
    text = encoder.encode_texts(list(pictures)).embeddings
    assert (text @ image.T).argmax(1).tolist() == [0, 1, 2, 3]


def test_hash_graph_gives_the_code_of_the_other_graphs(
    encoder: Encoder, images: np.ndarray
) -> None:
    for encoded in (encoder.encode_images(images), encoder.encode_texts(["forest", "blue sea"])):
        np.testing.assert_array_equal(encoder.hash_embeddings(encoded.embeddings), encoded.codes)
    with pytest.raises(ValueError, match="32"):
        encoder.hash_embeddings(np.zeros((2, 31), np.float32))


def test_codes_are_packed_big_endian(encoder: Encoder, images: np.ndarray) -> None:
    model = onnx.load(encoder.package.directory / "hash.onnx")
    planes = next(
        array
        for tensor in model.graph.initializer
        if (array := onnx.numpy_helper.to_array(tensor)).shape == (32, 64)
    )
    encoded = encoder.encode_images(images)
    bits = encoded.embeddings @ planes >= 0
    np.testing.assert_array_equal(encoded.codes, np.packbits(bits, axis=-1))


@pytest.mark.parametrize("text", ["", "   ", "\n\u3000"])
def test_empty_text(encoder: Encoder, text: str) -> None:
    with pytest.raises(QueryError, match="empty"):
        encoder.encode_texts(["forest", text])


def test_text_notes(encoder: Encoder) -> None:
    assert encoder.text_notes(["a forest by the river"]) == []
    (cut,) = encoder.text_notes(["forest " * 2000])
    assert "first 16 word pieces" in cut
    assert len(cut) < 120
    (unknown,) = encoder.text_notes(["qwertz uiop"])
    assert "few of the words" in unknown


def test_texts_are_remembered(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder(EncoderPackage.load(tiny_encoder), 1, "cpu", batch_size=2)
    first = encoder.encode_texts(["forest", "sea", "forest", "road", "a  field"])
    np.testing.assert_array_equal(first.embeddings[0], first.embeddings[2])
    monkeypatch.setattr(GraphSession, "run", None)  # nothing may be encoded again
    again = encoder.encode_texts(["a field", "sea", " forest "])
    np.testing.assert_array_equal(again.embeddings, first.embeddings[[4, 1, 0]])
    np.testing.assert_array_equal(again.codes, first.codes[[4, 1, 0]])


def test_memory_of_texts_is_bounded(tiny_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = Encoder(EncoderPackage.load(tiny_encoder), 1, "cpu")
    texts = [f"forest {number}" for number in range(600)]
    encoder.encode_texts(texts)
    monkeypatch.setattr(GraphSession, "run", None)  # nothing may be encoded again
    assert len(encoder.encode_texts(texts[-256:])) == 256
    with pytest.raises(TypeError):
        encoder.encode_texts(texts[-257:-256])


def test_several_threads(encoder: Encoder, images: np.ndarray) -> None:
    expected = encoder.encode_images(images)

    def work(number: int) -> bool:
        text = encoder.encode_texts([f"river {number % 3}", "forest"])
        return (
            np.array_equal(encoder.encode_images(images).codes, expected.codes) and len(text) == 2
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(40)))


def _card(folder: Path) -> dict:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))


def test_card_and_graph_that_disagree(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "e"))
    card = _card(folder)
    card["properties"]["scene_search:embedding_size"] = 48
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    encoder = Encoder(EncoderPackage.load(folder), 1, "cpu")
    with pytest.raises(EncoderPackageError, match="shape"):
        encoder.encode_images(np.zeros((1, 64, 64, 3), np.uint8))


def test_encoder_without_text_or_hash(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "e"))
    card = _card(folder)
    for role in ("text", "hash"):
        del card["properties"]["scene_search:variants"][role]
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    encoder = Encoder(EncoderPackage.load(folder), 1, "cpu")
    with pytest.raises(EncoderPackageError, match="does not understand text"):
        encoder.encode_texts(["forest"])
    with pytest.raises(EncoderPackageError, match="no hash part"):
        encoder.hash_embeddings(np.zeros((1, 32), np.float32))


def test_engine_needs_neither_torch_nor_qgis() -> None:
    code = (
        "import sys, scene_search.engine.encoders.encoder\n"
        "import scene_search.engine.evaluation.hashing.measure\n"
        "import scene_search.engine.evaluation.captions.measure\n"
        "foreign = ('torch', 'qgis', 'onnx', 'transformers', 'scipy', 'pystac')\n"
        "print([m for m in foreign if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


def test_precision_suits_the_processor_or_the_wish(tiny_encoder: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_encoder, tmp_path / "e"))
    shutil.copy(folder / "image.onnx", folder / "image.int8.onnx")
    card = _card(folder)
    card["assets"]["image.int8.onnx"] = card["assets"]["image.onnx"]
    card["properties"]["scene_search:variants"]["image"].append(
        {"file": "image.int8.onnx", "precision": "int8"}
    )
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")
    package = EncoderPackage.load(folder)
    assert Encoder(package, 1, "cpu").files == {"image": "image.int8.onnx"}
    assert Encoder(package, 1, "cpu", precision="fp32").files == {"image": "image.onnx"}
    assert Encoder(package, 1, "cpu", precision="fp16").files == {"image": "image.int8.onnx"}
