"""Tie-aware metrics equal the mean over every order of tied items, and Monte Carlo."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scene_search.engine.evaluation.average_precision import (
    expected_average_precision,
    expected_average_precision_at,
    expected_precision_at,
)
from scene_search.engine.evaluation.shells import shells_of


def _average_precision(ranked: list[bool], total: int, k: int | None, normaliser: str) -> float:
    """Return average precision of one order, by its definition."""
    top = ranked if k is None else ranked[:k]
    hits, precisions = 0, 0.0
    for place, relevant in enumerate(top, start=1):
        if relevant:
            hits += 1
            precisions += hits / place
    divisor = total if k is None else (hits if normaliser == "retrieved" else min(total, k))
    return precisions / divisor if divisor else 0.0


def _orders(keys: np.ndarray, relevant: np.ndarray) -> list[list[bool]]:
    """Return every order of the items that sorts the keys, as relevances."""
    groups = [relevant[keys == key].tolist() for key in np.unique(keys)]
    return [
        [item for group in order for item in group]
        for order in product(*(list(permutations(group)) for group in groups))
    ]


_RANKINGS = st.integers(1, 7).flatmap(
    lambda n: st.tuples(
        arrays.arrays(np.int64, n, elements=st.integers(0, 3)),
        arrays.arrays(bool, n),
    )
)


@settings(max_examples=120, deadline=None)
@given(_RANKINGS, st.integers(1, 9))
def test_equals_the_mean_over_all_orders(ranking: tuple[np.ndarray, np.ndarray], k: int) -> None:
    keys, relevant = ranking
    orders = _orders(keys, relevant)
    total = int(relevant.sum())
    shells = shells_of(keys[None], relevant[None])

    def oracle(cut: int | None, normaliser: str) -> float:
        return float(np.mean([_average_precision(o, total, cut, normaliser) for o in orders]))

    assert expected_average_precision(shells)[0] == pytest.approx(oracle(None, ""), abs=1e-9)
    for normaliser in ("retrieved", "possible"):
        found = expected_average_precision_at(shells, k, normaliser)[0]
        assert found == pytest.approx(oracle(k, normaliser), abs=1e-9)
    precision = np.mean([sum(order[:k]) / k for order in orders])
    assert expected_precision_at(shells, k)[0] == pytest.approx(precision, abs=1e-9)


def test_equals_monte_carlo_on_a_short_code() -> None:
    random = np.random.default_rng(5)
    relevant = random.random(400) < 0.15
    keys = random.binomial(16, np.where(relevant, 0.3, 0.45))
    samples: dict[str, list[float]] = {"map": [], "retrieved": [], "possible": [], "precision": []}
    total = int(relevant.sum())
    for _ in range(3000):
        order = np.lexsort((random.random(400), keys))
        ranked = relevant[order].tolist()
        samples["map"].append(_average_precision(ranked, total, None, ""))
        samples["retrieved"].append(_average_precision(ranked, total, 20, "retrieved"))
        samples["possible"].append(_average_precision(ranked, total, 20, "possible"))
        samples["precision"].append(sum(ranked[:20]) / 20)
    shells = shells_of(keys[None], relevant[None])
    found = {
        "map": expected_average_precision(shells)[0],
        "retrieved": expected_average_precision_at(shells, 20, "retrieved")[0],
        "possible": expected_average_precision_at(shells, 20, "possible")[0],
        "precision": expected_precision_at(shells, 20)[0],
    }
    for name, values in samples.items():
        error = np.std(values) / np.sqrt(len(values))
        assert abs(found[name] - np.mean(values)) < 5 * error + 1e-12, name
    assert np.std(samples["retrieved"]) > 0.02  # the order does matter here


def test_without_ties_it_is_plain_average_precision() -> None:
    random = np.random.default_rng(2)
    keys = random.permuted(np.tile(np.arange(300), (20, 1)), axis=1).astype(float)
    relevant = random.random((20, 300)) < 0.1
    shells = shells_of(keys, relevant)
    for row in range(20):
        ranked = relevant[row][np.argsort(keys[row])].tolist()
        plain = _average_precision(ranked, sum(ranked), None, "")
        assert expected_average_precision(shells)[row] == pytest.approx(plain)


def test_everything_tied_is_the_mean_of_random_orders() -> None:
    """Of two items, one relevant: (1 + 1/2) / 2."""
    shells = shells_of(np.zeros((1, 2)), np.array([[True, False]]))
    assert expected_average_precision(shells)[0] == pytest.approx(0.75)


def test_long_rankings_stay_exact() -> None:
    """One relevant item among n tied ones has expected precision H(n) / n."""
    n = 200_000
    relevant = np.zeros((1, n), bool)
    relevant[0, 7] = True
    shells = shells_of(np.zeros((1, n), np.int16), relevant)
    expected = np.sum(1 / np.arange(1, n + 1)) / n
    assert expected_average_precision(shells)[0] == pytest.approx(expected, rel=1e-9)
    found = expected_average_precision_at(shells, 20)[0]
    assert found == pytest.approx(np.sum(1 / np.arange(1, 21)) / n, rel=1e-6)


def test_nothing_relevant_and_nothing_at_all() -> None:
    none = shells_of(np.zeros((2, 3)), np.zeros((2, 3), bool))
    empty = shells_of(np.zeros((2, 0)), np.zeros((2, 0), bool))
    for shells in (none, empty):
        assert expected_average_precision(shells).tolist() == [0, 0]
        assert expected_average_precision_at(shells, 20).tolist() == [0, 0]
        assert expected_precision_at(shells, 10).tolist() == [0, 0]


@given(
    arrays.arrays(
        np.int64, st.tuples(st.integers(1, 5), st.integers(1, 30)), elements=st.integers(0, 5)
    ),
    st.integers(0, 2**32 - 1),
)
def test_shells_count_every_item(keys: np.ndarray, seed: int) -> None:
    relevant = np.random.default_rng(seed).random(keys.shape) < 0.5
    shells = shells_of(keys, relevant)
    for row, values in enumerate(keys):
        distinct = np.unique(values)
        sizes = [(values == v).sum() for v in distinct]
        hits = [(relevant[row] & (values == v)).sum() for v in distinct]
        padding = [0] * (shells.sizes.shape[1] - len(distinct))
        assert shells.sizes[row].tolist() == sizes + padding
        assert shells.relevant[row].tolist() == hits + padding
    np.testing.assert_array_equal(shells.before + shells.sizes, shells.sizes.cumsum(1))


@given(_RANKINGS, st.integers(0, 2**32 - 1))
def test_order_of_the_database_does_not_matter(
    ranking: tuple[np.ndarray, np.ndarray], seed: int
) -> None:
    keys, relevant = ranking
    order = np.random.default_rng(seed).permutation(len(keys))
    first = shells_of(keys[None], relevant[None])
    second = shells_of(keys[order][None], relevant[order][None])
    assert expected_average_precision(first)[0] == expected_average_precision(second)[0]
