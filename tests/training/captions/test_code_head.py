"""Codes of another length on a system that stays as it is."""

import csv
from dataclasses import replace

import pytest
import torch
from scene_search.engine.errors import UsageError
from scene_search.training.captions.code_head import train_code
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.export.trained import restore
from scene_search.training.recipe import RecipeError

from tests.support.small_recipe import small_recipe


@pytest.fixture(scope="module")
def images(data_folder):
    return read_captioned("ucm-captions", data_folder)


@pytest.fixture(scope="module")
def trained(tiny_backbones, images, data_folder, tmp_path_factory):
    """Plain contrast, whose backbone is trained and sees live views."""
    recipe = small_recipe(tiny_backbones, "plain-contrast")
    return train_captions(recipe, images, None, data_folder, tmp_path_factory.mktemp("run"))


def load(path):
    return restore(torch.load(path, weights_only=True, map_location="cpu"), None, path.name)


def test_only_the_hash_layer_is_another(trained, images, tmp_path):
    made = train_code(trained, 32, images, tmp_path, epochs=2)
    before, after = load(trained), load(made)
    assert (before.bits, after.bits) == (16, 32)
    old, new = before.system.state_dict(), after.system.state_dict()
    assert old.keys() == new.keys()
    for name, value in old.items():
        if name.startswith("hash_head."):
            continue
        if name != "log_code_temperature":
            assert torch.equal(value, new[name]), name
    pixels = torch.randn(3, 3, 64, 64)
    with torch.inference_mode():
        first, second = (each.system.image_outputs(pixels) for each in (before, after))
    assert torch.equal(first["features"], second["features"])
    assert (first["code"].shape, second["code"].shape) == ((3, 2), (3, 4))


def test_it_learns_by_the_losses_on_codes_alone(trained, images, tmp_path):
    train_code(trained, 32, images, tmp_path, epochs=30)
    rows = list(csv.DictReader(next(tmp_path.rglob("metrics.csv")).open()))
    assert {name for name in rows[0] if name.startswith("loss/")} == {
        "loss/code_contrast", "loss/quantisation", "loss/total",
    }  # fmt: skip
    losses = [float(row["loss/total"]) for row in rows]
    quarter = len(losses) // 4
    assert sum(losses[-quarter:]) < sum(losses[:quarter])


def test_a_stopped_run_goes_on_to_the_same(trained, images, tmp_path):
    whole = train_code(trained, 24, images, tmp_path / "whole", epochs=2)

    class StoppedError(Exception):
        pass

    import lightning.pytorch as pl

    class Stop(pl.Callback):
        def on_train_epoch_start(self, trainer, _module):
            if trainer.current_epoch == 1:
                raise StoppedError

    with pytest.raises(StoppedError):
        train_code(trained, 24, images, tmp_path / "parts", epochs=2, callbacks=[Stop()])
    parts = train_code(trained, 24, images, tmp_path / "parts", epochs=2, resume=True)
    first, second = (load(path).system.state_dict() for path in (whole, parts))
    for name, value in first.items():
        torch.testing.assert_close(value, second[name], msg=name)


def test_what_cannot_be_done_is_refused(trained, images, tmp_path):
    with pytest.raises(RecipeError, match="multiples of 8"):
        train_code(trained, 12, images, tmp_path / "a")
    with pytest.raises(UsageError, match="holds plain-contrast, not ssjdn"):
        train_code(trained, 32, images, tmp_path / "b", expected="ssjdn")
    with pytest.raises(UsageError, match="other images"):
        train_code(trained, 32, replace(images, names=images.names[::-1]), tmp_path / "c")
    with pytest.raises(UsageError, match="no checkpoint"):
        train_code(trained, 32, images, tmp_path / "d", resume=True)
    train_code(trained, 32, images, tmp_path / "e", epochs=1)
    with pytest.raises(UsageError, match="already holds a run"):
        train_code(trained, 32, images, tmp_path / "e", epochs=1)
