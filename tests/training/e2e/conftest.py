"""Small recipes of every system, and its commands run on generated scenes."""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest
import torch
import yaml
from scene_search.engine import cli as engine_cli
from scene_search.training import cli as training_cli
from transformers import ResNetConfig, ResNetModel

from tests.support.scene_folder import GSD, SCENES, SIZE, TILES, write_landscape, write_scenes


def _run(main, arguments):
    printed = StringIO()
    with redirect_stdout(printed):
        status = main([*map(str, arguments), "--json"])
    assert status == 0, arguments
    return json.loads(printed.getvalue())


@pytest.fixture(scope="session")
def scene_search():
    """Runs a command of the engine and returns the JSON object that it prints."""
    return lambda *arguments: _run(engine_cli.main, arguments)


@pytest.fixture(scope="session")
def training():
    """Runs a command of the training part likewise."""
    return lambda *arguments: _run(training_cli.main, arguments)


@pytest.fixture(scope="session")
def scenes(tmp_path_factory):
    """A folder of captioned scenes."""
    folder = tmp_path_factory.mktemp("scenes")
    write_scenes(folder)
    return folder


@pytest.fixture(scope="session")
def landscape(tmp_path_factory):
    """A raster of scenes that no system was trained on."""
    path = tmp_path_factory.mktemp("imagery") / "landscape.tif"
    write_landscape(path)
    return path


@pytest.fixture(scope="session")
def image_backbone(tmp_path_factory):
    """A ResNet of a few layers: it learns in seconds what a deep network needs minutes for."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("resnet")
    config = ResNetConfig(
        embedding_size=16, hidden_sizes=[16, 32, 64], depths=[1, 1, 1], layer_type="basic"
    )
    ResNetModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def recipes(tmp_path_factory, tiny_backbones, image_backbone):
    """A folder of small recipes."""
    folder = tmp_path_factory.mktemp("recipes")
    images = {
        "seed": 1,
        "embedding_size": 32,
        "image": {
            "backbone": str(image_backbone),
            "input_size": SIZE,
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
        "image_size": SIZE,
        "cache_size": SIZE,
        "smallest_crop": 0.8,
        "batch_size": 15,
        "schedule": {"backbone": 3e-3, "heads": 1e-2},
    }
    text = {
        "backbone": str(tiny_backbones / "text"),
        "layers": 2,
        "frozen_layers": 1,
        "frequent_word_pieces": 500,
        "max_length": 48,
    }
    rates = {"backbone": 3e-3, "text": 3e-3, "heads": 1e-2}
    captioned = images | {"text": text, "bits": 32, "schedule": rates}
    own = captioned | {
        "towers": "plain-contrast",
        "frozen_backbone": True,
        "cached_views": 2,
        "schedule": {"text": 1e-3, "heads": 3e-3},
    }
    for name, entries in {
        "multilevel-hashing": images | {"bits": [16, 32], "epochs": 15},
        "plain-contrast": captioned | {"epochs": 15},
        "mtgfe": own | {"epochs": 5},
        "ssjdn": own | {"epochs": 5},
        "ccls2t": own | {"epochs": 5},
    }.items():
        system = {"system": name} if "text" in entries else {}
        (folder / f"{name}.yaml").write_text(yaml.safe_dump({"name": name, **system, **entries}))
    return folder


@pytest.fixture(scope="session")
def train(training, recipes, scenes, tmp_path_factory):
    """Trains a system and returns its checkpoint."""

    def trained(system, *options):
        found = training(
            *("train", system, "--data", recipes, "--benchmark", scenes),
            *("--config", recipes / f"{system}.yaml"),
            *("--output", tmp_path_factory.mktemp("runs") / system),
            *options,
        )
        return found["checkpoint"]

    return trained


@pytest.fixture(scope="session")
def towers(train):
    """The first stage, which every text–image system begins with."""
    return train("plain-contrast")


@pytest.fixture
def package(training, tmp_path):
    """Exports a checkpoint and returns the package and what the command printed."""

    def exported(checkpoint, *options):
        report = training("export", checkpoint, "--output", tmp_path / "package", *options)
        return tmp_path / "package", report

    return exported


@pytest.fixture
def index(scene_search, landscape, tmp_path):
    """Makes an index of the landscape with a package."""

    def made(package, *options):
        file = tmp_path / "index.gpkg"
        report = scene_search(
            *("index", landscape, "--index", file, "--encoder", package),
            *("--tile-size", SIZE * GSD, *options),
        )
        assert report["tiles"] == TILES * len(SCENES)
        return file

    return made
