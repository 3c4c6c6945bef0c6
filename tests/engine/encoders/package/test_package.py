"""Packages load from folders and zips, and everything wrong with one is said."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.card import summarise
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderPackageError

from tests.support.spoilt_json import spoil

_FILES = ("image.onnx", "text.onnx", "hash.onnx", "tokenizer.json")


@pytest.fixture
def package(tiny_encoder: Path, tmp_path: Path) -> Path:
    """Return a copy of the small encoder that a test may damage."""
    return Path(shutil.copytree(tiny_encoder, tmp_path / "Kodierer ü 1"))


def _edit(package: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = package / "model.json"
    card = json.loads(file.read_text(encoding="utf-8"))
    change(card)
    file.write_text(json.dumps(card), encoding="utf-8")


def _zip(folder: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, prefix + file.name)
    return target


def test_properties(tiny_encoder: Path) -> None:
    package = EncoderPackage.load(tiny_encoder)
    assert package.name == "Tiny test encoder"
    assert package.id == "tiny-32-64"
    assert (package.embedding_size, package.code_bits, package.input_size) == (32, 64, 64)
    assert package.roles == {"image", "text", "hash"}
    assert package.mean == pytest.approx((0.5, 0.4, 0.45))
    assert package.std == pytest.approx((0.25, 0.2, 0.22))
    assert package.tokenizer == "tokenizer.json"
    assert package.max_text_length == 16
    assert len(package.sha256) == 64


@pytest.mark.parametrize("prefix", ["", "my encoder/"])
def test_zip_is_the_same_package(tiny_encoder: Path, tmp_path: Path, prefix: str) -> None:
    folder = EncoderPackage.load(tiny_encoder)
    zipped = EncoderPackage.load(_zip(tiny_encoder, tmp_path / "e.zip", prefix))
    assert zipped.sha256 == folder.sha256
    for name in _FILES:
        assert zipped.read(name) == folder.read(name) == (tiny_encoder / name).read_bytes()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(_FILES), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_any_changed_bit_is_found_and_named(
    package: Path, name: str, place: float, bit: int
) -> None:
    file = package / name
    good = file.read_bytes()
    content = bytearray(good)
    content[int(place * len(content))] ^= 1 << bit
    file.write_bytes(content)
    try:
        with pytest.raises(EncoderPackageError, match=name) as caught:
            EncoderPackage.load(package)
        assert caught.value.hint
        unverified = EncoderPackage.load(package, verify=False)
        with pytest.raises(EncoderPackageError, match=name):
            unverified.read(name)
    finally:
        file.write_bytes(good)


@pytest.mark.parametrize("name", _FILES)
def test_missing_and_truncated_and_grown_files(package: Path, name: str) -> None:
    content = (package / name).read_bytes()
    for wrong in (content[:-1], content + b"\0", b""):
        (package / name).write_bytes(wrong)
        with pytest.raises(EncoderPackageError, match=f"{name}.*checksum"):
            EncoderPackage.load(package)
    (package / name).unlink()
    with pytest.raises(EncoderPackageError, match=f"{name} is missing"):
        EncoderPackage.load(package)


def test_changed_zip(tiny_encoder: Path, tmp_path: Path) -> None:
    archive = _zip(tiny_encoder, tmp_path / "e.zip")
    raw = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        start = opened.getinfo("image.onnx").header_offset + 200
    raw[start] ^= 0xFF
    archive.write_bytes(raw)
    with pytest.raises(EncoderPackageError, match=r"image\.onnx"):
        EncoderPackage.load(archive)
    archive.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(EncoderPackageError, match="not an encoder package"):
        EncoderPackage.load(archive)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1, exclude_max=True), value=st.integers(1, 255), cut=st.booleans())
def test_a_damaged_zip_never_gives_other_bytes(
    tiny_encoder: Path, tmp_path: Path, place: float, value: int, cut: bool
) -> None:
    archive = _zip(tiny_encoder, tmp_path / "e.zip")
    raw = bytearray(archive.read_bytes())
    raw[int(place * len(raw))] ^= value
    archive.write_bytes(raw[: int(place * len(raw))] if cut else raw)
    try:
        package = EncoderPackage.load(archive)
    except EncoderPackageError:
        return
    for name in _FILES:  # the byte was one that says nothing, such as a file time
        assert package.read(name) == (tiny_encoder / name).read_bytes()


def test_files_are_hashed_once_while_unchanged(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    EncoderPackage.load(package)
    monkeypatch.setattr("scene_search.engine.encoders.package.files._CHUNK", None)  # reads all
    file = package / "hash.onnx"
    content = bytearray(file.read_bytes())
    before = file.stat()
    content[0] ^= 1
    file.write_bytes(content)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    EncoderPackage.load(package)  # same size and time: trusted from before
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    with pytest.raises(EncoderPackageError):
        EncoderPackage.load(package)


@pytest.mark.parametrize("length", [0, 1, 100, -2])
def test_truncated_card(package: Path, length: int) -> None:
    file = package / "model.json"
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(EncoderPackageError, match=r"model\.json"):
        EncoderPackage.load(package)


def test_not_a_package(tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    zipfile.ZipFile(tmp_path / "other.zip", "w").close()
    for name in ("text.zip", "empty", "other.zip", "absent"):
        with pytest.raises(EncoderPackageError, match="not an encoder package"):
            EncoderPackage.load(tmp_path / name)


def test_newer_format(package: Path) -> None:
    _edit(package, lambda card: card["properties"].update({"scene_search:format_version": 3}))
    with pytest.raises(EncoderPackageError, match="format 3") as caught:
        EncoderPackage.load(package)
    assert "Update" in caught.value.hint


def test_unknown_role(package: Path) -> None:
    def change(card: dict[str, Any]) -> None:
        card["properties"]["scene_search:variants"]["depth"] = [
            {"file": "hash.onnx", "precision": "fp32"}
        ]

    _edit(package, change)
    with pytest.raises(EncoderPackageError, match="unknown kind: depth"):
        EncoderPackage.load(package)


def test_no_image_part(package: Path) -> None:
    _edit(package, lambda card: card["properties"]["scene_search:variants"].pop("image"))
    with pytest.raises(EncoderPackageError, match="no image part"):
        EncoderPackage.load(package)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/../../b", "C:\\x", "..\\x", ""])
@pytest.mark.parametrize("zipped", [False, True])
def test_names_outside_the_package(package: Path, tmp_path: Path, name: str, zipped: bool) -> None:
    _edit(package, lambda card: card["assets"].update({name: card["assets"]["hash.onnx"]}))
    path = _zip(package, tmp_path / "e.zip") if zipped else package
    with pytest.raises(EncoderPackageError, match="outside itself"):
        EncoderPackage.load(path)


def test_a_zip_member_larger_than_the_card_says_is_not_read_whole(
    package: Path, tmp_path: Path
) -> None:
    with (package / "hash.onnx").open("ab") as file:
        file.write(b"\0" * 50_000_000)
    with pytest.raises(EncoderPackageError, match=r"hash\.onnx"):
        EncoderPackage.load(_zip(package, tmp_path / "bomb.zip"))


_PROPERTIES = (
    "mlm:name",
    "mlm:input",
    "scene_search:format_version",
    "scene_search:embedding_size",
    "scene_search:code_bits",
    "scene_search:variants",
    "scene_search:tokenizer",
)


@pytest.mark.parametrize("field", _PROPERTIES)
@pytest.mark.parametrize("value", ["absent", None, [], {}, "x", -3, True])
def test_damaged_fields_are_typed_errors(package: Path, field: str, value: Any) -> None:
    def change(card: dict[str, Any]) -> None:
        if value == "absent":
            del card["properties"][field]
        else:
            card["properties"][field] = value

    if (field, value) == ("mlm:name", "x"):
        pytest.skip("a name")
    _edit(package, change)
    with pytest.raises(EncoderPackageError):
        EncoderPackage.load(package)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    card=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["properties", "assets", "id", *_PROPERTIES]), inner, max_size=4
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_refused_with_a_typed_error(package: Path, card: Any) -> None:
    (package / "model.json").write_text(json.dumps(card), encoding="utf-8")
    with pytest.raises(EncoderPackageError):
        EncoderPackage.load(package)


def test_identity_ignores_descriptions_and_notices_files(tiny_encoder: Path, package: Path) -> None:
    original = EncoderPackage.load(tiny_encoder).sha256
    _edit(
        package,
        lambda card: card["properties"].update(
            {"description": "Corrected.", "scene_search:results": [{"benchmark": "x", "map": 1}]}
        ),
    )
    assert EncoderPackage.load(package).sha256 == original
    _edit(
        package, lambda card: card["properties"]["mlm:input"][0]["value_scaling"][0].update(mean=1)
    )
    assert EncoderPackage.load(package).sha256 != original


def test_variant_choice(tiny_encoder: Path) -> None:
    package = EncoderPackage.load(tiny_encoder)
    card = json.loads(json.dumps(package.card))
    card["properties"]["scene_search:variants"]["image"] = [
        {"file": "a", "precision": "fp32"},
        {"file": "b", "precision": "int8"},
    ]
    package = EncoderPackage(tiny_encoder, card)
    assert package.graph("image", ("int8", "fp32")) == "b"
    assert package.graph("image", ("fp32", "int8")) == "a"
    assert package.graph("image", ("fp16",)) == "a"
    with pytest.raises(EncoderPackageError, match="no fusion part"):
        package.graph("fusion", ("fp32",))


@pytest.mark.parametrize("content", [b"[" * 500_000, b'{"a":' * 200_000, b'{"id": NaN}', b"\xff"])
def test_a_card_that_is_no_json_or_too_deep(package: Path, content: bytes) -> None:
    (package / "model.json").write_bytes(content)
    with pytest.raises(EncoderPackageError, match=r"model\.json.*damaged"):
        EncoderPackage.load(package)


@pytest.mark.parametrize(
    ("field", "value"), [("embedding_size", 10**12), ("code_bits", 8 * 10**12)]
)
def test_numbers_that_would_fill_the_memory(package: Path, field: str, value: int) -> None:
    _edit(package, lambda card: card["properties"].update({f"scene_search:{field}": value}))
    with pytest.raises(EncoderPackageError, match=field):
        EncoderPackage.load(package)


def test_a_zip_bomb_is_refused_though_its_card_declares_it(package: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb"
    with bomb.open("wb") as file:
        file.truncate(1 << 30)  # sparse
    zeros = hashlib.sha256()
    for _ in range(1 << 10):
        zeros.update(bytes(1 << 20))

    def declare(card: dict[str, Any]) -> None:
        asset = card["assets"]["hash.onnx"]
        asset["file:size"] = 1 << 30
        asset["file:checksum"] = "1220" + zeros.hexdigest()

    _edit(package, declare)
    (package / "hash.onnx").unlink()
    archive = _zip(package, tmp_path / "e.zip")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as opened:
        opened.write(bomb, "hash.onnx")
    started = time.monotonic()
    with pytest.raises(EncoderPackageError, match=r"hash\.onnx.*packed so tightly"):
        EncoderPackage.load(archive)
    assert time.monotonic() - started < 1


def test_a_file_larger_than_any_encoder_is_refused_unread(package: Path) -> None:
    _edit(package, lambda card: card["assets"]["hash.onnx"].update({"file:size": 1 << 40}))
    with pytest.raises(EncoderPackageError, match="larger than"):
        EncoderPackage.load(package)


def test_links_in_a_zip_are_not_followed(package: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (package / "hash.onnx").unlink()
    archive = _zip(package, tmp_path / "e.zip")
    with zipfile.ZipFile(archive, "a") as opened:
        link = zipfile.ZipInfo("hash.onnx")
        link.external_attr = 0o120777 << 16
        opened.writestr(link, str(secret))
    with pytest.raises(EncoderPackageError, match=r"hash\.onnx.*checksum"):
        EncoderPackage.load(archive)


def test_cards_with_anything_in_them_are_told_or_work(package: Path) -> None:
    content = (package / "model.json").read_text("utf-8")
    chance = random.Random(3)
    worked = 0
    for _ in range(400):
        card = json.loads(content)
        spoil(card, chance)
        text = json.dumps(card).replace("Infinity", "1e999")
        (package / "model.json").write_text(text, "utf-8")
        try:
            summarise(EncoderPackage.load(package))
            worked += 1
        except EncoderPackageError as error:
            assert error.hint  # noqa: PT017
    assert 0 < worked < 400
