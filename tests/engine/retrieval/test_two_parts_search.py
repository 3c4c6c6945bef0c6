"""Searching by meaning and look: the balance, texts, negatives and code lengths, by brute force."""

from __future__ import annotations

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import QueryError, UsageError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.query_vector import query_vector
from scene_search.engine.retrieval.search import search

from tests.support.patchwork import write_patchwork


@pytest.fixture(scope="module")
def encoder(tiny_two_parts):
    return Encoder(EncoderPackage.load(tiny_two_parts), threads=1)


@pytest.fixture(scope="module", params=[64, 128])
def index(request, encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("zwei Teile")
    write_patchwork(folder / "a.tif", 512)
    bits = None if request.param == 64 else request.param
    options = IndexOptions(tile_size_m=64, bits=bits)
    index_imagery([folder / "a.tif"], folder / "i.gpkg", encoder, options)
    with TileIndex.open(folder / "i.gpkg", read_only=True) as opened:
        assert opened.info.code_bits == request.param
        yield opened


def _parts(encoder, index):
    """Return ids, and unit vectors of meaning and look of all tiles."""
    ids = index.load_codes().ids
    return ids, *encoder.layout.split(index.embeddings(ids))


def _unit(vector):
    return vector / np.linalg.norm(vector)


@pytest.mark.parametrize("likeness", [None, 0.0, 0.3, 1.0])
def test_examples_ask_for_both_parts(encoder, index, likeness):
    ids, means, looks = _parts(encoder, index)
    weight = 0.5 if likeness is None else likeness
    asked, unlike = 11, 40
    q_mean = _unit(2 * means[asked] - means[unlike])
    q_look = _unit(2 * looks[asked] - looks[unlike])
    scores = weight * means @ q_mean + (1 - weight) * looks @ q_look
    found = search(
        index,
        encoder,
        Query(
            tiles=(int(ids[asked]),),
            not_tiles=(int(ids[unlike]),),
            likeness=likeness,
            limit=10,
            include_query=True,
        ),
    )
    expected = np.argsort(-np.where(np.arange(len(ids)) == unlike, -9, scores), kind="stable")
    assert [hit.score for hit in found.hits] == pytest.approx(scores[expected[:10]], abs=2e-3)
    assert found.hits[0].tile == ids[expected[0]]


def test_a_text_asks_for_the_meaning_only(encoder, index):
    _, means, _ = _parts(encoder, index)
    text = encoder.encode_texts(["dense forest"]).embeddings[0, : encoder.layout.meaning]
    scores = means @ text
    for likeness in (None, 0.0, 1.0):
        found = search(index, encoder, Query(texts=("dense forest",), likeness=likeness, limit=8))
        assert [hit.score for hit in found.hits] == pytest.approx(
            np.sort(scores)[::-1][:8], abs=2e-3
        )
    # only bits of the meaning count
    own = encoder.layout.codes[index.info.code_bits]
    assert all(hit.hamming <= own for hit in found.hits)


def test_a_text_beside_an_example_has_its_share(encoder, index):
    ids, means, looks = _parts(encoder, index)
    text = encoder.encode_texts(["water"]).embeddings[0, : encoder.layout.meaning]
    meaning = 0.25 * text + 0.75 * 0.4 * means[7]
    look = 0.75 * 0.6 * looks[7]
    whole = np.linalg.norm(meaning) + np.linalg.norm(look)
    scores = (means @ meaning + looks @ look) / whole
    query = Query(
        texts=("water",),
        tiles=(int(ids[7]),),
        text_weight=0.25,
        likeness=0.4,
        limit=12,
        include_query=True,
    )
    found = search(index, encoder, query)
    expected = np.sort(scores)[::-1][:12]
    assert [hit.score for hit in found.hits] == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("texts", "likeness", "meaning", "look"),
    [(1, None, True, False), (0, None, True, True), (0, 1.0, True, False), (0, 0.0, False, True)],
)
def test_bits_that_count(encoder, texts, likeness, meaning, look):
    random = np.random.default_rng(0)
    layout = encoder.layout
    shape = (1, layout.size)
    example = random.normal(size=shape).astype(np.float32)
    example = layout.join(*layout.split(example))
    none = np.empty((0, layout.size), np.float32)
    text = encoder.encode_texts(["sand"]).embeddings if texts else none
    found = query_vector(encoder, text, none if texts else example, none, 0.5, likeness)
    expected = layout.code_mask(encoder.code_bits, meaning=meaning, look=look)
    np.testing.assert_array_equal(found.code_mask, expected)


def test_examples_that_cancel_are_refused(encoder, index):
    tile = int(index.load_codes().ids[0])
    none = np.empty((0, encoder.layout.size), np.float32)
    one = index.embeddings([tile])
    with pytest.raises(QueryError, match="cancel"):
        query_vector(encoder, none, np.concatenate([one, -one]), none, 0.5)
    with pytest.raises(UsageError, match="likeness"):
        search(index, encoder, Query(tiles=(tile,), likeness=1.5))


def test_an_encoder_of_one_part_says_that_the_balance_made_no_difference(
    patchwork_index, tiny_encoder
):
    one = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    with TileIndex.open(patchwork_index, read_only=True) as opened:
        plain = search(opened, one, Query(tiles=(3,)))
        balanced = search(opened, one, Query(tiles=(3,), likeness=0.0))
    assert [hit.tile for hit in balanced.hits] == [hit.tile for hit in plain.hits]
    assert any("look" in note for note in balanced.notes)
    assert not any("look" in note for note in plain.notes)


def test_an_index_keeps_its_code_length(encoder, index, tmp_path):
    other = 128 if index.info.code_bits == 64 else 64
    options = IndexOptions(tile_size_m=64, bits=other)
    with pytest.raises(UsageError, match=f"{index.info.code_bits} bits"):
        index_imagery([index.path.parent / "a.tif"], index.path, encoder, options)
    with pytest.raises(UsageError, match="no codes of 32"):
        index_imagery(
            [index.path.parent / "a.tif"], tmp_path / "x.gpkg", encoder, IndexOptions(bits=32)
        )
    # without a wish an index goes on as it is
    report = index_imagery([index.path.parent / "a.tif"], index.path, encoder, IndexOptions())
    assert report.unchanged == 1
