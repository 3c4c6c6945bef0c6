"""The pipeline's ranking is a Hamming shortlist of whole shells, sorted by cosine."""

from __future__ import annotations

import numpy as np
import pytest
from scene_search.engine.encoders.codes import hamming_matrix
from scene_search.engine.encoders.encoder import Encoded
from scene_search.engine.evaluation.rankings import (
    code_scores,
    embedding_scores,
    pipeline_scores,
    take,
)


def _random(count: int, seed: int, bits: int = 16) -> Encoded:
    random = np.random.default_rng(seed)
    embeddings = random.normal(size=(count, 12)).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    planes = np.random.default_rng(9).normal(size=(12, bits))
    return Encoded(embeddings, np.packbits(embeddings @ planes >= 0, axis=-1))


@pytest.mark.parametrize("shortlist", [1, 10, 50, 1000])
def test_pipeline(shortlist: int) -> None:
    queries, items = _random(5, 1), _random(120, 2)
    scores = pipeline_scores(queries, items, shortlist)
    distances = hamming_matrix(queries.codes, items.codes).astype(int)
    cosines = queries.embeddings @ items.embeddings.T
    for row in range(5):
        radius = np.sort(distances[row])[min(shortlist, 120) - 1]
        near = np.flatnonzero(distances[row] <= radius)
        assert len(near) >= min(shortlist, 120)
        order = np.argsort(-scores[row], kind="stable")
        assert set(order[: len(near)]) == set(near)
        np.testing.assert_array_equal(order[: len(near)], near[np.argsort(-cosines[row][near])])
        assert (np.diff(distances[row][order[len(near) :]]) >= 0).all()


def test_long_shortlist_is_the_embedding_ranking() -> None:
    queries, items = _random(5, 1), _random(120, 2)
    np.testing.assert_array_equal(
        pipeline_scores(queries, items, 120), embedding_scores(queries, items)
    )


def test_code_scores_and_empty() -> None:
    queries, items = _random(5, 1), _random(120, 2)
    assert code_scores(queries, queries).diagonal().tolist() == [0] * 5
    assert code_scores(queries, items).max() <= 0
    assert pipeline_scores(queries, take(items, slice(0, 0))).shape == (5, 0)
