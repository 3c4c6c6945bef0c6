"""``scene-search train`` and ``export`` in a process of their own: results, statuses, reasons."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from scene_search.engine import cli
from scene_search.engine.encoders.package.package import EncoderPackage

LAUNCH = [sys.executable, str(Path(cli.__file__).with_name("launch.py"))]


def run(*arguments):
    return subprocess.run(
        [*LAUNCH, *map(str, arguments)], capture_output=True, text=True, timeout=170
    )


@pytest.fixture
def train(tiny_backbones, data_folder, tmp_path):
    config = tmp_path / "small.yaml"
    recipe = {
        "name": "small",
        "seed": 1,
        "embedding_size": 16,
        "bits": [8, 16],
        "image": {
            "backbone": str(tiny_backbones / "image"),
            "input_size": 48,
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
        "image_size": 48,
        "cache_size": 48,
        "epochs": 3,
        "batch_size": 8,
    }
    config.write_text(yaml.safe_dump(recipe))
    return ["train", "multilevel-hashing", "--data", data_folder, "--config", config]


def test_train_and_export_print_one_object_each(train, tmp_path):
    output = tmp_path / "run"
    options = ["--benchmark", "ucmd", "--output", output, "--bits", 16, "--epochs", 1]
    done = run(*train, *options, "--json")
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert (result["bits"], result["epochs"], result["classes"]) == ([16], 1, 2)
    made = run("export", result["checkpoint"], "--output", tmp_path / "package", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["parity"][0]["largest_difference"] < 1e-4
    assert EncoderPackage.load(tmp_path / "package").code_bits == 16
    again = run(*train, *options)
    assert again.returncode == 2
    assert "--resume" in again.stderr
    assert "Traceback" not in again.stderr


def test_reasons_are_one_line_and_statuses_those_of_the_command_line(train, tmp_path):
    missing = run(*train, "--benchmark", tmp_path / "none", "--output", tmp_path / "run")
    assert missing.returncode == 1
    assert "neither ucmd, aid, nor a folder" in missing.stderr
    unknown = run("train", "no-such-system", "--data", ".", "--benchmark", "aid", "--output", "x")
    assert unknown.returncode == 2
    no_checkpoint = run("export", tmp_path / "none.ckpt", "--output", tmp_path / "package")
    assert no_checkpoint.returncode == 2
    assert "no checkpoint of scene-search train" in no_checkpoint.stderr
