"""Metadata of a batch: invented consistently, own where there is some, dropped at random."""

import json

import numpy as np
import pytest
import torch
from scene_search.engine.context.r2stft import r2stft, r2stft_slots
from scene_search.engine.context.spatiotemporal import NAMES, spatiotemporal
from scene_search.training.data.drawn_metadata import ORIGINS, draw_properties, origin_of
from scene_search.training.data.metadata import TrainingMetadata, own_properties
from scene_search.training.towers.vocabulary import prune_vocabulary

ROWS = np.arange(40)
OWN = {
    "datetime": "2021-07-04T10:30:00Z",
    "platform": "sentinel-2b",
    "gsd": 10.0,
    "proj:centroid": {"lat": 48.2, "lon": 16.4},
}


@pytest.fixture(scope="module")
def tokenizer(tiny_backbones):
    return prune_vocabulary(tiny_backbones / "text" / "tokenizer.json", [], 8000).load(64)


def texts_of(extra, tokenizer):
    return [tokenizer.decode(ids) for ids in extra["context_ids"].tolist()]


@pytest.mark.parametrize("name", [*ORIGINS, "a folder of mine"])
def test_invented_metadata_is_readable_and_keeps_to_what_is_known(name):
    origin, rng = origin_of(name), np.random.default_rng(0)
    for _ in range(200):
        properties = draw_properties(origin, rng)
        assert {"sensor", "resolution", "place", "time", "cloud"} == set(r2stft_slots(properties))
        values, known = spatiotemporal(properties)
        assert known.all()
        platform, lon, lat = (
            properties["platform"],
            *(properties["proj:centroid"][key] for key in ("lon", "lat")),
        )
        finest, coarsest = next(
            (low, high) for own, _, low, high in origin.sensors if own == platform
        )
        assert finest * 0.999 <= properties["gsd"] <= max(coarsest, 1.0) * 1.001
        assert any(w <= lon <= e and s <= lat <= n for w, s, e, n in origin.areas)
        hour = np.arctan2(values[2], values[3]) / (2 * np.pi) * 24 % 24
        assert 8.99 <= hour <= 15.01
        assert origin.years[0] <= int(properties["datetime"][:4]) <= origin.years[1]


def test_images_of_a_batch_share_acquisitions(tokenizer):
    metadata = TrainingMetadata(
        [None] * 40, origin_of("rsicd"), tokenizer, slot_drop=0, without=0, tiles_per_scene=10
    )
    extra = metadata(ROWS, np.random.default_rng(3))
    assert len(extra["context_ids"]) == 4
    assert torch.equal(extra["context_of_image"], extra["context_of_query"])
    assert sorted(set(extra["context_of_image"].tolist())) == [0, 1, 2, 3]
    assert bool(extra["context_known"].all())


def test_an_images_own_metadata_is_taken(tmp_path, tokenizer):
    bare, described = tmp_path / "a.png", tmp_path / "b.png"
    item = {"stac_version": "1.0.0", "type": "Feature", "properties": OWN}
    described.with_suffix(".json").write_text(json.dumps(item))
    found = own_properties([bare, described])
    assert found == [None, OWN]
    metadata = TrainingMetadata(found, origin_of("x"), tokenizer, slot_drop=0, without=0)
    extra = metadata(np.array([1, 0, 1]), np.random.default_rng(0))
    of_image = extra["context_of_image"].tolist()
    assert of_image[0] == of_image[2] != of_image[1]
    encoded = tokenizer.encode(r2stft(OWN))
    mask = extra["context_mask"][of_image[0]].bool()
    assert extra["context_ids"][of_image[0]][mask].tolist() == [
        i for i, m in zip(encoded.ids, encoded.attention_mask, strict=True) if m
    ]
    assert torch.equal(extra["context_target"][of_image[0]], torch.tensor(spatiotemporal(OWN)[0]))


def test_slots_are_dropped_at_their_rate_and_take_their_numbers_along(tokenizer):
    metadata = TrainingMetadata([OWN], origin_of("x"), tokenizer, slot_drop=0.3, without=0)
    rng = np.random.default_rng(0)
    kept = dict.fromkeys(("gsd", "lat", "day"), 0)
    draws = 300
    for _ in range(draws):
        extra = metadata(np.array([0]), rng)
        number = int(extra["context_of_image"][0])
        if number < 0:
            continue
        text = texts_of(extra, tokenizer)[number]
        known = dict(zip(NAMES, extra["context_known"][number].tolist(), strict=True))
        assert known["log2_gsd"] == ("gsd" in text)
        assert known["sin_lat"] == known["cos_lon"] == ("lat" in text)
        assert known["cos_day"] == known["sin_hour"] == ("july" in text)
        kept["gsd"] += known["log2_gsd"]
        kept["lat"] += known["sin_lat"]
        kept["day"] += known["cos_day"]
    assert all(0.62 < count / draws < 0.78 for count in kept.values())


def test_some_images_and_queries_have_none(tokenizer):
    metadata = TrainingMetadata([None] * 40, origin_of("x"), tokenizer, slot_drop=0, without=0.5)
    extra = metadata(ROWS, np.random.default_rng(0))
    for side in ("context_of_image", "context_of_query"):
        assert 8 < int((extra[side] < 0).sum()) < 32
    assert not torch.equal(extra["context_of_image"], extra["context_of_query"])


def test_a_batch_without_any_metadata_still_has_a_text(tokenizer):
    metadata = TrainingMetadata([OWN], origin_of("x"), tokenizer, slot_drop=1.0)
    extra = metadata(np.array([0]), np.random.default_rng(0))
    assert extra["context_ids"].shape[0] == 1
    assert int(extra["context_mask"].sum()) == 2
    assert not bool(extra["context_known"].any())
    assert extra["context_of_image"].tolist() == [-1]


def test_it_depends_on_the_generator_alone(tokenizer):
    metadata = TrainingMetadata([None] * 40, origin_of("rsicd"), tokenizer)
    one, two, three = (metadata(ROWS, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert one["context_ids"].shape != three["context_ids"].shape or not torch.equal(
        one["context_ids"], three["context_ids"]
    )


def test_no_text_tells_the_class(tokenizer):
    metadata = TrainingMetadata([None] * 40, origin_of("rsicd"), tokenizer, slot_drop=0)
    extra = metadata(ROWS, np.random.default_rng(1))
    assert not any("tree" in text for text in texts_of(extra, tokenizer))
