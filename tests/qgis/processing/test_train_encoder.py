"""Training from the toolbox: what is asked of the training part, and a small real run of it."""

import json
import subprocess
import time
from pathlib import Path

import pytest


@pytest.fixture
def backbone(tmp_path):
    """A folder that looks like one with an image model."""
    folder = tmp_path / "modèle"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    return folder


@pytest.fixture
def algorithm(worker):
    from scene_search.processing.train_encoder import TrainEncoderAlgorithm

    return TrainEncoderAlgorithm()


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """The commands that the training part was given, which it answers as if they had worked."""
    from scene_search.processing import train_encoder

    given = []

    def run_training(python, env, arguments, listener):
        given.append(list(arguments))
        if arguments[0] == "train":
            listener.progress({"done": 5, "total": 10, "unit": "tiles", "rate": 2.0})
            listener.progress(
                {"done": 1, "total": 2, "unit": "steps", "message": "epoch 1 of 1, loss 2.500"}
            )
            return {"checkpoint": str(tmp_path / "out" / "training" / "last.ckpt"), "images": 42}
        return {"package": "x"}

    monkeypatch.setattr(train_encoder, "run_training", run_training)
    monkeypatch.setattr(train_encoder, "check_installed", lambda *_: None)
    monkeypatch.setattr(train_encoder, "find_engine_python", lambda: Path("python"))
    return given


def test_what_the_training_part_is_told(
    algorithm, commands, run, index_file, backbone, listener, tmp_path
):
    output = tmp_path / "out"
    results, ok = run(
        algorithm,
        {
            "INDEX": str(index_file),
            "BACKBONE": str(backbone),
            "EPOCHS": 3,
            "BITS": 1,
            "TILES": 500,
            "SMALL": True,
            "OUTPUT": str(output),
        },
    )
    assert ok, listener.errors
    train, export = commands
    assert train[:2] == ["train", "multilevel-hashing"]
    assert {
        "--progress-lines",
        f"--index={index_file}",
        f"--backbone={backbone}",
        "--epochs=3",
        "--bits=32",
        "--tiles=500",
        f"--output={output / 'training'}",
    } == set(train[2:])
    assert export == [
        "export",
        f"--output={output / 'encoder'}",
        "--int8",
        str(output / "training" / "last.ckpt"),
    ]
    assert results["ENCODER"] == str(output / "encoder")
    assert results["IMAGES"] == 42
    assert any("epoch 1 of 1, loss 2.500" in text for text in listener.texts)
    assert listener.feedback.progress() == pytest.approx(92.0)


def test_a_run_that_was_cancelled_is_gone_on_with(
    algorithm, commands, run, index_file, backbone, listener, tmp_path
):
    (tmp_path / "out" / "training").mkdir(parents=True)
    (tmp_path / "out" / "training" / "last.ckpt").write_bytes(b"")
    parameters = {"INDEX": str(index_file), "BACKBONE": str(backbone)}
    run(algorithm, {**parameters, "OUTPUT": str(tmp_path / "out")})
    assert "--resume" in commands[0]
    assert "Going on" in listener.messages[0]


def test_a_folder_without_a_model_is_refused_before_anything_runs(
    algorithm, index_file, tmp_path, qgis_app
):
    from qgis.core import QgsProcessingContext

    parameters = {"INDEX": str(index_file), "BACKBONE": str(tmp_path), "OUTPUT": str(tmp_path)}
    valid, message = algorithm.create().checkParameterValues(parameters, QgsProcessingContext())
    assert not valid
    assert "config.json" in message


def test_missing_packages_are_told_with_the_command(
    algorithm, commands, run, index_file, backbone, listener, monkeypatch, tmp_path
):
    from scene_search.engine_link.training import TrainingNotInstalledError
    from scene_search.processing import train_encoder

    def missing(*_):
        raise TrainingNotInstalledError(Path("/engine/bin/python"), ["torch"])

    monkeypatch.setattr(train_encoder, "check_installed", missing)
    parameters = {"INDEX": str(index_file), "BACKBONE": str(backbone)}
    _, ok = run(algorithm, {**parameters, "OUTPUT": str(tmp_path / "out")})
    assert not ok
    assert '"/engine/bin/python" -m pip install -r "' in listener.errors[0]
    assert commands == []


MAKE = """
import sys, pathlib, torch
from transformers import ResNetConfig, ResNetModel
# A deep network with weights at random sees the same in every image, and what torch and ONNX then
# make of it differs by rounding alone.
torch.manual_seed(0)
layers = {"embedding_size": 16, "hidden_sizes": [16, 32, 64], "depths": [1, 1, 1]}
ResNetModel(ResNetConfig(layer_type="basic", **layers)).save_pretrained(sys.argv[1])
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.indexing import IndexOptions, index_imagery
sys.path.insert(0, sys.argv[5])
from tests.support.patchwork import write_patchwork
raster = write_patchwork(pathlib.Path(sys.argv[2]) / "ä.tif", 512)
encoder = Encoder(EncoderPackage.load(sys.argv[3]), threads=1)
index_imagery([raster], pathlib.Path(sys.argv[4]), encoder, IndexOptions(tile_size_m=64))
"""


@pytest.mark.timeout(900)  # it starts PyTorch four times
def test_a_real_run_is_cancelled_gone_on_with_and_exported(
    engine_python, tiny_encoder, run, listener, tmp_path
):
    from scene_search.processing.train_encoder import TrainEncoderAlgorithm

    root = Path(__file__).resolve().parents[3]
    folder = tmp_path / "Übung"
    index, model, output = folder / "i.gpkg", folder / "model", folder / "neu ß"
    made = subprocess.run(
        [str(engine_python), "-c", MAKE, *map(str, (model, folder, tiny_encoder, index, root))],
        capture_output=True,
        text=True,
        timeout=150,
    )
    if "No module named 'transformers'" in made.stderr:
        pytest.skip("the engine's environment has no extra for training")
    assert made.returncode == 0, made.stderr
    parameters = {
        "INDEX": str(index),
        "BACKBONE": str(model),
        "EPOCHS": 40,
        "OUTPUT": str(output),
    }
    asked = []
    said = listener.feedback.setProgressText

    def cancel_in_training(text):
        said(text)
        if "epoch 2" in text and not asked:
            asked.append(time.monotonic())
            listener.feedback.cancel()

    listener.feedback.setProgressText = cancel_in_training
    run(TrainEncoderAlgorithm(), parameters)
    assert asked, listener.errors
    assert time.monotonic() - asked[0] < 1.0
    assert listener.messages[-1].startswith("Cancelled")
    assert (output / "training" / "last.ckpt").is_file()
    assert not (output / "encoder").exists()
    again = type(listener)()
    listener.feedback = again.feedback
    results, ok = run(TrainEncoderAlgorithm(), parameters)
    assert ok, again.errors
    assert "Going on" in again.messages[0]
    card = json.loads((Path(results["ENCODER"]) / "model.json").read_text(encoding="utf-8"))
    (learned,) = card["properties"]["scene_search:training_data"]
    assert learned["items"] == results["IMAGES"] > 50
    assert (output / "training" / "log-2" / "metrics.csv").is_file()
    assert list((output / "training" / "tensorboard").glob("events*"))
