import math

import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import RegionError
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.region import region_windows
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from tests.support.odd_rasters import READABLE, quarters, write

WGS84 = "EPSG:4326"


@pytest.fixture(scope="module")
def plain(odd):
    with open_raster(odd["plain"]) as raster:
        yield raster


def on_map(raster, geometry):
    """A region given in pixels, in the raster's own CRS."""
    t = raster.transform
    return shapely.affinity.affine_transform(geometry, [t.a, t.b, t.d, t.e, t.c, t.f])


def as_box(window):
    return box(
        window.col_off,
        window.row_off,
        window.col_off + window.width,
        window.row_off + window.height,
    )


def inside(raster, window):
    return box(0, 0, raster.width, raster.height).covers(as_box(window))


@st.composite
def polygons(draw):
    count = draw(st.integers(3, 9))
    angles = sorted(draw(st.lists(st.floats(0, 6.28), min_size=count, max_size=count)))
    radii = draw(st.lists(st.floats(5, 200), min_size=count, max_size=count))
    column, row = draw(st.floats(-40, 296)), draw(st.floats(-40, 296))
    points = [
        (column + radius * math.cos(angle), row + radius * math.sin(angle))
        for angle, radius in zip(angles, radii, strict=True)
    ]
    return Polygon(points)


@settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
@given(region=polygons(), tile_px=st.integers(20, 120))
def test_shares_are_those_of_brute_force(plain, region, tile_px):
    area = region if region.is_valid else shapely.make_valid(region)
    visible = area.intersection(box(0, 0, 256, 256))
    try:
        windows = region_windows(
            plain, on_map(plain, region), plain.crs, tile_px * 2.0, limit=10**4
        )
    except RegionError:
        assert visible.area < 1e-3
        return
    assert windows
    shares = [share for _, share in windows]
    assert shares == sorted(shares, reverse=True)
    for window, share in windows:
        assert inside(plain, window)
        assert abs(window.width - tile_px) <= 2
        assert abs(window.height - tile_px) <= 2
        if len(windows) > 1:
            exact = as_box(window).intersection(visible).area / as_box(window).area
            assert share == pytest.approx(exact, abs=1e-3)
    if len(windows) == 1 and shares == [1.0]:
        return
    # What is not covered lies in windows with little of the region in them.
    left_out = visible.difference(shapely.union_all([as_box(w) for w, _ in windows]))
    west, north, east, south = visible.bounds
    columns, rows = (
        math.ceil((b - a) / (tile_px - 2)) + 1 for a, b in ((west, east), (north, south))
    )
    rim = 0.06 * tile_px * 2 * (east - west + south - north)
    assert left_out.area <= 0.26 * (tile_px + 2) ** 2 * columns * rows + rim
    if shares[0] < 0.25:
        assert left_out.area <= rim


@pytest.mark.parametrize("name", [n for n in READABLE if n not in {"polar", "strip"}])
def test_a_click_is_centred_in_any_raster(odd, name):
    with open_raster(odd[name]) as raster:
        column, row = raster.width * 0.55, raster.height * 0.4
        lon, lat = raster.ground.lonlat(column, row)
        size_m = 64 * max(raster.pixel_size_m(column, row))
        [(window, share)] = region_windows(
            raster, Point(float(lon), float(lat)), "EPSG:4326", size_m
        )
        assert share == 1.0
        assert inside(raster, window)
        assert abs(window.col_off + window.width / 2 - column) <= 1.5
        assert abs(window.row_off + window.height / 2 - row) <= 1.5
        pixel = raster.pixel_size_m(column, row)
        assert abs(window.width * pixel[0] - size_m) <= pixel[0]
        assert abs(window.height * pixel[1] - size_m) <= pixel[1]


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:4326", "EPSG:3035", "EPSG:32632"])
def test_a_rectangle_from_any_map_finds_its_place(odd, crs):
    with open_raster(odd["plain"]) as raster:
        area = on_map(raster, box(40, 60, 190, 200))
        to_map = pyproj.Transformer.from_crs("EPSG:32633", crs, always_xy=True).transform
        moved = shapely.transform(area.segmentize(10), lambda xy: np.column_stack(to_map(*xy.T)))
        here = region_windows(raster, area, "EPSG:32633", 100.0)
        there = region_windows(raster, moved, crs, 100.0)
    assert len(here) == 9
    cover = shapely.union_all([as_box(w) for w, _ in there])
    assert cover.buffer(4).contains(box(40, 60, 190, 200))
    assert [s for _, s in there] == pytest.approx([s for _, s in here], abs=0.05)


def test_a_click_at_the_edge_is_shifted_inwards(plain):
    [(window, _)] = region_windows(plain, on_map(plain, Point(2, 250)), plain.crs, 128.0)
    assert (window.col_off, window.row_off) == (0, 192)


def test_a_small_region_is_one_centred_window(plain):
    small = on_map(plain, box(100, 100, 103, 108))
    [(window, share)] = region_windows(plain, small, plain.crs, 128.0)
    assert share == 1.0
    assert (window.col_off + 32, window.row_off + 32) == pytest.approx((101.5, 104), abs=1)


def test_a_tile_larger_than_the_raster_is_the_raster(plain):
    [(window, _)] = region_windows(plain, on_map(plain, box(10, 10, 90, 90)), plain.crs, 9999.0)
    assert (window.width, window.height) == (256, 256)


def test_several_points_are_several_windows(plain):
    points = on_map(plain, MultiPoint([(50, 50), (200, 200)]))
    assert len(region_windows(plain, points, plain.crs, 64.0)) == 2


def test_limit_keeps_an_even_sample(plain):
    everything = on_map(plain, box(0, 0, 256, 256))
    windows = region_windows(plain, everything, plain.crs, 20.0, limit=12)
    assert len(windows) == 12
    rows = {w.row_off // 64 for w, _ in windows}
    assert rows == {0, 1, 2, 3}


def test_a_region_far_larger_than_a_tile_is_sampled_quickly(tmp_path):
    world = rasterio.transform.from_origin(-180, 90, 0.01, 0.01)
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "SPARSE_OK": True}
    size = {"width": 36_000, "height": 18_000}
    path = tmp_path / "world.tif"
    with rasterio.open(path, "w", crs="EPSG:4326", transform=world, **profile, **size):
        pass
    with open_raster(path) as raster:
        windows = region_windows(raster, box(-170, -80, 170, 80), "EPSG:4326", 20_000)
        assert len(windows) == 64
        # Two specks far apart in it are found, though a sample misses both.
        specks = MultiPolygon([box(-100, 10, -99.9, 10.1), box(100, 10, 100.1, 10.1)])
        [*found] = region_windows(raster, specks, "EPSG:4326", 20_000)
        assert found


@pytest.mark.parametrize("shift", [-360, 0, 360])
def test_longitudes_may_be_off_by_a_turn(odd, shift):
    with open_raster(odd["date_line"]) as raster:
        region = shapely.affinity.translate(box(179.996, -17.015, 180.008, -17.003), shift)
        windows = region_windows(raster, region, "EPSG:4326", 1500.0)
        [(window, _)] = windows
        assert abs(window.col_off + window.width / 2 - 120) < 2


def test_a_region_cut_at_the_date_line_is_one_again(odd):
    for name, south in (("date_line", -17.02), ("date_line_utm", -17.3)):
        north = south + 0.018
        west, east = box(179.996, south, 180, north), box(-180, south, -179.996, north)
        with open_raster(odd[name]) as raster:
            [(window, share)] = region_windows(raster, MultiPolygon([west, east]), WGS84, 2200.0)
            assert share == 1.0
            lon, lat = raster.ground.lonlat(
                window.col_off + window.width / 2, window.row_off + window.height / 2
            )
            assert abs(float(lon)) == pytest.approx(180, abs=1e-3)
            assert float(lat) == pytest.approx((south + north) / 2, abs=1e-3)


def test_a_bow_tie_is_taken_for_its_two_wings(plain):
    tie = on_map(plain, Polygon([(20, 20), (220, 220), (220, 20), (20, 220)]))
    windows = region_windows(plain, tie, plain.crs, 50.0)
    assert len(windows) > 4
    assert all(share > 0 for _, share in windows)


def test_a_region_reaching_beyond_the_world_is_cut(plain):
    huge = box(-1e9, -1e9, 1e9, 1e9)
    assert region_windows(plain, huge, "EPSG:3857", 256.0)


@pytest.mark.parametrize(
    ("region", "crs", "reason"),
    [
        (Polygon(), "EPSG:4326", "is empty"),
        (Point(), "EPSG:4326", "is empty"),
        (box(15, 47, 15, 48), "EPSG:4326", "no area"),
        (Polygon([(15, 47), (16, 48), (15, 47)]), "EPSG:4326", "no area"),
        (LineString([(15, 47), (15.01, 47.5)]), "EPSG:4326", "is a LineString"),
        (Point(math.nan, 4), "EPSG:4326", "empty|not numbers"),
        (Polygon([(0, 0), (math.inf, 1), (1, 1)]), "EPSG:4326", "not numbers"),
        (box(-60, 10, -59, 11), "EPSG:4326", "outside plain.tif"),
        (Point(0, 0), "EPSG:4326", "outside plain.tif"),
        (box(15, 47, 15.1, 47.9), "EPSG:999999", "CRS 'EPSG:999999' is not known"),
        (box(15, 47, 15.1, 47.9), "nonsense", "is not known"),
    ],
)
def test_bad_regions_say_what_is_wrong(plain, region, crs, reason):
    with pytest.raises(RegionError, match=reason) as caught:
        region_windows(plain, region, crs, 100.0)
    assert caught.value.hint


def test_tiles_of_a_region_in_degrees_are_square_on_the_ground(tmp_path):
    transform = rasterio.transform.from_origin(10, 65, 1e-4, 1e-4)
    path = write(tmp_path / "d.tif", quarters(600, 600), crs="EPSG:4326", transform=transform)
    with open_raster(path) as raster:
        for window, _ in region_windows(raster, box(10.01, 64.95, 10.04, 64.99), "EPSG:4326", 500):
            pixel = raster.pixel_size_m(window.col_off, window.row_off)
            assert window.width * pixel[0] == pytest.approx(500, rel=0.05)
            assert window.height * pixel[1] == pytest.approx(500, rel=0.1)
