"""Re-ranking in the caption benchmark, against a plain loop over every pair."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from scene_search.engine.cli import main
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import CancelledError
from scene_search.engine.evaluation.captions.benchmark import encode_captions
from scene_search.engine.evaluation.captions.pair_matches import best_candidates
from scene_search.engine.evaluation.captions.rerank import measure_rerank
from scene_search.engine.progress import Progress

from tests.support.tiny_encoder import COLOURS
from tests.support.tiny_fusion import GAIN, write_tiny_fusion
from tests.support.tiny_hubness import hubness, write_with_hubness

#: Of the cosine; little enough that the match changes the order.
WEIGHT = 1.5


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder") / "weighted"
    package = write_tiny_fusion(folder, **{"scene_search:rerank_weight": WEIGHT})
    return Encoder(EncoderPackage.load(package), threads=1, provider="cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """20 images of two colours each, the last a copy of the first; sentences repeat.

    No two sentences have the same words, which would tie but for rounding.
    """
    folder = tmp_path_factory.mktemp("captions")
    random = np.random.default_rng(4)
    names = list(COLOURS)
    images = []
    for number in range(20):
        left, right = random.choice(names, 2, replace=False)
        pixels = np.empty((64, 64, 3))
        split = random.integers(16, 48)
        pixels[:, :split], pixels[:, split:] = COLOURS[left], COLOURS[right]
        pixels = (pixels + random.normal(0, 20, pixels.shape)).clip(0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.png")
        texts = [left, right, " and ".join(sorted((left, right))), f"a {right}", f"{left} field"]
        images.append(
            {
                "filename": f"{number}.png",
                "split": "test",
                "sentences": [{"raw": text} for text in texts],
            }
        )
    (folder / "19.png").write_bytes((folder / "0.png").read_bytes())
    (folder / "captions.json").write_text(json.dumps({"images": images, "dataset": "x"}))
    return folder


@pytest.fixture(scope="module")
def benchmark(encoder, folder):
    return encode_captions(encoder, folder, folder / "captions.json", "test", tokens=True)


def loop_scores(encoder, benchmark, count, *, cosine_only=False, match_only=False, hubs=False):
    """Scores of all distinct images and texts, one pair at a time, for both directions."""
    images, texts = benchmark.images, benchmark.texts
    of_image = WEIGHT * hubness("image", images.embeddings) if hubs else np.zeros(len(images))
    of_text = WEIGHT * hubness("text", texts.embeddings) if hubs else np.zeros(len(texts))
    cosines = np.array([[i @ t for t in texts.embeddings] for i in images.embeddings])
    if cosine_only:
        return cosines, cosines
    again = np.empty(cosines.shape)
    for column, text in enumerate(benchmark.distinct_texts):
        words = encoder.text_states([text]).hidden[0].astype(np.float64)
        for row, tokens in enumerate(images.tokens.astype(np.float64)):
            logit = GAIN * np.mean([[t @ w for w in words] for t in tokens])
            again[row, column] = logit + (0 if match_only else WEIGHT * cosines[row, column])
    by_image, by_text = cosines - 1000, cosines - 1000
    for row, own in enumerate(cosines):
        kept = own >= np.sort(own)[-min(count, len(own))]
        by_image[row, kept] = again[row, kept] - of_text[kept]
    for column, own in enumerate(cosines.T):
        kept = own >= np.sort(own)[-min(count, len(own))]
        by_text[kept, column] = again[kept, column] - of_image[kept]
    return by_image, by_text


def sampled(benchmark, by_image, by_text):
    """Recall at 1, 5, 10 in percent over random orders of tied items."""
    owner, random = benchmark.owner, np.random.default_rng(1)
    i2t, t2i = [], []
    by_image = np.round(by_image[benchmark.image_row][:, benchmark.text_row], 6)
    by_text = np.round(by_text[benchmark.image_row][:, benchmark.text_row], 6).T
    for _ in range(400):
        for image, scores in enumerate(by_image):
            order = random.permutation(len(scores))
            order = order[np.argsort(-scores[order], kind="stable")]
            i2t.append(np.flatnonzero(owner[order] == image)[0])
        for caption, scores in enumerate(by_text):
            order = random.permutation(len(scores))
            order = order[np.argsort(-scores[order], kind="stable")]
            t2i.append(np.flatnonzero(order == owner[caption])[0])
    return [[100 * np.mean(np.array(ranks) < k) for k in (1, 5, 10)] for ranks in (i2t, t2i)]


@pytest.mark.parametrize("count", [3, 1000])
def test_against_a_loop_over_pairs(encoder, benchmark, count):
    found = measure_rerank(encoder, benchmark, Progress(), count=count)
    images, texts = len(benchmark.images), len(benchmark.texts)
    assert (images, found["all_pairs"]) == (19, 19 * texts)
    if count == 1000:
        assert found["pairs"] == found["all_pairs"]
    else:
        assert found["pairs"] <= count * (images + texts) < found["all_pairs"]
    i2t, t2i = sampled(benchmark, *loop_scores(encoder, benchmark, count))
    np.testing.assert_allclose(found["i2t"], i2t, atol=1.5)
    np.testing.assert_allclose(found["t2i"], t2i, atol=1.5)
    assert found["mr"] == pytest.approx(np.mean(found["i2t"] + found["t2i"]), abs=0.01)
    plain = sampled(benchmark, *loop_scores(encoder, benchmark, count, cosine_only=True))
    assert np.abs(np.array([i2t, t2i]) - plain).max() > 2  # else it would show nothing


def test_by_the_match_alone(encoder, benchmark):
    found = measure_rerank(encoder, benchmark, Progress(), count=3)["match_only"]
    i2t, t2i = sampled(benchmark, *loop_scores(encoder, benchmark, 3, match_only=True))
    np.testing.assert_allclose(found["i2t"], i2t, atol=1.5)
    np.testing.assert_allclose(found["t2i"], t2i, atol=1.5)


@pytest.mark.parametrize("count", [3, 1000])
def test_hubs_stand_lower_where_the_encoder_tells_them(encoder, benchmark, tmp_path, count):
    package = write_with_hubness(tmp_path / "hubs", encoder.package.directory)
    other = Encoder(EncoderPackage.load(package), threads=1, provider="cpu")
    found = measure_rerank(other, benchmark, Progress(), count=count)
    i2t, t2i = sampled(benchmark, *loop_scores(encoder, benchmark, count, hubs=True))
    np.testing.assert_allclose(found["i2t"], i2t, atol=1.5)
    np.testing.assert_allclose(found["t2i"], t2i, atol=1.5)
    plain = measure_rerank(encoder, benchmark, Progress(), count=count)
    assert found["without_hubness"] == {key: plain[key] for key in ("i2t", "t2i", "mr")}
    assert "without_hubness" not in plain
    for way in ("i2t", "t2i"):
        assert np.abs(np.subtract(found[way], plain[way])).max() > 2, way


def test_other_weights_to_choose_from(encoder, benchmark, tmp_path):
    found = measure_rerank(encoder, benchmark, Progress(), count=3)
    by_weight = dict(found["mr_by_weight"])
    assert by_weight[0] == found["match_only"]["mr"]
    package = write_tiny_fusion(tmp_path / "e", **{"scene_search:rerank_weight": 5})
    other = Encoder(EncoderPackage.load(package), threads=1, provider="cpu")
    assert measure_rerank(other, benchmark, Progress(), count=3)["mr"] == by_weight[5]
    assert len(set(by_weight.values())) > 1


def test_a_shortlist_of_one_changes_nothing(encoder, benchmark):
    found = measure_rerank(encoder, benchmark, Progress(), count=1)
    i2t, t2i = sampled(benchmark, *loop_scores(encoder, benchmark, 1, cosine_only=True))
    np.testing.assert_allclose(found["i2t"], i2t, atol=1.5)
    np.testing.assert_allclose(found["t2i"], t2i, atol=1.5)


def test_ties_with_the_last_belong_to_the_best():
    cosines = np.array([[0.5, 0.9, 0.5, 0.1], [0.1, 0.2, 0.3, 0.4]])
    expected = [[True, True, True, False], [False, False, True, True]]
    assert best_candidates(cosines, 2).tolist() == expected
    assert best_candidates(cosines, 4).all()


class _LastBits:
    """An encoder whose fusion part is a last bit off, up or down by chance."""

    def __init__(self, encoder, seed):
        self._encoder, self._random = encoder, np.random.default_rng(seed)

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def fuse(self, *arguments):
        match = self._encoder.fuse(*arguments)
        towards = self._random.choice(np.array([-1, 2], np.float32), match.shape)
        return np.nextafter(match, towards).clip(0, 1)


@pytest.mark.parametrize("seed", range(3))
def test_last_bits_do_not_decide(encoder, folder, tmp_path, seed):
    """Sentences of the same words in another order are alike: of other images, they tie."""
    content = json.loads((folder / "captions.json").read_text())
    for image in content["images"]:
        left, right = (text["raw"] for text in image["sentences"][:2])
        image["sentences"] = [{"raw": f"{left} {right}"}, {"raw": left}]
    (tmp_path / "c.json").write_text(json.dumps(content))
    alike = encode_captions(encoder, folder, tmp_path / "c.json", "test", tokens=True)
    exact = measure_rerank(encoder, alike, Progress(), count=5)
    found = measure_rerank(_LastBits(encoder, seed), alike, Progress(), count=5)
    for name in ("i2t", "t2i", "mr", "match_only", "mr_by_weight", "pairs"):
        assert found[name] == exact[name], name


def test_cancelling(encoder, benchmark):
    progress = Progress(lambda report: progress.cancel(), interval=0)
    with pytest.raises(CancelledError):
        measure_rerank(encoder, benchmark, progress)


def test_without_tokens(encoder, folder):
    plain = encode_captions(encoder, folder, folder / "captions.json", "test")
    with pytest.raises(ValueError, match="without the tokens"):
        measure_rerank(encoder, plain, Progress())


def test_command_line(folder, tiny_fusion_encoder, tmp_path, capsys):
    measure = ["evaluate", "captions", "--encoder", str(tiny_fusion_encoder)]
    measure += ["--images", str(folder), "--captions", str(folder / "captions.json")]
    assert main([*measure, "--rerank", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    again = result["reranked"]
    assert again["shortlist"] == 128
    assert again["pairs"] == again["all_pairs"]  # fewer than 128 of either
    assert again["mr"] != result["mr"]
    assert again["seconds_a_query"] > 0
    assert result["encoder"]["files"]["fusion"] == "fusion.onnx"
    assert main([*measure, "--rerank"]) == 0
    told = capsys.readouterr().out
    assert "re-ranked" in told
    assert "hubs left" not in told
    with_hubs = write_with_hubness(tmp_path / "hubs", tiny_fusion_encoder)
    assert main([*measure[:3], str(with_hubs), *measure[4:], "--rerank"]) == 0
    assert "hubs left where they are: R@1/5/10" in capsys.readouterr().out
    assert main([*measure, "--json"]) == 0
    assert "reranked" not in json.loads(capsys.readouterr().out)
