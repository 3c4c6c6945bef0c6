"""MTGFE in small: train, stop, resume, begin with given towers."""

import dataclasses
import json

import lightning.pytorch as pl
import pytest
import torch
from scene_search.training.captions.measure import measure_captions, read_measured
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.data.pixels import cached_pixels
from scene_search.training.export.checkpoint import load_checkpoint
from scene_search.training.export.trained import restore

from tests.support.small_recipe import FROZEN, MTGFE, small_recipe

SIZES = MTGFE | {"fusion_layers": 2}


@pytest.fixture(scope="module")
def recipe(tiny_backbones):
    entries = FROZEN | {"cached_views": 2, "epochs": 3}
    return small_recipe(tiny_backbones, "mtgfe", settings=SIZES, **entries)


@pytest.fixture(scope="module")
def images(data_folder):
    return read_captioned("ucm-captions", data_folder)


@pytest.fixture(scope="module")
def trained(recipe, images, data_folder, tmp_path_factory):
    return train_captions(recipe, images, None, data_folder, tmp_path_factory.mktemp("run"))


def state(checkpoint):
    return torch.load(checkpoint, weights_only=True, map_location="cpu")["state_dict"]


class _StopInThirdEpoch(pl.Callback):
    def on_train_batch_end(self, trainer, *_):
        if trainer.current_epoch == 2:
            raise KeyboardInterrupt


def test_a_stopped_run_ends_as_if_it_had_not_been_stopped(
    trained, recipe, images, data_folder, tmp_path
):
    stop = [_StopInThirdEpoch()]
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train_captions(recipe, images, None, data_folder, tmp_path, callbacks=stop)
    resumed = state(train_captions(recipe, images, None, data_folder, tmp_path, resume=True))
    whole = state(trained)
    assert {"queue.written", "queue.caption", "momentum.updates"} <= set(whole)
    for name, weights in whole.items():
        assert torch.equal(weights, resumed[name]), name


def test_the_unfrozen_backbone_trains_too(trained, recipe, images, data_folder, tmp_path):
    live = dataclasses.replace(recipe, frozen_backbone=False, cached_views=0, epochs=1)
    after = state(train_captions(live, images, None, data_folder, tmp_path))
    before = state(trained)  # whose frozen backbone is as it came
    weights = [
        name
        for name in before
        if name.startswith("image_tower.backbone.") and name.endswith(".weight")
    ]
    moved = [name for name in weights if not torch.equal(before[name], after[name])]
    assert len(weights) > 50
    assert len(moved) > 0.9 * len(weights)


def test_the_re_ranked_order_is_watched(recipe, images, data_folder, tmp_path):
    held_out = read_measured("ucm-captions", data_folder, "val")
    one = dataclasses.replace(recipe, epochs=1)
    best = train_captions(one, images, held_out, data_folder, tmp_path)
    line = json.loads((tmp_path / "held_out.jsonl").read_text())
    system = restore(load_checkpoint(best), None, "best").system
    pixels = cached_pixels(held_out.paths, recipe.cache_size, tmp_path)
    found = measure_captions(system, held_out, pixels, shortlist=32)
    assert line["reranked_mr"] == pytest.approx(found["reranked"]["mr"], abs=0.01)
    state = torch.load(best, weights_only=False, map_location="cpu")["callbacks"]
    scores = [kept["best_model_score"] for kept in state.values() if "best_model_score" in kept]
    assert any(float(score) == pytest.approx(line["reranked_mr"]) for score in scores if score)
