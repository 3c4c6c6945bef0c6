import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.retrieval.overlap import OverlapFilter, window_box
from shapely.geometry import Point, box

WINDOWS = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(1, 20), st.integers(1, 20))


@given(
    tiles=st.lists(st.tuples(st.integers(1, 2), WINDOWS), max_size=30),
    blocked=st.lists(st.tuples(st.integers(1, 2), WINDOWS), max_size=2),
    most=st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)
def test_accepts_what_pairwise_polygons_say(tiles, blocked, most):
    overlaps = OverlapFilter(most)
    taken = []
    for source, window in blocked:
        overlaps.block(source, window_box(window))
        taken.append((source, window_box(window)))
    for source, window in tiles:
        tile = window_box(window)
        expected = most >= 1 or all(
            source != other_source
            or tile.intersection(other).area <= most * min(tile.area, other.area) + 1e-9
            for other_source, other in taken
        )
        assert overlaps.copy().accept(source, window) == expected
        assert overlaps.accept(source, window) == expected
        if expected:
            taken.append((source, tile))


def test_copies_are_apart():
    overlaps = OverlapFilter(0.3)
    copy = overlaps.copy()
    assert copy.accept(1, (0, 0, 10, 10))
    assert overlaps.accept(1, (0, 0, 10, 10))
    assert not overlaps.accept(1, (1, 0, 10, 10))


@pytest.mark.parametrize(
    ("area", "accepted"),
    [
        (box(0, 0, 100, 100), False),
        (box(4, 4, 5, 5), False),  # a small region inside the tile
        (box(8, 0, 30, 10), True),
        (box(10, 0, 20, 10), True),
        (Point(5, 5).buffer(3), False),
    ],
)
def test_areas_of_any_shape(area, accepted):
    overlaps = OverlapFilter(0.3)
    overlaps.block(1, area)
    assert overlaps.accept(1, (0, 0, 10, 10)) == accepted
    assert overlaps.accept(2, (0, 0, 10, 10))


def test_large_coordinates_do_not_overflow():
    overlaps = OverlapFilter(0.3)
    side = np.iinfo(np.int32).max
    assert overlaps.accept(1, (0, 0, side, side))
    assert not overlaps.accept(1, (10, 10, side, side))
