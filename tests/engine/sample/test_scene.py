"""Single scenes: deterministic, different for every seed, right in type and size."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import UsageError
from scene_search.engine.sample import SCENE_CLASSES, paint_scene
from scene_search.engine.sample.scene import PAINTERS, scene_drawing


def test_every_class_has_a_painter():
    assert set(PAINTERS) == set(SCENE_CLASSES)
    assert len(SCENE_CLASSES) == 21


@pytest.mark.parametrize("scene_class", SCENE_CLASSES)
def test_scene_is_a_picture_with_content(scene_class):
    chip = paint_scene(scene_class, 5, 128, 0.6)
    assert chip.shape == (128, 128, 3)
    assert chip.dtype == np.uint8
    grey = chip.astype(float).mean(axis=2)
    assert grey.std() > 4, "a scene is never one flat colour"
    assert 25 < grey.mean() < 235


@pytest.mark.parametrize("scene_class", SCENE_CLASSES)
def test_same_seed_same_pixels(scene_class):
    first = paint_scene(scene_class, 11, 96)
    scene_drawing.cache_clear()
    assert np.array_equal(first, paint_scene(scene_class, 11, 96))
    assert not np.array_equal(first, paint_scene(scene_class, 12, 96))


@settings(max_examples=12, deadline=None)
@given(
    st.sampled_from(SCENE_CLASSES),
    st.integers(0, 2**40),
    st.integers(16, 160),
    st.floats(0.1, 2.0),
)
def test_any_seed_size_and_resolution(scene_class, seed, size, gsd):
    assert paint_scene(scene_class, seed, size, gsd).shape == (size, size, 3)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("castle", 0), "castle"),
        (("forest", -1), "negative"),
        (("forest", 0, 4), "4 pixels"),
        (("forest", 0, 100_000), "100000"),
        (("forest", 0, 64, 0.0), "0.0 m"),
    ],
)
def test_senseless_arguments_are_refused(arguments, word):
    with pytest.raises(UsageError, match=word) as caught:
        paint_scene(*arguments)
    assert caught.value.hint


def test_water_is_where_the_river_is():
    """The river's own frame says where the middle is; water there is smoother than the trees."""
    for seed in range(6):
        drawing, _ = scene_drawing("river", seed, 256 * 0.3)
        trees = np.array(drawing.marks["tree"])[:, :2]
        middle = np.array([38.4, 38.4])
        assert np.hypot(*(trees - middle).T).min() > 6, "no tree stands in the river"
