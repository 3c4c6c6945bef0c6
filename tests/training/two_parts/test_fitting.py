"""Whitening and iterative quantisation against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scene_search.training.two_parts.itq import fit_itq
from scene_search.training.two_parts.whitening import fit_look


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_the_look_forgets_what_dates_change() -> None:
    """Places differ along some directions; dates move pictures far along one other."""
    random = np.random.default_rng(0)
    mixing = random.normal(size=(12, 12))
    places = np.repeat(np.arange(60), 3)
    own = random.normal(size=(60, 12))
    own[:, 0] = 0
    pictures = own[places] + 0.05 * random.normal(size=(180, 12))
    pictures[:, 0] = 8 * random.normal(size=180)  # of the date alone
    statistics = pictures @ mixing + 3
    train, test = places < 30, places >= 30
    look = fit_look(statistics[train], statistics[train], places[train], 11, 12)
    found = _unit(look(statistics[test]))
    plain = _unit(statistics[test] - statistics[train].mean(axis=0))

    def first_is_right(rows: np.ndarray) -> float:
        likeness = rows @ rows.T
        np.fill_diagonal(likeness, -9)
        return float((places[test][likeness.argmax(1)] == places[test]).mean())

    assert first_is_right(found) > 0.95
    assert first_is_right(plain) < 0.7


def test_without_places_of_several_dates_the_rest_is_white() -> None:
    random = np.random.default_rng(1)
    statistics = random.normal(size=(4000, 5)) @ random.normal(size=(5, 5)) + 7
    # dates change all directions alike
    white = np.linalg.inv(np.linalg.cholesky(np.cov(statistics.T))).T
    places = np.repeat(np.arange(4000), 2)
    of_places = statistics[places] + random.normal(size=(8000, 5)) @ np.linalg.inv(white)
    look = fit_look(statistics, of_places, places, 5, 5)
    covariance = np.cov(look(statistics).T)
    np.testing.assert_allclose(covariance / covariance[0, 0], np.eye(5), atol=0.15)
    assert np.abs(look(statistics).mean(axis=0)).max() < 1e-3


def test_a_look_needs_as_many_directions() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 3))
    with pytest.raises(ValueError, match="3 directions"):
        fit_look(rows, rows, np.arange(50) // 2, 4, 9)


def test_bits_of_itq_are_balanced_and_follow_the_neighbours() -> None:
    random = np.random.default_rng(2)
    centres = random.normal(size=(40, 16))
    rows = centres[np.repeat(np.arange(40), 25)] + 0.3 * random.normal(size=(1000, 16))
    layer = fit_itq(rows, 12)
    raised = layer(rows)
    bits = raised >= 0
    assert np.all(np.abs(bits.mean(axis=0) - 0.5) < 0.25)
    # the rotation is orthogonal: lengths along the principal directions stay
    np.testing.assert_allclose(layer.weight.T @ layer.weight, np.eye(12), atol=1e-5)
    # and lies nearer to the corners than the directions that it began with
    own = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)[2][:12].T
    plain = (rows - rows.mean(axis=0)) @ own

    def loss(values: np.ndarray) -> float:
        return float(((np.sign(values) - values) ** 2).sum())

    assert loss(raised) < loss(plain)


def test_more_bits_than_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="bits"):
        fit_itq(np.zeros((50, 8)), 9)
