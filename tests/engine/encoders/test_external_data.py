"""Weights outside a graph: only those that the card vouches for decide an embedding."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.external_data import ExternalFile, external_files
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderPackageError

onnx = pytest.importorskip("onnx")

CHECKSUM = "1220"  # of a multihash that is a SHA-256


def with_weights_outside(tiny: Path, folder: Path, *, named: bool, roles: tuple[str, ...] = ()):
    """Copy a package whose image graph keeps its weights in a file; return it and the file."""
    shutil.copytree(tiny, folder)
    weights = folder / "image.weights"
    model = onnx.load(folder / "image.onnx")
    onnx.save(
        model,
        folder / "image.onnx",
        save_as_external_data=True,
        location=weights.name,
        size_threshold=200,  # what shapes are computed from must stay inside
    )
    card = json.loads((folder / "model.json").read_text("utf-8"))
    for name in ("image.onnx", *([weights.name] if named else [])):
        content = (folder / name).read_bytes()
        card["assets"][name] = {
            **card["assets"].get(name, {"href": f"./{name}", "roles": list(roles)}),
            "file:size": len(content),
            "file:checksum": CHECKSUM + hashlib.sha256(content).hexdigest(),
        }
    (folder / "model.json").write_text(json.dumps(card), "utf-8")
    return folder, weights


def picture():
    return np.random.default_rng(0).integers(0, 255, (2, 64, 64, 3), dtype=np.uint8)


def test_weights_that_the_card_does_not_name_are_refused(tiny_encoder, tmp_path, monkeypatch):
    folder, weights = with_weights_outside(tiny_encoder, tmp_path / "e", named=False)
    for place in (tmp_path, folder):  # with the file in the working folder and without
        monkeypatch.chdir(place)
        with pytest.raises(EncoderPackageError, match=r"image\.weights.*vouch") as caught:
            Encoder(EncoderPackage.load(folder), 1, "cpu")
        assert caught.value.hint
    assert weights.exists()


def test_named_weights_are_those_of_the_package_wherever_it_works(
    tiny_encoder, tmp_path, monkeypatch
):
    folder, weights = with_weights_outside(tiny_encoder, tmp_path / "e", named=True)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / weights.name).write_bytes(b"\0" * weights.stat().st_size)
    monkeypatch.chdir(tmp_path / "work")
    expected = Encoder(EncoderPackage.load(tiny_encoder), 1, "cpu").encode_images(picture())
    found = Encoder(EncoderPackage.load(folder), 1, "cpu").encode_images(picture())
    np.testing.assert_allclose(found.embeddings, expected.embeddings, atol=1e-6)
    zipped = shutil.make_archive(str(tmp_path / "e"), "zip", folder)
    found = Encoder(EncoderPackage.load(zipped), 1, "cpu").encode_images(picture())
    np.testing.assert_allclose(found.embeddings, expected.embeddings, atol=1e-6)


def test_other_weights_are_another_encoder(tiny_encoder, tmp_path):
    folder, weights = with_weights_outside(tiny_encoder, tmp_path / "e", named=True)
    before = EncoderPackage.load(folder).sha256
    content = bytearray(weights.read_bytes())
    content[5] ^= 1
    weights.write_bytes(content)
    with pytest.raises(EncoderPackageError, match=r"image\.weights.*checksum"):
        EncoderPackage.load(folder)
    card = json.loads((folder / "model.json").read_text("utf-8"))
    checksum = CHECKSUM + hashlib.sha256(content).hexdigest()
    card["assets"][weights.name]["file:checksum"] = checksum
    (folder / "model.json").write_text(json.dumps(card), "utf-8")
    assert EncoderPackage.load(folder).sha256 != before


def test_documents_are_no_weights(tiny_encoder, tmp_path):
    """They are not part of the encoder's own digest."""
    folder, _ = with_weights_outside(tiny_encoder, tmp_path / "e", named=True, roles=("metadata",))
    with pytest.raises(EncoderPackageError, match="vouch"):
        Encoder(EncoderPackage.load(folder), 1, "cpu")


def tensor(name, location="w.bin"):
    made = onnx.TensorProto()
    made.name, made.data_type, made.data_location = name, 1, onnx.TensorProto.EXTERNAL
    made.dims.extend([4])
    for key, value in (("location", location), ("offset", "0"), ("length", "16")):
        made.external_data.add(key=key, value=value)
    return made


def graph(*nodes, weights=(), name="g"):
    value = onnx.helper.make_tensor_value_info
    return onnx.helper.make_graph(
        list(nodes), name, [value("x", 1, [4])], [value("y", 1, [4])], list(weights)
    )


def test_files_are_found_wherever_a_tensor_can_be():
    node = onnx.helper.make_node
    inner = graph(node("Add", ["x", "a"], ["y"]), weights=[tensor("a", "a.bin")], name="inner")
    sparse = onnx.SparseTensorProto()
    sparse.values.CopyFrom(tensor("s", "s.bin"))
    outer = graph(
        node("Constant", [], ["c"], value=tensor("c", "c.bin")),
        node("Constant", [], ["d"], sparse_value=sparse),
        node("If", ["x"], ["y"], then_branch=inner, else_branch=inner),
        weights=[tensor("w"), onnx.helper.make_tensor("plain", 1, [1], [1.0])],
    )
    outer.sparse_initializer.append(sparse)
    function = onnx.helper.make_function(
        "own", "F", ["x"], ["y"], [node("Constant", [], ["y"], value=tensor("f", "f.bin"))], []
    )
    model = onnx.helper.make_model(outer, functions=[function])
    assert external_files(model.SerializeToString()) == {
        ExternalFile("w.bin", True),
        ExternalFile("c.bin", True),
        ExternalFile("s.bin", True),
        ExternalFile("a.bin", False),
        ExternalFile("f.bin", False),
    }


def test_a_graph_of_its_own_weights_names_no_file(tiny_encoder):
    assert external_files((tiny_encoder / "image.onnx").read_bytes()) == set()


@pytest.mark.parametrize("content", [b"\xff", b"\x0b\x0b", b"\x3a\x7f\x01", b"\x08\x88"])
def test_what_is_no_graph_is_a_value_error(content):
    with pytest.raises(ValueError, match="it is"):
        external_files(content)


def test_a_deep_graph_is_a_value_error():
    content = b""
    for _ in range(3000):  # a graph in an attribute of a node of a graph
        for number in (6, 5, 1):
            content = bytes([number << 3 | 2]) + length_of(content) + content
        if len(content) > 1 << 20:
            break
    with pytest.raises(ValueError, match="deep"):
        external_files(b"\x3a" + length_of(content) + content)


def length_of(content):
    value, made = len(content), b""
    while value >= 0x80:
        made += bytes([value & 0x7F | 0x80])
        value >>= 7
    return made + bytes([value])
