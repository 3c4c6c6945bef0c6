"""Multi-level hashing in small: train, stop, resume, export, load, measure."""

import csv
import dataclasses

import lightning.pytorch as pl
import numpy as np
import pytest
import torch
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import UsageError
from scene_search.engine.evaluation.hashing.measure import evaluate_hashing
from scene_search.training.data.labelled_images import read_images
from scene_search.training.export import parity
from scene_search.training.export.checkpoint import load_checkpoint
from scene_search.training.export.system_package import export_system
from scene_search.training.hashing.recipe import hashing_recipe
from scene_search.training.hashing.run import train_hashing
from scene_search.training.running.checkpoint_facts import Facts

RECIPE = {
    "name": "small",
    "seed": 1,
    "embedding_size": 16,
    "bits": [8, 16],
    "image": {"input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3},
    "image_size": 48,
    "cache_size": 48,
    "epochs": 3,
    "batch_size": 8,
}


@pytest.fixture(scope="module")
def recipe(tiny_backbones):
    image = RECIPE["image"] | {"backbone": str(tiny_backbones / "image")}
    return hashing_recipe(RECIPE | {"image": image}, "small")


@pytest.fixture(scope="module")
def ucmd(data_folder):
    return read_images("ucmd", data_folder)


@pytest.fixture(scope="module")
def trained(recipe, ucmd, data_folder, tmp_path_factory):
    return train_hashing(recipe, ucmd, data_folder, tmp_path_factory.mktemp("run"))


class _StopInThirdEpoch(pl.Callback):
    def on_train_batch_end(self, trainer, *_):
        if trainer.current_epoch == 2:
            raise KeyboardInterrupt


def test_a_stopped_run_ends_as_if_it_had_not_been_stopped(
    trained, recipe, ucmd, data_folder, tmp_path
):
    stop = [_StopInThirdEpoch()]
    with pytest.raises((KeyboardInterrupt, SystemExit)):
        train_hashing(recipe, ucmd, data_folder, tmp_path, callbacks=stop)
    half = load_checkpoint(tmp_path / "last.ckpt")
    assert half["epoch"] == 1
    resumed = load_checkpoint(train_hashing(recipe, ucmd, data_folder, tmp_path, resume=True))
    whole = load_checkpoint(trained)
    assert resumed[Facts.KEY]["seconds"] > half[Facts.KEY]["seconds"]
    for name, weights in whole["state_dict"].items():
        assert torch.equal(weights, resumed["state_dict"][name]), name


def test_losses_are_logged_as_csv(trained):
    with next((trained.parent / "log").glob("*.csv")).open() as file:
        columns = next(csv.reader(file))
    parts = {"category", "intra", "inter", "quantisation", "balance", "total"}
    assert {f"loss/{part}" for part in parts} <= set(columns)


def test_only_the_train_list_is_learnt_from(trained, data_folder):
    names = set(load_checkpoint(trained)[Facts.KEY]["images"]["names"])
    lists = data_folder / "splits"
    assert names == set((lists / "UCMerced_LandUse_train.txt").read_text().split())
    assert not names & set((lists / "UCMerced_LandUse_test.txt").read_text().split())


@pytest.mark.parametrize("bits", [8, 16])
def test_the_package_computes_what_the_system_does_and_can_be_measured(
    trained, ucmd, data_folder, tmp_path, bits
):
    report = export_system(trained, tmp_path / "package", bits=bits)
    assert report["parity"][0]["largest_difference"] < 1e-4
    encoder = Encoder(EncoderPackage.load(tmp_path / "package"))
    images = np.random.default_rng(0).integers(0, 255, (3, 48, 48, 3)).astype(np.uint8)
    encoded = encoder.encode_images(images)
    assert encoded.codes.shape == (3, bits // 8)
    np.testing.assert_array_equal(encoder.hash_embeddings(encoded.embeddings), encoded.codes)
    splits = data_folder / "splits"
    found = evaluate_hashing(
        encoder,
        ucmd.folder,
        splits / "UCMerced_LandUse_train.txt",
        splits / "UCMerced_LandUse_test.txt",
    )
    assert (found["bits"], found["queries_in_database"]) == (bits, 0)


def test_int8_is_written_where_asked_for(trained, tmp_path, monkeypatch):
    # eight-bit weights of an untrained, 16-number space are no measure of a trained one's
    monkeypatch.setattr(parity, "INT8_COSINE", 0.5)
    report = export_system(trained, tmp_path / "package", int8=True)
    assert report["precision"] == "int8"
    compared = [(entry["role"], entry["precision"]) for entry in report["parity"]]
    assert compared == [("image", "fp32"), ("hash", "fp32"), ("image", "int8")]
    Encoder(EncoderPackage.load(tmp_path / "package"))


def test_an_export_that_fails_its_check_writes_nothing(trained, tmp_path, monkeypatch):
    monkeypatch.setattr(parity, "FP32_TOLERANCE", -1.0)
    with pytest.raises(parity.ParityError):
        export_system(trained, tmp_path / "package")
    assert not (tmp_path / "package").exists()


def test_unlabelled_images_are_learnt_from_by_instance(recipe, ucmd, data_folder, tmp_path):
    plain = read_images(str(ucmd.folder), data_folder, labelled=False)
    assert plain.classes == 0
    one = dataclasses.replace(recipe, epochs=1)
    before = train_hashing(one, plain, data_folder, tmp_path)
    assert load_checkpoint(before)[Facts.KEY]["images"]["classes"] == 0


def test_what_cannot_be_done_is_refused(trained, recipe, ucmd, data_folder, tmp_path):
    with pytest.raises(UsageError, match="already holds a run"):
        train_hashing(recipe, ucmd, data_folder, trained.parent)
    with pytest.raises(UsageError, match="no checkpoint"):
        train_hashing(recipe, ucmd, data_folder, tmp_path, resume=True)
    with pytest.raises(UsageError, match="no codes of 64 bits"):
        export_system(trained, tmp_path / "package", bits=64)
    (tmp_path / "rubbish.ckpt").write_bytes(b"rubbish")
    with pytest.raises(UsageError, match="no checkpoint of"):
        export_system(tmp_path / "rubbish.ckpt", tmp_path / "package")
