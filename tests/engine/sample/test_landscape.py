"""Landscapes: the same pixels through any window, truth that is what is painted, bounded memory."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import UsageError
from scene_search.engine.sample import SCENE_CLASSES, Landscape
from scene_search.engine.sample.canvas.light import Light
from scene_search.engine.sample.landscape import _KEPT_BLOCKS, _KEPT_DRAWINGS, BLOCK

SIDE = 1400


@pytest.fixture(scope="module")
def whole():
    return Landscape(3, SIDE, SIDE, 0.5).read(0, 0, SIDE, SIDE)


@pytest.fixture(scope="module")
def fresh():
    return Landscape(3, SIDE, SIDE, 0.5)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_window_is_the_crop_of_the_whole(whole, fresh, data):
    col = data.draw(st.integers(0, SIDE - 1))
    row = data.draw(st.integers(0, SIDE - 1))
    width = data.draw(st.integers(1, min(600, SIDE - col)))
    height = data.draw(st.integers(1, min(600, SIDE - row)))
    window = fresh.read(col, row, width, height)
    assert np.array_equal(window, whole[row : row + height, col : col + width])


def test_order_of_reading_does_not_matter(whole):
    other = Landscape(3, SIDE, SIDE, 0.5)
    last = other.read(SIDE - 300, SIDE - 300, 300, 300)
    assert np.array_equal(last, whole[-300:, -300:])


def test_block_borders_do_not_show(whole):
    """Steps across a block border are no larger than those beside it."""
    grey = whole.astype(float).mean(axis=2)
    steps = np.abs(np.diff(grey, axis=1)).mean(axis=0)
    around = np.median(steps[BLOCK - 40 : BLOCK + 40])
    assert steps[BLOCK - 1] < 1.25 * around
    steps = np.abs(np.diff(grey, axis=0)).mean(axis=1)
    around = np.median(steps[BLOCK - 40 : BLOCK + 40])
    assert steps[BLOCK - 1] < 1.25 * around


def test_seeds_and_visits_differ(whole):
    part = np.s_[400:700, 600:900]
    other = Landscape(4, SIDE, SIDE, 0.5).read(600, 400, 300, 300)
    assert not np.array_equal(whole[part], other)
    visit = Landscape(3, SIDE, SIDE, 0.5, visit=1).read(600, 400, 300, 300)
    assert not np.array_equal(whole[part], visit)
    # The same place: what does not move looks the same, so the pictures agree closely.
    a, b = whole[part].astype(float).mean(axis=2), visit.astype(float).mean(axis=2)
    unlike = other.astype(float).mean(axis=2)
    assert np.abs(a - b).mean() < 0.6 * np.abs(a - unlike).mean()


def test_visits_share_their_truth():
    first = Landscape(8, 2048, 2048, 0.4)
    second = Landscape(8, 2048, 2048, 0.4, visit=1, light=Light(season="winter", elevation=28))
    for (a, p), (b, q) in zip(first.truth(), second.truth(), strict=True):
        assert a == b
        assert p.equals(q)


@pytest.mark.parametrize("seed", range(4))
def test_truth_is_well_formed(seed):
    land = Landscape(seed, 4096, 4096, 0.4)
    truth = list(land.truth())
    frame = shapely.box(0, 0, 4096, 4096).buffer(1e-6)
    for scene_class, outline in truth:
        assert scene_class in SCENE_CLASSES
        assert outline.is_valid
        assert outline.within(frame)
    # Nothing has two classes, but for slivers along curves: under 1 % of a tile of 256 px.
    tree = shapely.STRtree([p for _, p in truth])
    left, right = tree.query([p for _, p in truth], predicate="overlaps")
    for a, b in zip(left, right, strict=True):
        if a < b:
            assert truth[a][1].intersection(truth[b][1]).area < 400, (truth[a][0], truth[b][0])
    assert len({c for c, _ in truth}) >= 18
    assert sum(p.area for _, p in truth) > 0.55 * 4096**2


def test_many_tiles_lie_in_one_class():
    land = Landscape(0, 4096, 4096, 0.4)
    truth = list(land.truth())
    tree = shapely.STRtree([p for _, p in truth])
    pure = 0
    for row in range(0, 4096, 256):
        for col in range(0, 4096, 256):
            tile = shapely.box(col, row, col + 256, row + 256)
            share = [truth[i][1].intersection(tile).area / 65536 for i in tree.query(tile)]
            pure += max(share, default=0) > 0.9
    assert pure > 60


def _colour(land, outline, inset):
    inner = outline.buffer(-inset)
    point = inner.representative_point()
    col, row = int(point.x) - 24, int(point.y) - 24
    return land.read(max(col, 0), max(row, 0), 48, 48).astype(float)


def test_truth_matches_the_pixels():
    """Oracles by colour: forest is dark and green, an apron bright and grey; classes agree."""
    land = Landscape(0, 4096, 4096, 0.4)
    means = {}
    for scene_class, outline in land.truth():
        if outline.buffer(-60).is_empty:
            continue
        if scene_class in ("forest", "airplane", "chaparral") and scene_class not in means:
            means[scene_class] = _colour(land, outline, 60).mean(axis=(0, 1))
        point = outline.buffer(-60).representative_point()
        assert land.class_at(point.x, point.y) == scene_class
    forest, apron = means["forest"], means["airplane"]
    assert forest.mean() < 90
    assert forest[1] == forest.max()
    assert apron.mean() > 110
    assert np.ptp(apron) < 40
    chaparral = means["chaparral"]
    assert chaparral[0] > chaparral[2] + 10


def test_water_reaches_the_western_edge_of_a_coast():
    sea = Landscape(0, 4096, 4096, 0.4).read(0, 3900, 64, 64).astype(float).mean(axis=(0, 1))
    assert sea[2] > sea[0]
    inland = Landscape(0, 2048, 2048, 0.4, coast=False)
    assert "beach" not in {c for c, _ in inland.truth()}


def test_a_huge_landscape_is_read_in_windows_with_bounded_memory():
    land = Landscape(1, 40_000, 40_000, 0.4)
    rng = np.random.default_rng(0)
    for col, row in rng.integers(0, 40_000 - 300, (2, 2)):
        assert land.read(int(col), int(row), 300, 300).std() > 1
    held = sum(block.nbytes for block in land._blocks.values())
    assert held <= _KEPT_BLOCKS * BLOCK * BLOCK * 3 * 4 < 60e6, "the whole would be 19 GB"
    assert len(land._drawings) <= _KEPT_DRAWINGS


def test_caches_stay_small(monkeypatch):
    monkeypatch.setattr("scene_search.engine.sample.landscape._KEPT_BLOCKS", 2)
    monkeypatch.setattr("scene_search.engine.sample.landscape._KEPT_DRAWINGS", 3)
    land = Landscape(3, SIDE, SIDE, 0.5)
    first = land.read(0, 500, 300, 40)
    land.read(0, 0, SIDE, SIDE)
    assert len(land._blocks) <= 2
    assert len(land._drawings) <= 3
    assert np.array_equal(land.read(0, 500, 300, 40), first)


def test_a_tiny_landscape_works():
    assert Landscape(0, 60, 40, 0.4).read(0, 0, 60, 40).shape == (40, 60, 3)


@pytest.mark.parametrize("window", [(-1, 0, 5, 5), (0, 0, 0, 5), (1390, 0, 20, 5)])
def test_windows_outside_are_refused(fresh, window):
    with pytest.raises(UsageError):
        fresh.read(*window)


@pytest.mark.parametrize("size", [0, -5, 40_001])
def test_silly_sizes_are_refused(size):
    with pytest.raises(UsageError, match="pixels"):
        Landscape(0, size, 100)
