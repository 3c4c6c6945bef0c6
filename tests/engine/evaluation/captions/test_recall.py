"""Recall both ways equals a full-matrix oracle, without ties and over every order of ties."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.evaluation.captions.recall import expected_recall, recall_both_ways

_KS = (1, 5, 10)


def _oracle(image: np.ndarray, text: np.ndarray, owner: np.ndarray) -> tuple[list, list]:
    """Return i2t and t2i by sorting the whole matrix, as published evaluations do."""
    scores = image @ text.T
    ranks = [
        min(np.flatnonzero(owner[np.argsort(-row, kind="stable")] == i))
        for i, row in enumerate(scores)
    ]
    back = [
        int(np.flatnonzero(np.argsort(-scores[:, t], kind="stable") == owner[t])[0])
        for t in range(len(text))
    ]
    return [np.mean(np.array(ranks) < k) for k in _KS], [np.mean(np.array(back) < k) for k in _KS]


@pytest.mark.parametrize("chunk", [1, 7, 256])
def test_without_ties(chunk: int) -> None:
    random = np.random.default_rng(chunk)
    image = random.normal(size=(60, 8))
    owner = np.sort(np.concatenate([np.arange(60), random.integers(0, 60, 200)]))
    text = image[owner] + random.normal(scale=1.5, size=(260, 8))
    found = recall_both_ways(
        lambda rows: image[rows] @ text.T,
        lambda rows: text[rows] @ image.T,
        owner,
        np.arange(60),
        np.arange(260),
        _KS,
        chunk,
    )
    for values, expected in zip(found, _oracle(image, text, owner), strict=True):
        np.testing.assert_allclose(values, expected, atol=1e-12)


def test_repeated_captions_tie_and_chunks_do_not_matter() -> None:
    """With copies, the oracle is the mean of sorts over shuffled candidates."""
    random = np.random.default_rng(0)
    distinct_image = np.array([0, 1, 1, 2, 3, 4, 5, 6, 7, 8])
    distinct_text = random.integers(0, 12, 50)
    distinct_text[:12] = np.arange(12)
    owner = np.tile(np.arange(10), 5)
    image, text = random.normal(size=(9, 3)), random.normal(size=(12, 3))
    arguments = (
        lambda rows: image[rows] @ text.T,
        lambda rows: text[rows] @ image.T,
        owner,
        distinct_image,
        distinct_text,
    )
    found = recall_both_ways(*arguments, _KS, 3)
    again = recall_both_ways(*arguments, _KS, 100)
    np.testing.assert_allclose(found, again)
    whole = (image @ text.T)[distinct_image][:, distinct_text]
    sampled = np.zeros((2, 3))
    rounds = 1500
    for _ in range(rounds):
        order = random.permutation(50)
        rank = [
            np.flatnonzero(owner[order][np.argsort(-row[order], kind="stable")] == i)[0]
            for i, row in enumerate(whole)
        ]
        order = random.permutation(10)
        back = [
            np.flatnonzero(order[np.argsort(-whole[order, t], kind="stable")] == owner[t])[0]
            for t in range(50)
        ]
        sampled[0] += [np.mean(np.array(rank) < k) for k in _KS]
        sampled[1] += [np.mean(np.array(back) < k) for k in _KS]
    np.testing.assert_allclose(found, sampled / rounds, atol=0.02)


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_chance_is_the_share_of_orders(data: st.DataObject) -> None:
    items = data.draw(st.integers(1, 6))
    scores = np.array(data.draw(st.lists(st.integers(0, 2), min_size=items, max_size=items)))
    own = np.array(data.draw(st.lists(st.booleans(), min_size=items, max_size=items)))
    own[data.draw(st.integers(0, items - 1))] = True
    k = data.draw(st.integers(1, 7))
    orders = [o for o in permutations(range(items)) if (np.diff(scores[list(o)]) <= 0).all()]
    expected = np.mean([own[list(order)][:k].any() for order in orders])
    # the same items once each, and grouped by score and kind with their number
    single = expected_recall(
        scores[None].astype(float), own[None].astype(np.int64), np.ones(items, np.int64), [k]
    )
    kinds = np.unique(scores)
    grouped = expected_recall(
        kinds[None].astype(float),
        np.array([[(own & (scores == s)).sum() for s in kinds]]),
        np.array([(scores == s).sum() for s in kinds]),
        [k],
    )
    assert single[0, 0] == pytest.approx(expected, abs=1e-12)
    assert grouped[0, 0] == pytest.approx(expected, abs=1e-12)


def test_perfect_and_hopeless() -> None:
    owner = np.repeat(np.arange(20), 5)
    eye = np.eye(20)
    rows = np.arange(100)
    best = recall_both_ways(
        lambda r: eye[r] @ eye[owner].T,
        lambda r: eye[owner][r] @ eye,
        owner,
        np.arange(20),
        rows,
    )
    np.testing.assert_allclose(best, 1)
    blind = recall_both_ways(
        lambda r: np.zeros((20, 100))[r],
        lambda r: np.zeros((100, 20))[r],
        owner,
        np.arange(20),
        rows,
    )
    np.testing.assert_allclose(blind[1], np.array(_KS) / 20)  # all tied: chance
    assert blind[0][0] == pytest.approx(5 / 100)
