"""Places, coarser scenes and graded labels, each against its definition by brute force."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.codes import hamming_matrix
from scene_search.engine.encoders.encoder import Encoded
from scene_search.engine.evaluation.generalisation.graded_gain import expected_ndcg
from scene_search.engine.evaluation.generalisation.indexed_places import meeting_pairs
from scene_search.engine.evaluation.generalisation.judged import measure_judged
from scene_search.engine.evaluation.generalisation.places import PlaceBenchmark


def _encoded(random: np.random.Generator, count: int) -> Encoded:
    """Return embeddings and codes of which several tie."""
    vectors = random.normal(size=(6, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    codes = random.integers(0, 256, (4, 8), dtype=np.uint8)
    return Encoded(vectors[random.integers(0, 6, count)], codes[random.integers(0, 4, count)])


def _over_orders(
    scores: np.ndarray, right: np.ndarray, random: np.random.Generator
) -> tuple[float, float, float]:
    """Return R@1, R@10 and AP as means over random orders of tied items."""
    values = []
    for _ in range(300):
        hits = right[np.lexsort((random.random(len(scores)), -scores))]
        precision = hits.cumsum() / np.arange(1, len(hits) + 1)
        values.append((hits[0], hits[:10].any(), precision[hits].mean()))
    return tuple(np.mean(values, axis=0))


@pytest.mark.parametrize("seed", [0, 1])
def test_places_against_random_orders(seed: int) -> None:
    random = np.random.default_rng(seed)
    encoded = _encoded(random, 40)
    place, date = random.integers(0, 15, 40), random.integers(0, 3, 40)
    benchmark = PlaceBenchmark(encoded, place, date)
    asking = benchmark.queries
    measured = measure_judged(
        Encoded(encoded.embeddings[asking], encoded.codes[asking]),
        encoded,
        lambda rows: benchmark.judge(asking[rows]),
    )
    scores = {
        "embedding": encoded.embeddings @ encoded.embeddings.T,
        "code": -hamming_matrix(encoded.codes, encoded.codes).astype(float),
    }
    for name, matrix in scores.items():
        values = []
        for row in range(40):
            others = np.flatnonzero(date != date[row])  # a list without the query's own date
            right = place[others] == place[row]
            if right.any():
                values.append(_over_orders(matrix[row, others], right, random))
        assert len(values) == len(asking)
        expected = 100 * np.mean(values, axis=0)
        found = measured[name]
        assert [found["r1"], found["r10"], found["map"]] == pytest.approx(expected, abs=1.5)
    # 40 items all fit on the shortlist, so that a search orders them by embedding
    assert measured["pipeline"] == measured["embedding"]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=6),
    st.integers(1, 7),
)
def test_ndcg_is_the_mean_over_all_orders_of_ties(items: list[tuple[int, int]], k: int) -> None:
    scores = np.array([[score for score, _ in items]], float)
    gains = np.array([[2.0**grade - 1 for _, grade in items]])
    places = 1 / np.log2(np.arange(2, len(items) + 2))

    def dcg(order: tuple[int, ...]) -> float:
        return float((gains[0, list(order)] * places)[:k].sum())

    orders = list(itertools.permutations(range(len(items))))
    sorted_orders = [o for o in orders if np.all(np.diff(scores[0, list(o)]) <= 0)]
    best = max(map(dcg, orders))
    expected = np.mean([dcg(o) for o in sorted_orders]) / best if best else 0.0
    assert expected_ndcg(scores, gains, k)[0] == pytest.approx(expected)


def test_footprints_that_meet_are_one_place_from_half_of_their_union_on() -> None:
    boxes = [
        shapely.box(0, 0, 10, 10),  # day a
        shapely.box(1, 0, 11, 10),  # day b, shares 90 of 110
        shapely.box(6, 0, 16, 10),  # day b, shares 40 of 160
        shapely.box(0, 0, 10, 10),  # day a once more: the same day is no pair
        shapely.box(0, 0, 10, 10),  # day b at another scale
        shapely.box(10, 0, 20, 10),  # day c touches the first and shares nothing with it
    ]
    days = np.array(["a", "b", "b", "a", "b", "c"])
    pairs = meeting_pairs(np.array(boxes, object), days, np.array([1, 1, 1, 1, 2, 1.0]))
    found = dict(
        zip(zip(pairs.first.tolist(), pairs.second.tolist(), strict=True), pairs.same, strict=True)
    )
    expected = {}
    for i, j in itertools.permutations(range(6), 2):
        common = boxes[i].intersection(boxes[j]).area
        if days[i] != days[j] and (i == 4) == (j == 4) and common:
            expected[i, j] = common / boxes[i].union(boxes[j]).area >= 0.5
    assert found == expected
    assert found[0, 1]
    assert not found[0, 2]
    assert (0, 5) not in found
