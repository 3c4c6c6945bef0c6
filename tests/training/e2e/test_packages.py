"""``make models`` on a run that is there: exported, measured in both precisions, zipped."""

import pytest
import yaml
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import UsageError
from scene_search.training import make_packages
from scene_search.training.export import int8_loss, parity
from scene_search.training.export.system_package import export_system


@pytest.fixture(scope="module")
def runs(training, recipes, data_folder, tmp_path_factory):
    """A folder of runs with plain contrast on a caption benchmark."""
    folder = tmp_path_factory.mktemp("runs")
    training(
        *("train", "plain-contrast", "--data", data_folder, "--benchmark", "ucm-captions"),
        *("--config", recipes / "plain-contrast.yaml", "--epochs", 1),
        *("--output", folder / "plain-contrast" / "ucm-captions"),
    )
    return folder


@pytest.fixture
def lenient(monkeypatch):
    """Eight-bit weights of a system trained for one epoch are no measure of a trained one's."""
    monkeypatch.setattr(parity, "INT8_COSINE", 0.5)
    monkeypatch.setattr(int8_loss, "INT8_LOSS", 100.0)


def test_packages_are_measured_and_packed(runs, training, data_folder, tmp_path, lenient):
    listed = tmp_path / "packages.yaml"
    own = {"system": "plain-contrast", "benchmark": "ucm-captions"}
    listed.write_text(yaml.safe_dump({"plain": own, "another": own}))
    made = training(
        *("packages", "--data", data_folder, "--packages", listed, "--only", "plain"),
        *("--runs", runs, "--output", tmp_path / "models"),
    )
    (report,) = made["packages"]
    assert [result["precision"] for result in report["results"]] == ["fp32", "int8"]
    assert set(report["int8_loss"]) == {"ucm-captions"}
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["plain.zip"]
    package = EncoderPackage.load(tmp_path / "models" / "plain.zip")
    properties = package.card["properties"]
    assert properties["scene_search:results"][1]["mr"] == report["results"][1]["mr"]
    assert properties["scene_search:exported_with"].keys() == {"torch", "onnx", "onnxruntime"}
    readme = package.read("README.md").decode()
    assert "UCM-captions" in readme
    assert "only the train split" in readme.lower()


def test_a_package_that_loses_too_much_is_not_written(
    runs, data_folder, tmp_path, lenient, monkeypatch
):
    monkeypatch.setattr(int8_loss, "INT8_LOSS", -200.0)
    checkpoint = make_packages.Package("plain-contrast", "ucm-captions").run(runs) / "last.ckpt"
    with pytest.raises(parity.ParityError, match="points on ucm-captions"):
        export_system(
            checkpoint,
            tmp_path / "package",
            int8=True,
            benchmarks=["ucm-captions"],
            data=data_folder,
        )
    assert not (tmp_path / "package").exists()
    with pytest.raises(UsageError, match="cannot be measured"):
        export_system(checkpoint, tmp_path / "package", benchmarks=["imagenet"], data=data_folder)


def test_the_backbones_are_not_needed_any_more(runs, tmp_path, monkeypatch):
    def gone(*_arguments, **_settings):
        raise AssertionError("a pretrained backbone was asked for")

    monkeypatch.setattr("transformers.AutoModel.from_pretrained", gone)
    folder = runs / "plain-contrast" / "ucm-captions"
    export_system(folder / "last.ckpt", tmp_path / "package")
    assert EncoderPackage.load(tmp_path / "package").roles == {"image", "text", "hash"}
