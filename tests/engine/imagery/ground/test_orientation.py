import math

import numpy as np
import pytest
from scene_search.engine.imagery.ground.orientation import Orientation

# North-west, north-east, south-west, south-east.
NORTH_UP = np.array([[[1] * 3, [2] * 3], [[3] * 3, [4] * 3]], np.uint8)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("degrees", range(-180, 180, 15))
def test_every_turn_and_mirror_comes_back_within_45_degrees(degrees, mirrored):
    angle = math.radians(degrees)
    up = (math.sin(angle), math.cos(angle))
    right = (math.cos(angle), -math.sin(angle))
    if mirrored:
        right = (-right[0], -right[1])
    picture = seen_by_grid(up, right)
    turned = Orientation.of(up, right).apply(picture)
    if degrees % 90 == 45 or degrees % 90 == -45:
        return
    assert (turned == NORTH_UP).all()


def seen_by_grid(up, right):
    """The picture that a grid with these directions reads of a scene of four quarters."""
    picture = np.zeros((2, 2, 3), np.uint8)
    for row in (0, 1):
        for column in (0, 1):
            a, b = 0.5 - row, column - 0.5
            # The nearest quarter turn decides, as a whole.
            turn = round(math.degrees(math.atan2(up[0], up[1])) / 90) * 90
            c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            flip = 1 if up[1] * right[0] - up[0] * right[1] > 0 else -1
            east, north = a * s + b * flip * c, a * c - b * flip * s
            picture[row, column] = NORTH_UP[0 if north > 0 else 1, 1 if east > 0 else 0]
    return picture
