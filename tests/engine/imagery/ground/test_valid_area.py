"""Areas that cross themselves, against the crossing number of points."""

import math
import random
import time

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scene_search.engine.imagery.ground.valid_area import valid_area
from shapely.geometry import MultiPolygon, Polygon, box


def star(corners):
    """Return a ring whose sides nearly all cross each other."""
    turn = 2 * math.pi * (corners // 2 - 1) / corners
    return [(math.cos(turn * i), math.sin(turn * i)) for i in range(corners)]


def scribble(corners, seed=1):
    chance = random.Random(seed)
    return [(chance.uniform(-1, 1), chance.uniform(-1, 1)) for _ in range(corners)]


def inside(ring, points):
    """Return for points (n, 2) whether a ring goes around them an odd number of times."""
    odd = np.zeros(len(points), bool)
    x, y = points.T
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y0 != y1:
            odd ^= ((y0 > y) != (y1 > y)) & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return odd


def agreement(ring, area):
    """Return the share of random points about which area and crossing number agree."""
    points = np.random.default_rng(0).uniform(-1, 1, (4000, 2))
    return np.mean(shapely.contains_xy(area, points) == inside(ring, points))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=3, max_size=12))
@example([(0, 0), (1, 1), (0, 1), (1, 0)])  # whose area adds up to nothing
@example([(0, 0), (2, 0), (1, 0), (1, 1)])  # a spike
def test_a_repaired_area_is_valid_and_has_what_is_inside(ring):
    area = valid_area(Polygon(ring))
    assert area.is_valid
    assert isinstance(area, Polygon | MultiPolygon)
    scaled = [(x / 9, y / 9) for x, y in ring]
    assert agreement(scaled, shapely.affinity.scale(area, 1 / 9, 1 / 9, origin=(0, 0))) > 0.999


def test_a_valid_area_stays_as_it_is():
    area = box(0, 0, 2, 1).difference(box(0.5, 0.2, 1, 0.8))
    assert valid_area(area).equals_exact(area)


@pytest.mark.parametrize("ring", [star(31), star(101), star(401), scribble(100), scribble(2000)])
def test_areas_that_cross_themselves_all_over_are_repaired_at_once(ring):
    started = time.monotonic()
    area = valid_area(Polygon(ring))
    assert time.monotonic() - started < 5  # minutes, and gigabytes, by an exact repair
    assert area.is_valid
    # much of a wild scribble is edge, where a grid may be wrong
    assert agreement(ring, area) > (0.85 if len(ring) < 200 else 0.5)
    assert area.bounds == pytest.approx(Polygon(ring).bounds, abs=0.06)


def test_hundreds_of_parts_over_each_other_are_joined():
    chance = random.Random(5)
    corners = [(chance.random(), chance.random()) for _ in range(500)]
    parts = [box(x, y, x + 0.3, y + 0.3) for x, y in corners]
    assert valid_area(MultiPolygon(parts)).equals(shapely.union_all(parts))


def test_one_fault_in_a_long_coastline_is_mended_exactly():
    turn = np.linspace(0, 2 * math.pi, 200_000, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)])
    ring[[500, 700]] = ring[[700, 500]]
    whole = Polygon(ring)
    assert not whole.is_valid
    area = valid_area(whole)
    assert area.is_valid
    assert area.area == pytest.approx(math.pi, rel=1e-3)
    assert len(shapely.get_coordinates(area)) > 199_000


def test_what_encloses_nothing_is_empty():
    assert valid_area(Polygon([(0, 0), (1, 1), (2, 2)])).is_empty
