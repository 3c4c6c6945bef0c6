"""Curves, confusions and chosen examples against their definitions."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.encoder import Encoded
from scene_search.engine.evaluation import average_precision as ap
from scene_search.engine.evaluation.curves import precision_recall
from scene_search.engine.evaluation.hashing.benchmark import HashingBenchmark
from scene_search.engine.evaluation.hashing.confusion import ConfusionCount, first_items
from scene_search.engine.evaluation.hashing.examples import class_rankings, one_of_each
from scene_search.engine.evaluation.page.heat_map import heat_map
from scene_search.engine.evaluation.page.line_chart import Line, XAxis, line_chart
from scene_search.engine.evaluation.rankings import embedding_scores, pipeline_scores
from scene_search.engine.evaluation.shells import shells_of


def made(seed: int, queries: int = 7, items: int = 30, classes: int = 3) -> HashingBenchmark:
    random = np.random.default_rng(seed)

    def encoded(count: int) -> Encoded:
        features = random.normal(size=(count, 4)).astype(np.float32)
        return Encoded(
            features / np.linalg.norm(features, axis=1, keepdims=True),
            random.integers(0, 4, (count, 8)).astype(np.uint8),
        )

    names = np.array(["a", "b", "c", "d"][:classes])
    query_class = names[np.arange(queries) % classes]
    item_class = names[random.integers(0, classes, items)]
    return HashingBenchmark(
        Path("none"),
        tuple(f"q{i}" for i in range(queries)),
        tuple(f"d{i}" for i in range(items)),
        encoded(queries),
        encoded(items),
        query_class,
        item_class,
        64,
        [],
        1.0,
    )


def coarse(queries: Encoded, items: Encoded) -> np.ndarray:
    """Cosines with many ties."""
    return np.round(embedding_scores(queries, items) * 2)


def test_curves_are_the_mean_over_drawn_orders() -> None:
    benchmark = made(1)
    found = precision_recall(benchmark, coarse)
    random = np.random.default_rng(0)
    precision, recall, draws = 0.0, 0.0, 400
    for _ in range(draws):
        for query, own in zip(
            coarse(benchmark.queries, benchmark.items), benchmark.query_class, strict=True
        ):
            order = np.lexsort((random.random(len(query)), -query))
            hits = np.cumsum((benchmark.item_class == own)[order])
            precision += hits / np.arange(1, len(hits) + 1)
            recall += hits / hits[-1]
    count = draws * len(benchmark.query_names)
    np.testing.assert_allclose(found.precision, precision / count, atol=0.02)
    np.testing.assert_allclose(found.recall, recall / count, atol=0.02)
    assert found.recall[-1] == pytest.approx(1)
    assert found.chance == pytest.approx(found.precision[-1])


def test_queries_without_an_answer_are_left_out() -> None:
    benchmark = made(2)
    benchmark.query_class[0] = "nowhere"
    without = precision_recall(benchmark, coarse)
    rest = made(2)
    kept = HashingBenchmark(
        rest.folder,
        rest.query_names[1:],
        rest.database_names,
        Encoded(rest.queries.embeddings[1:], rest.queries.codes[1:]),
        rest.items,
        rest.query_class[1:],
        rest.item_class,
        64,
        [],
        1.0,
    )
    np.testing.assert_allclose(without.precision, precision_recall(kept, coarse).precision)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 12), st.integers(1, 4))
def test_first_items_share_the_last_places(seed: int, k: int, levels: int) -> None:
    scores = np.random.default_rng(seed).integers(0, levels, (3, 9)).astype(np.float32)
    chance = first_items(scores, k)
    np.testing.assert_allclose(chance.sum(axis=1), min(k, 9))
    assert ((chance >= 0) & (chance <= 1 + 1e-12)).all()
    for row, own in zip(scores, chance, strict=True):
        order = np.argsort(-row, kind="stable")
        assert (np.diff(own[order]) <= 1e-12).all()  # a better item is never less likely
        for level in np.unique(row):
            assert np.ptp(own[row == level]) < 1e-12  # equal ones are equally likely


def test_the_confusion_has_the_precision_on_its_diagonal() -> None:
    benchmark = made(3, queries=9)
    scores = coarse(benchmark.queries, benchmark.items)
    count = ConfusionCount(np.array(["a", "b", "c"]), benchmark.item_class, 10)
    for start in (0, 4):
        count.add(scores[start : start + 4], benchmark.query_class[start : start + 4])
    count.add(scores[8:], benchmark.query_class[8:])
    found = count.result()
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)
    relevant = benchmark.query_class[:, None] == benchmark.item_class
    precision = ap.expected_precision_at(shells_of(-scores, relevant), 10).mean()
    assert np.average(np.diag(found.shares), weights=found.queries) == pytest.approx(precision)
    asked, got, share = found.mistakes(1)[0]
    off = found.shares - np.diag(np.diag(found.shares))
    assert share == off.max() == off["abc".index(asked), "abc".index(got)]


def test_examples_are_the_extremes_and_show_what_a_search_finds() -> None:
    benchmark = made(5, queries=12)
    found = class_rankings(benchmark, shortlist=5, examples=2, hits=4)
    scores = pipeline_scores(benchmark.queries, benchmark.items, 5)
    relevant = benchmark.query_class[:, None] == benchmark.item_class
    values = ap.expected_average_precision(shells_of(-scores, relevant))
    assert found.best[0].precision == pytest.approx(values.max())
    assert found.worst[0].precision == pytest.approx(values.min())
    assert len({example.group for example in found.best}) == 2
    row = benchmark.query_names.index(found.worst[0].name)
    first = [benchmark.database_names[i] for i in np.argsort(-scores[row], kind="stable")[:4]]
    assert list(found.worst[0].hits) == first
    assert sum(found.worst[0].right) == relevant[row][np.argsort(-scores[row])[:4]].sum()


def test_one_of_each_stops_at_the_groups_there_are() -> None:
    assert one_of_each(np.array([3, 1, 0, 2]), np.array(["x", "y", "x", "y"]), 5) == [3, 0]


def test_a_line_goes_through_its_points() -> None:
    axis = XAxis("k", (1, 10, 100), logarithmic=True)
    assert axis.place(10) == pytest.approx((axis.place(1) + axis.place(100)) / 2)
    picture = str(line_chart("t", axis, "y", [Line("n", [1, 10, 100], [0.0, 1.0, 0.5])]))
    points = picture.split('points="')[1].split('"')[0].split()
    (x0, y0), (x1, y1), (x2, y2) = (tuple(map(float, p.split(","))) for p in points)
    assert (x0, x2) == (
        pytest.approx(axis.place(1), abs=0.1),
        pytest.approx(axis.place(100), abs=0.1),
    )
    assert y1 < y2 < y0
    assert y2 == pytest.approx((y0 + y1) / 2, abs=0.11)
    assert x0 < x1 < x2


def test_long_lines_keep_their_ends() -> None:
    x = np.linspace(0, 1, 5000)
    picture = str(line_chart("t", XAxis("x", (0, 1)), "y", [Line("n", x.tolist(), x.tolist())]))
    points = picture.split('points="')[1].split('"')[0].split()
    assert len(points) < 500
    assert [points[0], points[-1]] == ["52.0,272.0", "446.0,30.0"]


def test_every_cell_of_a_heat_map_has_its_share() -> None:
    shares = np.array([[0.9, 0.1], [0.0, 1.0]])
    confusion = SimpleNamespace(classes=("<a>", "b"), shares=shares, k=10)
    picture = str(heat_map(confusion))
    opacities = [float(part.split('"')[0]) for part in picture.split('fill-opacity="')[1:]]
    assert opacities == [0.9, 0.1, 0.0, 1.0]
    assert [picture.count(f">{n}</text>") for n in (90, 10, 0, 100)] == [1, 1, 0, 1]
    assert "&lt;a&gt;" in picture
