import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.imagery.ground.footprint import lonlat_polygon, wrap_longitudes
from shapely.geometry import box


def ring(west, south, east, north):
    return np.array([west, east, east, west]), np.array([north, north, south, south])


@given(
    west=st.floats(-720, 720),
    width=st.floats(0.001, 170),
    south=st.floats(-89, 80),
    height=st.floats(0.001, 9),
)
def test_area_is_kept_and_longitudes_are_brought_in_range(west, width, south, height):
    polygon = lonlat_polygon(*ring(west, south, west + width, south + height))
    assert polygon.is_valid
    assert polygon.area == pytest.approx(width * height, rel=1e-6)
    assert polygon.bounds[0] >= -180
    assert polygon.bounds[2] <= 180


@pytest.mark.parametrize("east", [181.0, -179.0])
def test_a_ring_over_the_date_line_has_two_parts(east):
    polygon = lonlat_polygon(*ring(179.0, -1.0, east, 1.0))
    assert sorted(part.bounds for part in polygon.geoms) == [(-180, -1, -179, 1), (179, -1, 180, 1)]


@pytest.mark.parametrize("pole", [1, -1])
@pytest.mark.parametrize("turn", [1, -1])
def test_a_ring_around_a_pole_encloses_it(pole, turn):
    lon = np.arange(0, 360, 30)[::turn].astype(float)
    polygon = lonlat_polygon((lon + 180) % 360 - 180, np.full(12, 80.0 * pole))
    assert polygon.is_valid
    assert polygon.bounds == (-180, min(80 * pole, 90 * pole), 180, max(80 * pole, 90 * pole))
    assert polygon.area == pytest.approx(3600)


def test_the_whole_world_stays_the_whole_world():
    lon = np.concatenate([np.linspace(-180, 180, 9), np.linspace(180, -180, 9)])
    lat = np.repeat([90.0, -90.0], 9)
    assert lonlat_polygon(lon, lat).bounds == (-180, -90, 180, 90)


def test_points_off_the_earth_are_left_out():
    lon, lat = ring(0, 0, 10, 10)
    assert lonlat_polygon(np.append(lon, np.inf), np.append(lat, np.inf)).area == pytest.approx(100)
    assert lonlat_polygon(np.array([np.inf] * 4), np.array([1.0] * 4)).is_empty


def test_wrapping_leaves_what_is_in_range_alone():
    area = box(-10, 0, 10, 5)
    assert wrap_longitudes(area) is area
