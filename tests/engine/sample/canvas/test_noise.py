"""Noise: the same at a pixel whatever window it is seen through, in range, not repeating."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.sample.canvas.noise import Patch, lattice

WHOLE = Patch(-40, -30, 160, 140, 0.4)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 150),
    st.integers(0, 130),
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([0.4, 1.0, 3.3, 25.0]),
)
def test_a_window_sees_the_same_noise(col, row, width, height, scale):
    width, height = min(width, 160 - col), min(height, 140 - row)
    part = WHOLE.part(col, row, width, height)
    crop = np.s_[row : row + height, col : col + width]
    assert np.allclose(part.noise(scale, 7), WHOLE.noise(scale, 7)[crop], atol=2e-6)
    assert np.array_equal(part.grain(7), WHOLE.grain(7)[crop])
    assert np.allclose(part.clouds(scale, 7), WHOLE.clouds(scale, 7)[crop], atol=2e-6)


def test_noise_at_agrees_with_noise():
    p = Patch(3, 5, 64, 48, 0.5)
    assert np.allclose(p.noise_at(p.x / 4.0, p.y / 4.0, 9), p.noise(4.0, 9), atol=1e-4)


def test_lattice_is_uniform_and_uncorrelated():
    values = lattice(np.arange(400)[None, :], np.arange(400)[:, None], 3).astype(float)
    assert -1 <= values.min() < -0.99
    assert 0.99 < values.max() < 1
    assert abs(values.mean()) < 0.01
    assert abs(values.var() - 1 / 3) < 0.01
    for shifted in (values[:, 1:], values[1:, :]):
        base = values[: shifted.shape[0], : shifted.shape[1]]
        assert abs((base * shifted).mean()) < 0.01
    other = lattice(np.arange(400)[None, :], np.arange(400)[:, None], 4)
    assert abs((values * other).mean()) < 0.01


def test_far_away_pixels_work():
    p = Patch(3_999_900, -2_000_000, 32, 32, 0.3)
    assert np.isfinite(p.clouds(10, 1)).all()
    assert p.grain(1).std() > 0.4
