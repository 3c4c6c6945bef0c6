"""Hubness that a package tells, against the same by a loop."""

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.engine.errors import EncoderPackageError

from tests.support import tiny_hubness
from tests.support.tiny_fusion import card_fields, fusion_graph


@pytest.fixture(scope="module")
def package(tiny_fusion_encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder") / "hubs"
    return EncoderPackage.load(tiny_hubness.write_with_hubness(folder, tiny_fusion_encoder))


@pytest.fixture(scope="module")
def embeddings(package):
    rows = np.random.default_rng(0).normal(size=(9, package.embedding_size))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_of_images_and_of_texts(package, embeddings):
    encoder = Encoder(package, threads=1, provider="cpu")
    found = encoder.image_hubness(embeddings), encoder.text_hubness(embeddings)
    for own, of in zip(found, ("image", "text"), strict=True):
        assert own.dtype == np.float32
        np.testing.assert_allclose(own, tiny_hubness.hubness(of, embeddings), atol=1e-5)
    assert np.abs(found[0] - found[1]).max() > 0.01
    assert encoder.image_hubness(embeddings[:0]).shape == (0,)


def test_nothing_is_a_hub_to_an_encoder_without_that_part(tiny_encoder, embeddings):
    encoder = Encoder(EncoderPackage.load(tiny_encoder), threads=1, provider="cpu")
    assert not encoder.image_hubness(embeddings).any()
    assert "hubness" not in encoder.files


def test_another_graph_in_its_place_is_refused(package, tmp_path, embeddings):
    files = [
        PackageFile(f"{role}.onnx", role, package.read(f"{role}.onnx"))
        for role in ("image", "text", "fusion", "hash")
    ]
    files.append(PackageFile("hubness.onnx", "hubness", fusion_graph()))
    files.append(PackageFile("tokenizer.json", "tokenizer", package.read("tokenizer.json")))
    write_package(tmp_path / "odd", card_fields(package, {}), files)
    encoder = Encoder(EncoderPackage.load(tmp_path / "odd"), threads=1, provider="cpu")
    with pytest.raises(EncoderPackageError, match="a graph for hubness"):
        encoder.image_hubness(embeddings)
