"""``train --index``: from an index to an encoder that indexes, by the command line alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from scene_search.engine import cli
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.training.running.checkpoint_facts import Facts
from scene_search.training.running.progress_lines import PREFIX

from tests.support.patchwork import write_patchwork

LAUNCH = [sys.executable, str(Path(cli.__file__).with_name("launch.py"))]


def run(*arguments):
    return subprocess.run(
        [*LAUNCH, *map(str, arguments)], capture_output=True, text=True, timeout=170
    )


@pytest.fixture(scope="module")
def index(tiny_encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("Übersicht")
    write_patchwork(folder / "a.tif", 512)
    encoder = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    index_imagery([folder / "a.tif"], folder / "i.gpkg", encoder, IndexOptions(tile_size_m=64))
    return folder / "i.gpkg"


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipe") / "small.yaml"
    recipe = {
        "name": "small",
        "seed": 1,
        "embedding_size": 16,
        "bits": [16],
        "image": {
            "backbone": "none",
            "input_size": 48,
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
        "image_size": 48,
        "cache_size": 48,
        "epochs": 3,
        "batch_size": 16,
    }
    path.write_text(yaml.safe_dump(recipe))
    return path


def test_from_an_index_to_an_encoder_that_indexes(index, config, tiny_backbones, tmp_path):
    output = tmp_path / "Lauf ü"
    options = ["--index", index, "--backbone", tiny_backbones / "image", "--config", config]
    command = ["--training", "train", "multilevel-hashing", *options, "--output", output]
    done = run(*command, "--epochs", 2, "--progress-lines", "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["classes"] == 0
    reports = [
        json.loads(line.removeprefix(PREFIX))
        for line in done.stderr.splitlines()
        if line.startswith(PREFIX)
    ]
    assert {report["unit"] for report in reports} == {"tiles", "steps"}
    assert reports[-1]["done"] == reports[-1]["total"]
    assert "epoch 2 of 2" in reports[-1]["message"]
    facts = torch.load(result["checkpoint"], weights_only=True)[Facts.KEY]["images"]
    assert facts["items"] == result["images"]
    made = run("export", result["checkpoint"], "--output", tmp_path / "package", "--json")
    assert made.returncode == 0, made.stderr
    package = EncoderPackage.load(tmp_path / "package")
    (data,) = package.card["properties"]["scene_search:training_data"]
    assert (data["name"], data["items"]) == ("i", result["images"])
    encoder = Encoder(package, threads=1)
    imagery = index.parent / "a.tif"
    report = index_imagery([imagery], tmp_path / "new.gpkg", encoder, IndexOptions(tile_size_m=64))
    assert report.as_dict()["tiles"] >= result["images"]


def test_a_run_goes_on_with_the_same_tiles_only(index, config, tiny_backbones, tmp_path):
    options = ["--index", index, "--backbone", tiny_backbones / "image", "--config", config]
    command = ["--training", "train", "multilevel-hashing", *options, "--output", tmp_path / "run"]
    assert run(*command, "--epochs", 1).returncode == 0
    other = run(*command, "--tiles", 20, "--resume")
    assert other.returncode == 2
    assert "other tiles than when this run began" in other.stderr
    longer = run(*command, "--epochs", 2, "--resume")
    assert longer.returncode == 2
    assert "began with epochs 1, not 2" in longer.stderr
    same = run(*command, "--epochs", 1, "--resume", "--json")
    assert same.returncode == 0, same.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--index", "{index}"], "no backbone to begin with.*--backbone"),
        (["--index", "{index}", "--backbone", "."], "holds no pretrained image model.*config.json"),
        (["--benchmark", "x", "--backbone", "{tiny}", "--tiles", "9"], "--tiles is for an index"),
        (["--benchmark", "ucmd", "--backbone", "{tiny}"], "Where ucmd lies is unknown"),
        (["--index", "none.gpkg", "--backbone", "{tiny}"], "none.gpkg"),
    ],
)
def test_what_is_missing_is_told(
    options, message, index, tiny_backbones, tmp_path, capsys, monkeypatch
):
    from scene_search.training import cli as training

    monkeypatch.chdir(tmp_path)
    known = {"index": index, "tiny": tiny_backbones / "image"}
    filled = [option.format(**known) for option in options]
    status = training.main(["train", "multilevel-hashing", "--output", "run", *filled])
    assert status in (1, 2)
    error = capsys.readouterr().err
    import re

    assert re.search(message, error), error


def test_captions_are_not_learnt_from_an_index(index, tmp_path, capsys):
    from scene_search.training import cli as training

    status = training.main(["train", "mtgfe", "--index", str(index), "--output", str(tmp_path)])
    assert status == 2
    assert "captions, which an index has not" in capsys.readouterr().err
