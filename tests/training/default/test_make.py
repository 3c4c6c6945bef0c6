"""The whole way in small: train a few steps, resume, export, check, package, measure, use."""

import json

import numpy as np
import pytest
import torch
import yaml
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.training.data.corpus import read_corpus
from scene_search.training.default.make import make_models
from scene_search.training.default.stages import Run, build, train_stage, vocabulary
from scene_search.training.export import parity
from scene_search.training.recipe import RecipeError, read_recipe

RECIPE = {
    "name": "small",
    "seed": 1,
    "embedding_size": 16,
    "bits": 16,
    "image": {"backbone": "image", "input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3},
    "text": {
        "backbone": "text",
        "layers": 2,
        "frozen_layers": 1,
        "frequent_word_pieces": 500,
        "max_length": 16,
    },
    "stages": [
        {
            "name": "one",
            "image_size": 48,
            "cache_size": 48,
            "epochs": 2,
            "batch_size": 8,
            "held_out": True,
            "repeats": {"ucmd": 1, "aid": 1},
        },
        {
            "name": "two",
            "image_size": 48,
            "cache_size": 48,
            "epochs": 1,
            "batch_size": 8,
            "held_out": False,
            "repeats": {"ucmd": 1, "generated": 1},
            "generated_scenes": 1,
        },
    ],
}


@pytest.fixture(scope="module")
def recipe_file(tmp_path_factory, tiny_backbones):
    entries = json.loads(json.dumps(RECIPE))
    entries["image"]["backbone"] = str(tiny_backbones / "image")
    entries["text"]["backbone"] = str(tiny_backbones / "text")
    path = tmp_path_factory.mktemp("recipe") / "small.yaml"
    path.write_text(yaml.safe_dump(entries))
    return path


@pytest.fixture(scope="module")
def made(recipe_file, data_folder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        # eight-bit weights of an untrained, 16-number space are no measure of a trained one's
        patch.setattr(parity, "INT8_COSINE", 0.8)
        make_models(recipe_file, data_folder, folder / "runs", folder / "models")
    return folder


def test_the_packages_load_and_agree_with_torch(made, recipe_file, data_folder):
    run = Run(read_recipe(recipe_file), data_folder, made / "runs")
    corpus = read_corpus(data_folder)
    words = vocabulary(run, corpus)
    model = build(run, corpus, words, run.recipe.stages[-1]).eval()
    weights = made / "runs" / "small" / "two" / "weights.pt"
    model.load_state_dict(torch.load(weights, weights_only=True))
    encoder = Encoder(EncoderPackage.load(made / "models" / "small-fp32"))
    images = np.random.default_rng(0).integers(0, 255, (3, 48, 48, 3)).astype(np.uint8)
    with torch.no_grad():
        view = torch.from_numpy(images).permute(0, 3, 1, 2) / 255
        features, relaxed = model.encode_images(view)
    encoded = encoder.encode_images(images)
    np.testing.assert_allclose(encoded.embeddings, features.numpy(), atol=1e-4)
    sure = np.abs(relaxed.numpy()) > 1e-3
    bits = np.unpackbits(encoded.codes, axis=1).astype(bool)
    assert (bits == (relaxed.numpy() >= 0))[sure].all()
    np.testing.assert_array_equal(encoder.hash_embeddings(encoded.embeddings), encoded.codes)


def test_the_card_says_what_was_measured(made):
    package = EncoderPackage.load(made / "models" / "small")
    assert package.roles == {"image", "text", "hash"}
    readme = (made / "models" / "small" / "README.md").read_text(encoding="utf-8")
    assert "UCMD, hashing" in readme
    assert "int8" in readme


def test_a_published_system_is_trained_on_the_towers_in_the_end(
    recipe_file, data_folder, tmp_path, monkeypatch
):
    monkeypatch.setattr(parity, "INT8_COSINE", 0.8)
    entries = yaml.safe_load(recipe_file.read_text())
    stage = entries["stages"][0] | {"epochs": 1}
    (tmp_path / "whole.yaml").write_text(
        yaml.safe_dump(entries | {"name": "whole", "stages": [stage], "finish": "last"})
    )
    last = {key: entries[key] for key in ("seed", "embedding_size", "bits", "image", "text")} | {
        "name": "whole",
        "system": "ccls2t",
        "image_size": 48,
        "cache_size": 48,
        "epochs": 1,
        "batch_size": 8,
        "frozen_backbone": True,
        "cached_views": 1,
    }
    (tmp_path / "last.yaml").write_text(yaml.safe_dump(last))
    make_models(tmp_path / "whole.yaml", data_folder, tmp_path / "runs", tmp_path / "models")
    package = EncoderPackage.load(tmp_path / "models" / "whole")
    assert package.roles == {"image", "text", "hash", "context"}
    properties = package.card["properties"]
    assert properties["scene_search:system"] == "ccls2t"
    assert "reconstruction" in properties["scene_search:paper"]
    # what the system learnt from is a test item in no list
    facts = torch.load(tmp_path / "runs" / "whole" / "system" / "last.ckpt", weights_only=True)
    learnt = {data_folder / name for name in facts["scene_search"]["images"]["names"]}
    corpus = read_corpus(data_folder)
    assert learnt == {i.path for own in corpus.images.values() for i in own if i.captions}


def test_held_out_recall_is_written_after_every_epoch(made):
    lines = (made / "runs" / "small" / "one" / "held_out.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in lines] == [1, 1, 2, 2]


def test_a_stopped_stage_goes_on_from_its_checkpoint(made, recipe_file, data_folder):
    run = Run(read_recipe(recipe_file), data_folder, made / "runs")
    stage = run.recipe.stages[0]
    weights = run.folder / "one" / "weights.pt"
    before = torch.load(weights, weights_only=True)
    weights.unlink()
    # the checkpoint is of the last epoch: nothing is left to train, and the weights come back
    after = torch.load(train_stage(run, read_corpus(data_folder), stage, None), weights_only=True)
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_recipe_with_an_unknown_entry_is_refused(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text(yaml.safe_dump(RECIPE | {"colour": "red"}))
    with pytest.raises(RecipeError, match="colour"):
        read_recipe(path)
