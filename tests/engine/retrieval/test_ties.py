"""What counts as a tie, and that the last bits of scores decide nothing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval import ranking as ranking_module
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search
from scene_search.engine.retrieval.ties import TOLERANCE, begins, cosines, levelled, ranking

from tests.support.colour_encoder import ColourEncoder
from tests.support.made_index import INFO, make_batch, make_source


def in_steps(keys):
    """Where ties begin, a key at a time."""
    first, leader = [], None
    for key in keys.tolist():
        first.append(leader is None or key > leader + TOLERANCE)
        leader = key if first[-1] else leader
    return first


@settings(deadline=None)
@given(
    arrays.arrays(
        np.int64, st.tuples(st.integers(1, 3), st.integers(1, 25)), elements=st.integers(0, 30)
    )
)
@example(np.arange(25)[np.newaxis])  # a chain
def test_a_tie_is_counted_from_its_first(steps):
    keys = np.sort(steps * (0.3 * TOLERANCE), axis=1)
    assert begins(keys).tolist() == [in_steps(row) for row in keys]


def test_a_chain_does_not_tie_its_ends():
    scores = 1 - np.arange(5000) * (0.1 * TOLERANCE)
    level = levelled(scores)
    assert level[0] == 1
    assert (scores <= level).all()
    assert (level - scores).max() <= TOLERANCE * 1.0001
    assert (np.diff(level) <= 0).all()


def test_numbers_that_are_none_and_numbers_without_end():
    scores = np.array([np.nan, 0.5, 0.5 - 0.4 * TOLERANCE, -np.inf, -np.inf, np.nan])
    level = levelled(scores)
    np.testing.assert_array_equal(level, [np.nan, 0.5, 0.5, -np.inf, -np.inf, np.nan])
    assert ranking(np.array([0.5 - 0.4 * TOLERANCE, 0.5, 0.7])).tolist() == [2, 0, 1]
    assert levelled(np.empty((3, 0))).shape == (3, 0)
    columns = np.array([[1.0, 2.0], [1.0 - 0.4 * TOLERANCE, 3.0]])
    np.testing.assert_array_equal(levelled(columns, axis=0), [[1, 2], [1, 3]])


def test_equal_rows_have_equal_cosines_wherever_they_stand():
    random = np.random.default_rng(3)
    rows = random.normal(size=(1001, 257)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[::7] = rows[0]
    found = cosines(rows[1:4], rows)[:, ::7]
    assert np.ptp(found, axis=1).max() < 1e-3 * TOLERANCE


@pytest.mark.parametrize("seed", range(3))
def test_noise_in_the_last_bits_changes_no_order_of_hits(tmp_path, monkeypatch, seed):
    """A raster indexed from several copies has every tile several times."""
    encoder = ColourEncoder()
    batch = make_batch(60, seed=1)
    embeddings = batch.embeddings.astype(np.float32)
    batch = dataclasses.replace(batch, codes=encoder.hash_embeddings(embeddings))
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        for number in range(5):
            source = index.upsert_source(make_source(str(tmp_path / f"{number}.tif")))
            row = [shapely.affinity.translate(f, 0, number) for f in batch.footprints]
            index.append(source, dataclasses.replace(batch, footprints=row))
        query = Query(texts=("red",), limit=300, max_overlap=1)
        expected = search(index, encoder, query).hits
        random = np.random.default_rng(seed)

        def noisy(left, right):
            exact = cosines(left, right)
            return exact + random.normal(0, 3e-8, exact.shape)

        monkeypatch.setattr(ranking_module, "cosines", noisy)
        found = search(index, encoder, query).hits
    assert [hit.tile for hit in found] == [hit.tile for hit in expected]
    # the five copies share a score and are in the order of their ids
    groups = np.array([hit.tile for hit in expected]).reshape(60, 5)
    assert (np.diff(groups, axis=1) == 60).all()
    scores = np.array([hit.score for hit in found])
    assert (np.diff(scores) <= 0).all()
    assert len(np.unique(scores)) > 50
