"""Winding lines: the frame of pixels and the points of the line are inverse to each other."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.engine.sample.things.course import Course


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-500, 500),
    st.floats(-500, 500),
    st.floats(0, 2 * math.pi),
    st.floats(-300, 300),
    st.floats(-20, 20),
)
def test_frame_inverts_points(x, y, angle, u, d):
    course = Course(x, y, angle, ((8.0, 400.0, 1.0),))
    point = course.points(u, d)
    along, across = course.frame(point[:, 0], point[:, 1])
    assert abs(across[0] - d) < 0.35
    assert abs(along[0] - u) < 4


def test_a_straight_course_is_exact():
    course = Course(10, 20, 0.7)
    points = course.points(np.array([0.0, 5.0, -3.0]), np.array([0.0, 2.0, -4.0]))
    u, d = course.frame(points[:, 0], points[:, 1])
    assert np.allclose(u, [0, 5, -3])
    assert np.allclose(d, [0, 2, -4])


def test_right_of_the_line_is_positive():
    # Heading east on a picture whose rows run south, the right hand points south.
    _, d = Course(0, 0, 0.0).frame(np.array([0.0]), np.array([5.0]))
    assert d[0] == 5
