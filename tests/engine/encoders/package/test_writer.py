"""Written packages load again, and a failed writing leaves what was there."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from scene_search.engine.encoders.card import summarise
from scene_search.engine.encoders.package.card_format import CardFields
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.engine.errors import EncoderPackageError, StorageError

_FIELDS = CardFields(
    id="w1",
    name="Written encoder",
    description="A package of no use.",
    architecture="Nothing",
    embedding_size=4,
    code_bits=16,
    input_size=32,
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    licence="Apache-2.0",
    total_parameters=1_234_567,
    pretrained_source="ImageNet",
    results=[{"benchmark": "UCMD", "protocol": "database 1680, queries 420", "map": 97.51}],
    training_data=[{"name": "AID at 150 px", "items": 6000, "terms": "academic use"}],
    recipe={"seed": 1, "epochs": 20},
)
_IMAGE = PackageFile("image.onnx", "image", b"graph")


def test_round_trip(tmp_path: Path) -> None:
    copied = tmp_path / "source.onnx"
    copied.write_bytes(b"another graph")
    files = [
        _IMAGE,
        PackageFile("image.int8.onnx", "image", copied, "int8"),
        PackageFile("README.md", "document", b"# Card"),
    ]
    folder = write_package(tmp_path / "deep" / "e", _FIELDS, files)
    package = EncoderPackage.load(folder)
    assert sorted(p.name for p in folder.iterdir()) == [
        "README.md",
        "image.int8.onnx",
        "image.onnx",
        "model.json",
    ]
    assert package.mean == pytest.approx(_FIELDS.mean, abs=1e-12)
    assert package.std == pytest.approx(_FIELDS.std, abs=1e-12)
    assert package.read("image.int8.onnx") == b"another graph"
    assert package.graph("image", ("int8",)) == "image.int8.onnx"
    assert package.tokenizer is None


def test_documents_do_not_change_the_identity(tmp_path: Path) -> None:
    plain = write_package(tmp_path / "a", _FIELDS, [_IMAGE])
    document = PackageFile("README.md", "document", b"# Card")
    documented = write_package(tmp_path / "b", _FIELDS, [_IMAGE, document])
    assert EncoderPackage.load(plain).sha256 == EncoderPackage.load(documented).sha256


def test_replaces_a_package_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_package(tmp_path / "e", _FIELDS, [_IMAGE, PackageFile("old.md", "document", b"")])
    write_package(tmp_path / "e", replace(_FIELDS, id="w2"), [_IMAGE])
    assert EncoderPackage.load(tmp_path / "e").id == "w2"
    assert [p.name for p in tmp_path.iterdir()] == ["e"]
    assert not (tmp_path / "e" / "old.md").exists()


@pytest.mark.parametrize(
    ("fields", "files"),
    [
        (_FIELDS, [PackageFile("hash.onnx", "hash", b"")]),
        (_FIELDS, [PackageFile("image.onnx", "picture", b"")]),
        (_FIELDS, [PackageFile("image.onnx", "image", b"", "bf16")]),
        (_FIELDS, [PackageFile("../image.onnx", "image", b"")]),
        (_FIELDS, [_IMAGE, _IMAGE]),
        (_FIELDS, [_IMAGE, PackageFile("text.onnx", "text", b"")]),
        (_FIELDS, [_IMAGE, PackageFile("model.json", "document", b"")]),
        (replace(_FIELDS, code_bits=12), [_IMAGE]),
        (replace(_FIELDS, embedding_size=0), [_IMAGE]),
        (replace(_FIELDS, std=(0.0, 1.0, 1.0)), [_IMAGE]),
    ],
)
def test_refuses_what_would_not_load(
    tmp_path: Path, fields: CardFields, files: list[PackageFile]
) -> None:
    write_package(tmp_path / "e", _FIELDS, [_IMAGE])
    with pytest.raises(EncoderPackageError):
        write_package(tmp_path / "e", fields, files)
    assert EncoderPackage.load(tmp_path / "e").id == "w1"
    assert [p.name for p in tmp_path.iterdir()] == ["e"]


def test_a_package_put_aside_by_a_killed_run_comes_back(tmp_path: Path) -> None:
    write_package(tmp_path / "e", _FIELDS, [_IMAGE])
    (tmp_path / "e").rename(tmp_path / ".e.previous")  # as far as the killed run came
    with pytest.raises(EncoderPackageError):
        write_package(tmp_path / "e", replace(_FIELDS, code_bits=12), [_IMAGE])
    assert EncoderPackage.load(tmp_path / ".e.previous").id == "w1"
    write_package(tmp_path / "e", replace(_FIELDS, id="w2"), [_IMAGE])
    assert EncoderPackage.load(tmp_path / "e").id == "w2"
    assert [p.name for p in tmp_path.iterdir()] == ["e"]


def test_unwritable_place(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        write_package(tmp_path / "file" / "e", _FIELDS, [_IMAGE])
    assert caught.value.hint


def test_card_is_plain_utf8_json_with_sizes(tmp_path: Path) -> None:
    fields = replace(_FIELDS, description="Für Luftbilder")
    folder = write_package(tmp_path / "e", fields, [_IMAGE])
    text = (folder / "model.json").read_text(encoding="utf-8")
    assert "Für Luftbilder" in text
    assert json.loads(text)["assets"]["image.onnx"]["file:size"] == 5


def test_summary_tells_what_matters(tmp_path: Path) -> None:
    text = summarise(EncoderPackage.load(write_package(tmp_path / "e", _FIELDS, [_IMAGE])))
    for part in (
        "Written encoder",
        "1,234,567",
        "16 bits",
        "UCMD: protocol database 1680, queries 420, map 97.51",
        "AID at 150 px: items 6000",
        "seed: 1",
        "does not understand text",
        "Apache-2.0",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 100
