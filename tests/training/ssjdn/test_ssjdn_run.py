"""SSJDN with the runner: kept views, end to end, resumed, and rebuilt from its checkpoint."""

import json
from pathlib import Path

import pytest
import scene_search.training
import torch
from lightning.pytorch.callbacks import Callback
from scene_search.training.captions.recipe import caption_recipe, read_caption_recipe
from scene_search.training.captions.run import build_caption_system, train_captions, vocabulary_of
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.running.checkpoint_facts import Facts
from scene_search.training.systems.ssjdn import Ssjdn
from transformers import BertConfig, MobileNetV2Config


class StoppedError(Exception):
    """Raised in the middle of a run."""


class StopAfterOne(Callback):
    """Ends a run when its second epoch begins."""

    def on_train_epoch_start(self, trainer, _module):
        if trainer.current_epoch == 1:
            raise StoppedError


@pytest.fixture(scope="module")
def ucm(data_folder):
    return [read_captioned("ucm-captions", data_folder, split) for split in ("train", "val")]


@pytest.fixture(scope="module")
def trained(small_entries, ucm, data_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("ssjdn")
    return train_captions(caption_recipe(small_entries, "small"), *ucm, data_folder, folder)


def test_it_trains_on_kept_views_and_logs_every_part(trained):
    state = torch.load(trained, weights_only=True)["state_dict"]
    assert all(bool(t.isfinite().all()) for t in state.values() if t.is_floating_point())
    for side in ("image_side", "text_side"):  # both began at zero
        assert float(state[f"{side}.residual.parts.0.2.weight"].abs().max()) > 0
    logged = "".join(path.read_text() for path in trained.parent.rglob("*.csv"))
    assert all(f"loss/{name}" in logged for name in Ssjdn.WEIGHTS)
    lines = (trained.parent / "held_out.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 2]


def test_a_checkpoint_rebuilds_the_system_with_its_class_words(trained, small_entries):
    state = torch.load(trained, weights_only=True)
    facts = state[Facts.KEY]
    system = build_caption_system(
        caption_recipe(facts["recipe"], "checkpoint"),
        MobileNetV2Config(**facts["image_backbone"]),
        BertConfig(**facts["text_backbone"]),
        vocabulary_of(trained),
        facts["images"]["classes"],
    )
    untrained = system.words.clone()  # read by towers of random weights
    system.load_state_dict(state["state_dict"])
    assert torch.equal(system.words, state["state_dict"]["words"])
    assert not torch.allclose(system.words, untrained)


def test_variants_share_the_kept_views(small_entries, ucm, data_folder, tmp_path):
    def views(name, **settings):
        entries = small_entries | {
            "epochs": 1,
            "settings": small_entries["settings"] | settings,
        }
        recipe = caption_recipe(entries, name)
        train_captions(recipe, *ucm, data_folder, tmp_path / name, cache=tmp_path / "cache")
        return {path.name for path in (tmp_path / "cache").glob("views-*")}

    full = views("full")
    assert len(full) == 1
    assert views("without", forwards=False, semantic=False) == full
    assert len(views("finer", grids=[6, 4, 3])) == 2


def test_it_trains_end_to_end(small_entries, ucm, data_folder, tmp_path):
    entries = small_entries | {"frozen_backbone": False, "cached_views": 0, "epochs": 1}
    checkpoint = train_captions(caption_recipe(entries, "small"), *ucm, data_folder, tmp_path)
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    assert all(bool(t.isfinite().all()) for t in state.values() if t.is_floating_point())


def test_a_resumed_run_ends_where_an_unbroken_one_ends(
    small_entries, ucm, data_folder, tmp_path, trained
):
    recipe = caption_recipe(small_entries, "small")
    with pytest.raises(StoppedError):
        train_captions(recipe, *ucm, data_folder, tmp_path, callbacks=[StopAfterOne()])
    train_captions(recipe, *ucm, data_folder, tmp_path, resume=True)
    broken, unbroken = (
        torch.load(folder / "last.ckpt", weights_only=True)["state_dict"]
        for folder in (tmp_path, trained.parent)
    )
    assert all(torch.allclose(broken[name], unbroken[name], atol=1e-5) for name in unbroken)


def test_the_shipped_recipe_names_what_the_system_has():
    folder = Path(scene_search.training.__file__).parent / "recipes"
    recipe = read_caption_recipe(folder / "ssjdn.yaml")
    assert set(recipe.weights) == set(Ssjdn.WEIGHTS)
    assert recipe.system == "ssjdn"
