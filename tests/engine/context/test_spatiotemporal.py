import math

import numpy as np
import pytest
from scene_search.engine.context.position import Position, geohash, read_position
from scene_search.engine.context.spatiotemporal import NAMES, spatiotemporal


def test_all_known():
    values, known = spatiotemporal(
        {
            "datetime": "2023-07-02T12:00:00Z",
            "gsd": 0.5,
            "proj:centroid": {"lat": 30, "lon": -90},
        }
    )
    assert values.dtype == np.float32
    assert known.dtype == np.bool_
    assert known.all()
    day, hour = 2 * math.pi * 183 / 365.25, 2 * math.pi * 6 / 24
    expected = [
        math.sin(day), math.cos(day), math.sin(hour), math.cos(hour),
        0.5, math.sqrt(0.75), -1.0, 0.0, -1.0,
    ]  # fmt: skip
    np.testing.assert_allclose(values, expected, atol=1e-6)


def test_what_is_unknown_is_zero_and_said():
    values, known = spatiotemporal({"datetime": None})
    assert len(values) == len(NAMES) == 9
    assert not values.any()
    assert not known.any()


@pytest.mark.parametrize(
    ("properties", "known"),
    [
        ({"datetime": "2023-07-02"}, "sin_day cos_day"),
        ({"datetime": "2023-07-02T10:00:00Z"}, "sin_day cos_day"),
        ({"gsd": 4}, "log2_gsd"),
        ({"gsd": 0}, ""),
        ({"proj:centroid": {"lat": 1, "lon": 2}}, "sin_lat cos_lat sin_lon cos_lon"),
        ({"proj:centroid": {"lat": 91, "lon": 2}}, ""),
        ({"proj:centroid": [1, 2]}, ""),
        ({"start_datetime": "2023-07-01", "end_datetime": "2023-07-31"}, "sin_day cos_day"),
        ({"start_datetime": "2023-06-01", "end_datetime": "2023-08-31"}, ""),
        ({"start_datetime": "2023-07-31", "end_datetime": "2023-07-01"}, ""),
    ],
)
def test_each_part_stands_alone(properties, known):
    values, mask = spatiotemporal(properties)
    assert [name for name, there in zip(NAMES, mask, strict=True) if there] == known.split()
    assert not values[~mask].any()


def test_the_turn_of_the_year_and_the_date_line_are_no_jumps():
    def at(moment, lon):
        return spatiotemporal({"datetime": moment, "proj:centroid": {"lat": 60, "lon": lon}})[0]

    near = np.abs(at("2023-12-31", 179.99) - at("2024-01-01", -179.99))
    assert near.max() < 0.03
    far = np.abs(at("2023-06-30", 0.01) - at("2024-01-01", -179.99))
    assert far.max() > 1


@pytest.mark.parametrize(
    ("lon", "lat", "length", "expected"),
    # published examples of the geohash scheme
    [(10.40744, 57.64911, 11, "u4pruydqqvj"), (-5.6, 42.6, 5, "ezs42"), (-0.0001, -0.0001, 1, "7")],
)
def test_geohashes(lon, lat, length, expected):
    assert geohash(Position(lon, lat), length) == expected


def test_longitudes_beyond_the_date_line_are_wrapped():
    assert read_position({"proj:centroid": {"lat": 0, "lon": 190}}) == Position(-170, 0)
