"""The context part of an encoder: what the words of the acquisition do to an embedding."""

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.writer import PackageFile, write_package
from scene_search.engine.encoders.session import GraphSession
from scene_search.engine.errors import EncoderPackageError

from tests.support.tiny_context_encoder import STEP


@pytest.fixture(scope="module")
def encoder(tiny_context_encoder):
    return Encoder(EncoderPackage.load(tiny_context_encoder), threads=1)


def unit_rows(count, size=32, seed=3):
    rows = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_words_of_the_acquisition_move_an_embedding_alike(encoder):
    rows = unit_rows(3)
    summer = encoder.encode_context(rows, ["summer"] * 3).embeddings
    np.testing.assert_allclose(np.linalg.norm(summer, axis=1), 1, atol=1e-5)
    # one step of known length: undoing the normalisation gives the same direction for all
    steps = []
    for before, after in zip(rows, summer, strict=True):
        cosine = float(before @ after)
        scale = next(root for root in np.roots([1, -2 * cosine, 1 - STEP**2]).real if root > 0.5)
        steps.append(scale * after - before)
    found = {tuple(np.round(np.linalg.norm(step), 3)[None]) for step in steps}
    assert found == {(STEP,)}


def test_a_batch_is_as_one_by_one_whatever_the_lengths(encoder):
    texts = ["", "summer, July, 2023", "sensor landsat | gsd 30 m | winter", "summer", ""] * 9
    rows = unit_rows(len(texts))
    together = encoder.encode_context(rows, texts)
    alone = [encoder.encode_context(rows[i : i + 1], texts[i : i + 1]) for i in range(len(texts))]
    np.testing.assert_allclose(
        together.embeddings, np.concatenate([one.embeddings for one in alone]), atol=1e-6
    )
    np.testing.assert_array_equal(together.codes, np.concatenate([one.codes for one in alone]))


def test_without_words_nothing_changes(encoder):
    rows = unit_rows(4)
    encoded = encoder.encode_context(rows, ["", "  ", "\n", ""])
    np.testing.assert_array_equal(encoded.embeddings, rows)
    np.testing.assert_array_equal(encoded.codes, encoder.hash_embeddings(rows))
    moved = encoder.encode_context(rows, ["winter"] * 4)
    assert (np.abs(moved.embeddings - rows).max(axis=1) > 0.01).all()
    np.testing.assert_array_equal(moved.codes, encoder.hash_embeddings(moved.embeddings))


def test_no_rows(encoder):
    encoded = encoder.encode_context(np.empty((0, 32), np.float32), [])
    assert encoded.embeddings.shape == (0, 32)
    assert encoded.codes.shape == (0, 8)


def test_shapes_are_checked(encoder):
    with pytest.raises(ValueError, match="do not fit"):
        encoder.encode_context(unit_rows(2), ["summer"])


def test_each_text_is_run_once(tiny_context_encoder, monkeypatch):
    encoder = Encoder(EncoderPackage.load(tiny_context_encoder), threads=1)
    run = GraphSession.run
    seen = []

    def counted(session, inputs, outputs):
        seen.append(len(inputs.get("input_ids", ())))
        return run(session, inputs, outputs)

    monkeypatch.setattr(GraphSession, "run", counted)
    rows = unit_rows(200)
    encoder.encode_context(rows, ["summer", "winter"] * 100)
    encoder.encode_context(rows[:1], ["winter"])
    assert sum(seen) == 2
    others = [f"summer {number}" for number in range(64)]
    encoder.encode_context(rows[:64], others)
    encoder.encode_context(rows[:64], others)
    assert sum(seen) == 66
    encoder.encode_context(rows[:1], ["winter"])  # 64 others ago
    assert sum(seen) == 67


def test_an_encoder_without_the_part_says_so(tiny_encoder):
    plain = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    with pytest.raises(EncoderPackageError, match="does not know when, where"):
        plain.encode_context(unit_rows(1), ["summer"])


def test_a_text_graph_without_tokens_is_refused(tiny_encoder, tiny_context_encoder, tmp_path):
    from tests.support.tiny_context_encoder import card_fields

    package = EncoderPackage.load(tiny_context_encoder)
    other = EncoderPackage.load(tiny_encoder)
    names = {"image": "image.onnx", "hash": "hash.onnx", "context": "context.onnx"}
    files = [PackageFile(name, role, package.read(name)) for role, name in names.items()]
    files.append(PackageFile("text.onnx", "text", other.read("text.onnx")))
    files.append(PackageFile("tokenizer.json", "tokenizer", package.read("tokenizer.json")))
    folder = write_package(tmp_path / "p", card_fields(), files)
    encoder = Encoder(EncoderPackage.load(folder), threads=1)
    with pytest.raises(EncoderPackageError):
        encoder.encode_context(unit_rows(1), ["summer"])
