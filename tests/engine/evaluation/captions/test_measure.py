"""The caption benchmark end to end, on generated images and sentences."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scene_search.engine.encoders.encoder import Encoded, Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderPackageError, UsageError
from scene_search.engine.evaluation.captions.karpathy import read_captions
from scene_search.engine.evaluation.captions.measure import evaluate_captions
from scene_search.engine.imagery.tiles.reader import read_image

_SCENES = {
    "a dark forest": (42, 66, 36),
    "blue water": (40, 82, 116),
    "a sandy beach": (206, 186, 144),
    "a grey road": (120, 120, 122),
    "red houses": (160, 84, 66),
    "white buildings": (228, 228, 226),
}


@pytest.fixture(scope="module")
def encoder(tiny_encoder: Path) -> Encoder:
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def benchmark(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write four images of each scene with five captions each, some of them repeated."""
    folder = tmp_path_factory.mktemp("captions")
    random = np.random.default_rng(8)
    images = []
    for number in range(24):
        scene, colour = list(_SCENES.items())[number % 6]
        tone = np.array(colour) + random.normal(0, 12, 3)
        pixels = (tone + random.normal(0, 12, (64, 64, 1))).clip(0, 255).astype(np.uint8)
        path = folder / "scenes" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(pixels).save(path)
        texts = [scene, scene, f"{scene} and trees", f"many cars by {scene}", f"the field {number}"]
        images.append(
            {
                "filepath": "scenes",
                "filename": f"{number}.png",
                "split": "test" if number < 18 else ("restval" if number < 20 else "val"),
                "sentences": [{"raw": text} for text in texts],
            }
        )
    (folder / "captions.json").write_text(json.dumps({"images": images, "dataset": "x"}))
    return folder


def _edited(benchmark: Path, target: Path, **changes: object) -> Path:
    content = json.loads((benchmark / "captions.json").read_text())
    content["images"][0].update(changes)
    target.write_text(json.dumps(content))
    return target


def test_against_sampled_full_matrix(encoder: Encoder, benchmark: Path) -> None:
    result = evaluate_captions(encoder, benchmark, benchmark / "captions.json", "test")
    listed = read_captions(benchmark / "captions.json", "test")
    pictures = np.stack([read_image(benchmark / name, 64) for name in listed.names])
    images = encoder.encode_images(pictures).embeddings
    texts = encoder.encode_texts(listed.captions).embeddings
    owner = np.array(listed.owners)
    # equal sentences tie only to rounding in one product: round before sorting
    scores = np.round(images.astype(np.float64) @ texts.T.astype(np.float64), 6)
    random = np.random.default_rng(1)
    ranks, backs = [], []
    for _ in range(300):
        shuffled = random.permutation(len(texts))
        for i, row in enumerate(scores):
            order = shuffled[np.argsort(-row[shuffled], kind="stable")]
            ranks.append(np.flatnonzero(owner[order] == i)[0])
        backs += [
            np.flatnonzero(np.argsort(-c) == o)[0] for c, o in zip(scores.T, owner, strict=True)
        ]
    for found, sample in ((result["i2t"], ranks), (result["t2i"], backs)):
        expected = [100 * np.mean(np.array(sample) < k) for k in (1, 5, 10)]
        np.testing.assert_allclose(found, expected, atol=2.0)
    assert result["mr"] == pytest.approx(np.mean(result["i2t"] + result["t2i"]), abs=0.01)
    assert result["images"] == 18
    assert result["captions"] == 90
    assert result["distinct_captions"] == len(set(listed.captions))
    assert 20 < result["code"]["mr"] <= 100
    json.dumps(result)


def test_long_shortlist_equals_embeddings(encoder: Encoder, benchmark: Path) -> None:
    captions = benchmark / "captions.json"
    result = evaluate_captions(encoder, benchmark, captions, "test", shortlist=1000)
    for key in ("i2t", "t2i", "mr"):
        assert result["pipeline"][key] == result[key]


def test_splits(benchmark: Path) -> None:
    captions = benchmark / "captions.json"
    assert len(read_captions(captions, "train").names) == 2  # restval belongs to train
    assert len(read_captions(captions, "val").names) == 4
    with pytest.raises(UsageError, match="no split 'dev'") as caught:
        read_captions(captions, "dev")
    assert "test, train, val" in caught.value.hint


@pytest.mark.parametrize(
    "changes",
    [{"sentences": None}, {"sentences": [{"text": "x"}]}, {"sentences": [{"raw": " "}]}],
)
def test_wrong_layout(benchmark: Path, tmp_path: Path, changes: dict) -> None:
    with pytest.raises(UsageError, match="Karpathy"):
        read_captions(_edited(benchmark, tmp_path / "c.json", **changes), "test")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"images": 3}', '{"images": [1]}', "{}", "[" * 99_999]
)
def test_not_a_caption_file(tmp_path: Path, content: str) -> None:
    file = tmp_path / "c.json"
    file.write_text(content)
    with pytest.raises(UsageError, match="Karpathy"):
        read_captions(file, "test")
    with pytest.raises(UsageError, match="cannot be read"):
        read_captions(tmp_path / "absent.json", "test")


def test_missing_image(encoder: Encoder, benchmark: Path, tmp_path: Path) -> None:
    captions = _edited(benchmark, tmp_path / "c.json", filename="absent.png")
    with pytest.raises(UsageError, match=r"1 of 18 images are missing.*scenes/absent\.png"):
        evaluate_captions(encoder, benchmark, captions, "test")


def test_parts_that_the_encoder_lacks(
    encoder: Encoder, benchmark: Path, tiny_encoder: Path
) -> None:
    captions = benchmark / "captions.json"
    with pytest.raises(EncoderPackageError, match="no fusion part"):
        evaluate_captions(encoder, benchmark, captions, "test", rerank=True)
    card = json.loads(json.dumps(encoder.package.card))
    del card["properties"]["scene_search:variants"]["text"]
    blind = Encoder(EncoderPackage(tiny_encoder, card), 1, "cpu")
    with pytest.raises(EncoderPackageError, match="does not understand text"):
        evaluate_captions(blind, benchmark, captions, "test")


class _LastBits:
    """An encoder whose equal sentences and images differ in the last bits of their embeddings."""

    def __init__(self, encoder: Encoder, seed: int) -> None:
        self._encoder = encoder
        self._random = np.random.default_rng(seed)

    def __getattr__(self, name: str) -> object:
        return getattr(self._encoder, name)

    def _noisy(self, encoded: Encoded) -> Encoded:
        up = self._random.random(encoded.embeddings.shape) < 0.5
        towards = np.where(up, np.float32(2), np.float32(-2))
        noisy = np.nextafter(encoded.embeddings, towards, dtype=np.float32)
        return Encoded(noisy, encoded.codes, encoded.tokens)

    def encode_images(self, *arguments: object, **options: object) -> Encoded:
        return self._noisy(self._encoder.encode_images(*arguments, **options))

    def encode_texts(self, texts: list[str]) -> Encoded:
        return self._noisy(self._encoder.encode_texts(texts))


@pytest.mark.parametrize("seed", range(3))
def test_last_bits_do_not_decide(encoder: Encoder, benchmark: Path, seed: int) -> None:
    """Sentences of words that the encoder does not know have one embedding: they tie."""
    captions = benchmark / "captions.json"
    listed = read_captions(captions, "test")
    texts = sorted(set(listed.captions))
    assert len(np.unique(encoder.encode_texts(texts).embeddings.round(5), axis=0)) < len(texts)
    exact = evaluate_captions(encoder, benchmark, captions, "test")
    noisy = evaluate_captions(_LastBits(encoder, seed), benchmark, captions, "test")
    for found, expected in ((noisy, exact), (noisy["pipeline"], exact["pipeline"])):
        for key in ("i2t", "t2i", "mr"):
            assert found[key] == expected[key]
