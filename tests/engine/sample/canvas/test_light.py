"""Light: shadows fall away from the sun, slopes facing it are brighter; the sun is in place."""

from datetime import datetime

import numpy as np
import pytest
from scene_search.engine.sample.acquisitions import light_at
from scene_search.engine.sample.canvas.light import Light, random_light


@pytest.mark.parametrize(
    ("azimuth", "east", "south"), [(90, -1, 0), (180, 0, -1), (270, 1, 0), (135, -1, -1)]
)
def test_shadow_falls_away_from_the_sun(azimuth, east, south):
    dx, dy = Light(azimuth=azimuth, elevation=45).shadow
    assert np.isclose(np.hypot(dx, dy), 1)  # at 45 degrees as long as the thing is high
    assert np.sign(round(dx, 6)) == east
    assert np.sign(round(dy, 6)) == south


def test_slopes_towards_the_sun_are_brighter():
    light = Light(azimuth=180, elevation=40)
    assert light.shade(0, 1, 25) > light.shade(0, 0, 0) == 1 > light.shade(0, -1, 25)


def test_random_light_is_deterministic_and_varied():
    lights = [random_light(np.random.default_rng(seed)) for seed in range(60)]
    assert lights[0] == random_light(np.random.default_rng(0))
    assert len({light.season for light in lights}) == 4


@pytest.mark.parametrize(
    ("when", "latitude", "elevation", "azimuth"),
    [
        # Oracle: at local noon the height is 90 - latitude + declination, due south.
        (datetime(2023, 6, 21, 12, 0), 40.0, 73.4, 180),
        (datetime(2023, 3, 21, 12, 0), 40.0, 50.0, 180),
        (datetime(2023, 12, 21, 12, 0), 40.0, 26.6, 180),
        # At the equinox on the equator the sun climbs 15 degrees an hour, due east.
        (datetime(2023, 3, 22, 9, 0), 0.0, 45.0, 90),
    ],
)
def test_the_sun_stands_where_it_should(when, latitude, elevation, azimuth):
    light = light_at(when, latitude, 0.3, 0)
    assert light.elevation == pytest.approx(elevation, abs=0.7)
    assert light.azimuth == pytest.approx(azimuth, abs=1.5)


def test_season_follows_the_month():
    months = {1: "winter", 4: "spring", 7: "summer", 10: "autumn", 12: "winter"}
    for month, season in months.items():
        assert light_at(datetime(2023, month, 10, 11), 45, 0.3, 0).season == season
