import sys
from pathlib import Path

import pytest
import shapely

sys.path.insert(0, str(Path(__file__).parent))

from demo_truth import Place, Truth, chance, precision_at_10


@pytest.fixture
def truth():
    """On a.tif a harbour fills x < 1 and a beach 1 <= x < 1.4; b.tif shows a forest there."""
    places = [
        Place(shapely.box(0, 0, 1, 4), "a.tif"),
        Place(shapely.box(1, 0, 1.4, 4), "a.tif"),
        Place(shapely.box(0, 0, 1, 4), "b.tif"),
    ]
    return Truth(places, ["harbor", "beach", "forest"])


def tile(west, raster="a.tif"):
    return Place(shapely.box(west, 1, west + 1, 2), raster)


@pytest.mark.parametrize(
    ("west", "shown"),
    [
        (0.0, "harbor"),
        (0.55, "harbor"),  # 45 % harbour, 40 % beach
        (0.65, "beach"),  # 35 % harbour, 40 % beach
        (0.9, "beach"),  # 10 % harbour, 40 % beach
        (1.16, None),  # 24 % beach: too little
        (5.0, None),
    ],
)
def test_a_tile_shows_what_covers_most_of_it(truth, west, shown):
    assert truth.class_of(tile(west)) == shown


def test_each_raster_has_its_own_truth(truth):
    assert truth.class_of(tile(0, "b.tif")) == "forest"
    assert truth.class_of(tile(0, "c.tif")) is None


def test_parts_of_a_class_add_up():
    parts = [Place(shapely.box(0.2 * n, 0, 0.2 * n + 0.1, 4), "a.tif") for n in range(5)]
    assert Truth(parts, ["river"] * 5).class_of(tile(0)) == "river"


def test_precision_counts_missing_hits_as_wrong():
    assert precision_at_10(["harbor"] * 5, "harbor") == 0.5
    assert precision_at_10(["harbor", None] * 10, "harbor") == 0.5
    assert precision_at_10([], "harbor") == 0.0


def test_chance_is_the_share_of_all_tiles():
    assert chance(["harbor", "beach", None, "harbor"], "harbor") == 0.5
    assert chance([], "harbor") == 0.0
