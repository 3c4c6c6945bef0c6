"""Graphs of a small system with every part: exported, compared with torch, refused when wrong."""

import copy

import numpy as np
import onnxruntime as ort
import pytest
import torch
from scene_search.training.export import int8_loss
from scene_search.training.export.bundle import Words, make_graphs
from scene_search.training.export.graphs import count_weights, export_graphs, roles_of
from scene_search.training.export.int8_loss import measured_results
from scene_search.training.export.material import Material, batches_of
from scene_search.training.export.parity import ParityError, compare
from scene_search.training.recipe import ImageSettings
from scene_search.training.towers.hash_head import HashHead, pack
from scene_search.training.towers.vocabulary import PrunedVocabulary
from torch import nn

SIZE, WIDTH, BITS = 16, 8, 16
IMAGE = ImageSettings("none", SIZE, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "harbor", "forest")
SENTENCES = ["a red harbor", "a forest", "forest", "a red red red harbor"] * 9


class Everything(nn.Module):
    """Image, text, hash, fusion and context parts, as small as they can be."""

    def __init__(self):
        super().__init__()
        self.cells = nn.Conv2d(3, WIDTH, 4, 4)
        self.words = nn.Embedding(len(WORDS), WIDTH)
        self.hash_head = HashHead(WIDTH, BITS)
        self.match = nn.Linear(WIDTH, 1)

    def image_outputs(self, pixels):
        tokens = self.cells(pixels).flatten(2).transpose(1, 2)
        features = nn.functional.normalize(tokens.mean(1), dim=1)
        return {"features": features, **self.hash_outputs(features), "tokens": tokens}

    def text_outputs(self, input_ids, attention_mask):
        tokens = self.words(input_ids)
        features = nn.functional.normalize(self._pooled(tokens, attention_mask), dim=1)
        return {"features": features, **self.hash_outputs(features), "tokens": tokens}

    def hash_outputs(self, features):
        return {"code": pack(self.hash_head(features))}

    def fusion_outputs(self, image_tokens, text_tokens, text_mask):
        joined = image_tokens.mean(1) * self._pooled(text_tokens, text_mask)
        return {"match": torch.sigmoid(self.match(joined)).squeeze(1)}

    def context_outputs(self, image_features, text_tokens, text_mask):
        features = nn.functional.normalize(
            image_features + self._pooled(text_tokens, text_mask), dim=1
        )
        return {"features": features, **self.hash_outputs(features)}

    @staticmethod
    def _pooled(tokens, mask):
        weight = mask.unsqueeze(2).to(tokens.dtype)
        return (tokens * weight).sum(1) / weight.sum(1).clamp_min(1)


@pytest.fixture
def system():
    torch.manual_seed(3)
    return Everything().eval().requires_grad_(False)


@pytest.fixture
def words():
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {word: i for i, word in enumerate(WORDS)},
            "unk_token": "[UNK]",
        },
    }
    return Words(PrunedVocabulary(tokenizer, tuple(range(len(WORDS)))), 4)


@pytest.fixture
def material():
    images = np.random.default_rng(0).integers(0, 256, (43, SIZE, SIZE, 3)).astype(np.uint8)
    return Material(images[8:], SENTENCES)


def batches(system, words, material):
    return batches_of(system, IMAGE, material, words.vocabulary.load(words.max_length))


def test_every_part_becomes_a_graph_that_computes_what_it_does(system, words, material, tmp_path):
    graphs = make_graphs(system, IMAGE, words, material, tmp_path, int8=False)
    compared = {(entry.role, entry.output): entry for entry in graphs.parity}
    assert set(compared) == {
        *(("image", "features"), ("image", "tokens"), ("text", "features"), ("text", "tokens")),
        *(("hash", "code"), ("fusion", "match"), ("context", "features")),
    }
    assert all((entry.largest_difference or 0) < 1e-4 for entry in compared.values())
    assert compared["image", "features"].items == 35
    assert compared["context", "features"].equal_bits is not None


def test_batches_differ_in_every_size_that_may_differ(system, words, material):
    given = batches(system, words, material)
    assert {len(batch["pixels"]) for batch in given["image"]} == {16, 2, 1}
    assert {len(batch["text_tokens"]) for batch in given["fusion"]} >= {1, 16}
    assert any(len(b["text_tokens"]) == 1 < len(b["image_tokens"]) for b in given["fusion"])
    assert any(not batch["text_mask"].any() for batch in given["context"])


def test_sizes_are_free_in_the_exported_graphs(system, tmp_path):
    files = export_graphs(system, SIZE, tmp_path)
    assert set(files) == set(roles_of(system))
    run = ort.InferenceSession(str(files["fusion"])).run
    match = run(
        ["match"],
        {
            "image_tokens": np.ones((7, 16, WIDTH), np.float32),
            "text_tokens": np.ones((1, 3, WIDTH), np.float32),
            "text_mask": np.ones((1, 3), np.int64),
        },
    )[0]
    assert match.shape == (7,)


def test_a_weight_that_graphs_share_counts_once(system, tmp_path):
    files = export_graphs(system, SIZE, tmp_path)
    hash_layer = count_weights([files["hash"]])
    assert count_weights([files["hash"], files["context"]]) < hash_layer + 64
    assert hash_layer >= WIDTH * BITS


def test_other_weights_are_refused(system, words, material, tmp_path):
    files = export_graphs(system, SIZE, tmp_path)
    given = batches(system, words, material)
    other = copy.deepcopy(system)
    other.match.bias += 0.01
    with pytest.raises(ParityError, match="match of the fusion graph differ"):
        compare(other, "fusion", "fp32", files["fusion"], given["fusion"])


def test_numbers_that_are_none_are_refused(system, words, material, tmp_path):
    broken = copy.deepcopy(system)
    broken.words.weight[7] = float("nan")
    files = export_graphs(broken, SIZE, tmp_path)
    with pytest.raises(ParityError, match="text graph"):
        compare(system, "text", "fp32", files["text"], batches(system, words, material)["text"])


def test_codes_that_are_packed_otherwise_are_refused(system, words, material, tmp_path):
    mirrored = copy.deepcopy(system)
    mirrored.hash_outputs = lambda features: {"code": pack(system.hash_head(features).flip(1))}
    files = export_graphs(mirrored, SIZE, tmp_path)
    given = batches(system, words, material)
    with pytest.raises(ParityError, match="code bits"):
        compare(system, "hash", "fp32", files["hash"], given["hash"])


def test_a_text_number_that_was_traced_fast_is_found(system, words, material, tmp_path):
    fast = copy.deepcopy(system)
    # what a system does that looks at a size while it is traced: one text, for ever
    fast.fusion_outputs = lambda image, text, mask: system.fusion_outputs(image, text[:1], mask[:1])
    files = export_graphs(fast, SIZE, tmp_path)
    given = batches(system, words, material)
    with pytest.raises(ParityError, match="fusion"):
        compare(system, "fusion", "fp32", files["fusion"], given["fusion"])


class _Measured:
    """A benchmark on which a package reaches what its folder says."""

    def __init__(self, reached):
        self.reached = reached

    def measure(self, _encoder, precision, _data):
        return {"mr": self.reached[precision], "summary": f"mR {self.reached[precision]}"}


@pytest.mark.parametrize(("lost", "refused"), [(0.5, False), (0.51, True), (float("nan"), True)])
def test_int8_may_lose_half_a_point(lost, refused, monkeypatch, tmp_path):
    reached = {"fp32": 30.0, "int8": 30.0 - lost}
    monkeypatch.setattr(int8_loss, "BENCHMARKS", {"b": _Measured(reached)})
    monkeypatch.setattr(int8_loss, "Encoder", lambda package: package)
    monkeypatch.setattr(int8_loss.EncoderPackage, "load", lambda folder: folder)

    def measured():
        return measured_results(lambda _p, folder, _r: folder, "b", tmp_path, ("fp32", "int8"))

    if refused:
        with pytest.raises(ParityError, match="points on b"):
            measured()
    else:
        assert [entry["mr"] for entry in measured()] == [30.0, 29.5]
