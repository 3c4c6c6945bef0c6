import math
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
import shapely
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine
from scene_search.engine.errors import RasterError, UsageError
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import TileGrid, TileWindow, auto_tile_size_m
from shapely.geometry import Point

from tests.support.odd_rasters import READABLE

GEOD = pyproj.Geod(ellps="WGS84")

#: CRS, metres (roughly) of one of its units, and boxes (west, south, east, north) to lie in.
PLACES = (
    ("EPSG:32633", 1.0, (200_000, 100_000, 800_000, 9_000_000)),
    ("EPSG:4326", 111_000.0, (-180.0, -85.0, 180.0, 85.0)),
    ("EPSG:3857", 1.0, (-2e7, -1.5e7, 2e7, 1.5e7)),
    ("EPSG:2263", 0.3048, (920_000, 130_000, 1_060_000, 270_000)),
    ("EPSG:3413", 1.0, (-2e6, -2e6, 2e6, 2e6)),
    ("EPSG:3035", 1.0, (2.7e6, 1.5e6, 6.5e6, 5.2e6)),
)


def write_empty(path, crs, transform, width, height):
    """A raster that takes no room on the disk whatever its size."""
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint8", "SPARSE_OK": True}
    size = {"width": width, "height": height}
    with rasterio.open(path, "w", crs=crs, transform=transform, **profile, **size):
        pass
    return path


@st.composite
def placed_grids(draw):
    crs, unit, (west, south, east, north) = draw(st.sampled_from(PLACES))
    width, height = draw(st.integers(16, 300)), draw(st.integers(16, 300))
    most = min((east - west), (north - south)) / 300
    pixel = draw(st.floats(0.05, 3000.0)) / unit
    pixel = min(pixel, most)
    x = draw(st.floats(west, east - width * pixel))
    y = draw(st.floats(south + height * pixel, north))
    turn = draw(st.sampled_from([0.0, 0.0, 90.0, 17.0]))
    transform = Affine.translation(x, y) @ Affine.rotation(turn) @ Affine.scale(pixel, -pixel)
    return crs, transform, width, height


def pixel_size(raster, column, row):
    """Metres of a pixel along both axes, measured again on the ellipsoid."""
    to_lonlat = pyproj.Transformer.from_crs(raster.crs.to_wkt(), "EPSG:4326", always_xy=True)
    sizes = []
    for dc, dr in ((0.5, 0), (0, 0.5)):
        ends = [raster.transform @ (column + s * dc, row + s * dr) for s in (-1, 1)]
        (lon0, lat0), (lon1, lat1) = (to_lonlat.transform(*end) for end in ends)
        sizes.append(GEOD.inv(lon0, lat0, lon1, lat1)[2])
    return sizes


def turned(pixel, x, y):
    return Affine.translation(x, y) @ Affine.rotation(90) @ Affine.scale(pixel, -pixel)


#: Rasters whose rows of tiles, pushed back inside at an edge, came to the same windows.
EUROPE = ("EPSG:3035", rasterio.transform.from_origin(3142611, 3949799, 651.7, 651.7), 753, 1025)
ALASKA = ("EPSG:3857", turned(1700.532675, -373115.56, 14203748.87), 280, 203)
TURNED_DEGREES = ("EPSG:4326", turned(0.006752, 171.47, 30.65), 148, 209)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    place=placed_grids(),
    pixels=st.floats(18, 120),
    overlap=st.sampled_from([0.0, 0.25, 0.5, 0.9]),
    scales=st.sampled_from([(1,), (1, 2), (2, 1, 4)]),
)
@example(place=EUROPE, pixels=104, overlap=0.9, scales=(1,))
@example(place=ALASKA, pixels=23, overlap=0.9, scales=(1,))
@example(place=ALASKA, pixels=102, overlap=0.5, scales=(2, 1, 4))
@example(place=TURNED_DEGREES, pixels=45, overlap=0.0, scales=(1, 2))
def test_tiles_cover_the_raster_at_the_asked_ground_size(
    tmp_path_factory, place, pixels, overlap, scales
):
    path = write_empty(tmp_path_factory.mktemp("grid") / "r.tif", *place)
    with open_raster(path) as raster:
        size_m = pixels * max(pixel_size(raster, raster.width / 2, raster.height / 2))
        grid = TileGrid(raster, size_m, scales, overlap)
        windows = list(grid)
        assert len(grid) == len(windows)
        assert windows == list(grid)
        assert len(set(windows)) == len(windows), "one window is one tile"
        by_scale = {s: list(group) for s, group in groupby(windows, key=lambda w: w.scale)}
        assert tuple(by_scale) == grid.scales == tuple(sorted(grid.scales))
        assert grid.scales[0] == 1
        for scale, tiles in by_scale.items():
            covered = np.zeros((raster.height, raster.width), bool)
            for w in tiles:
                assert 0 <= w.col_off <= w.col_off + w.width <= raster.width
                assert 0 <= w.row_off <= w.row_off + w.height <= raster.height
                rows = slice(w.row_off, w.row_off + w.height)
                covered[rows, w.col_off : w.col_off + w.width] = True
            assert covered.all()
            for w in tiles[:: max(1, len(tiles) // 12)]:
                check_ground_size(raster, w, size_m * scale)
                check_footprint(raster, grid, w)
            check_overlap(tiles, overlap)


@pytest.mark.parametrize(
    ("crs", "corner", "pixel", "width", "height"),
    [
        ("EPSG:3035", (2897399, 4781302), 1400.5, 935, 76),
        ("EPSG:3035", (3142611, 3949799), 651.7, 753, 1025),
        ("EPSG:3413", (467952, -981136), 1063.2, 490, 255),
        ("EPSG:3857", (-1.2e7, 1.65e7), 1900.0, 700, 300),
        ("EPSG:32633", (250_000, 9_200_000), 2500.0, 240, 250),
    ],
)
def test_coarse_rasters_have_no_window_twice(tmp_path, crs, corner, pixel, width, height):
    """Of the size that a raster gets by itself, where the last rows nearly coincide."""
    transform = rasterio.transform.from_origin(*corner, pixel, pixel)
    path = write_empty(tmp_path / "coarse.tif", crs, transform, width, height)
    with open_raster(path) as raster:
        for overlap in (0.0, 0.5, 0.95):
            grid = TileGrid(raster, auto_tile_size_m(raster), (1, 1.5, 2), overlap)
            windows = list(grid)
            assert len(set(windows)) == len(windows) == len(grid)
            covered = np.zeros((height, width), bool)
            for w in windows:
                rows, columns = w.row_off + w.height, w.col_off + w.width
                covered[w.row_off : rows, w.col_off : columns] = True
            assert covered.all()


def check_ground_size(raster, w, side_m):
    ground = pixel_size(raster, w.col_off + w.width / 2, w.row_off + w.height / 2)
    for pixel_m, length, most in zip(
        ground, (w.width, w.height), (raster.width, raster.height), strict=True
    ):
        if length < most:
            # Whole pixels: off by up to one, two where a last tile closes a gap.
            assert abs(length * pixel_m - side_m) <= 2 * pixel_m + 0.02 * side_m
        else:
            assert length * pixel_m <= side_m * 1.05 + 2 * pixel_m


def check_footprint(raster, grid, w):
    footprint = grid.footprint(w)
    assert footprint.is_valid
    assert not footprint.is_empty
    west, south, east, north = footprint.bounds
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90
    lon, lat = raster.ground.lonlat(w.col_off + w.width / 2, w.row_off + w.height / 2)
    centre = Point((float(lon) + 180) % 360 - 180, float(lat))
    assert footprint.buffer(1e-9).contains(centre)


def check_overlap(tiles, overlap):
    for before, after in pairwise(tiles):
        if before.row_off == after.row_off and before.height == after.height:
            assert after.col_off > before.col_off
            shared = before.col_off + before.width - after.col_off
            assert shared >= math.floor(overlap * before.width)


def test_world_in_degrees_has_wider_tiles_towards_the_poles(tmp_path):
    world = rasterio.transform.from_origin(-180, 90, 0.01, 0.01)
    path = write_empty(tmp_path / "world.tif", "EPSG:4326", world, 36_000, 18_000)
    with open_raster(path) as raster:
        grid = TileGrid(raster, 280_000)
        rows = {}
        for window in grid:
            rows.setdefault(window.row_off, []).append(window)
        widths = {row: tiles[0].width for row, tiles in rows.items()}
        equator = min(rows, key=lambda row: abs(row - 9000))
        north_60 = min(rows, key=lambda row: abs(row - 3000))
        assert widths[north_60] == pytest.approx(2 * widths[equator], rel=0.05)
        assert len(rows[0]) < len(rows[equator])
        # The number of tiles is the Earth's surface over that of a tile, give or take edges.
        assert len(grid) == pytest.approx(510e12 / 280_000**2, rel=0.4)
        assert all(grid.footprint(tiles[0]).is_valid for tiles in rows.values())


def test_polar_tiles_change_along_a_row(tmp_path):
    transform = rasterio.transform.from_origin(-4e6, 4e6, 5_000, 5_000)
    path = write_empty(tmp_path / "arctic.tif", "EPSG:3413", transform, 1600, 1600)
    with open_raster(path) as raster:
        tiles = [w for w in TileGrid(raster, 320_000) if w.row_off <= 800 < w.row_off + w.height]
        assert len({w.width for w in tiles}) > 3
        for window in tiles:
            check_ground_size(raster, window, 320_000)


@pytest.mark.parametrize("name", READABLE)
def test_automatic_size_suits_every_odd_raster(odd, name):
    with open_raster(odd[name]) as raster:
        grid = TileGrid(raster, auto_tile_size_m(raster, 64))
        windows = list(grid)
        assert windows
        areas = shapely.area([grid.footprint(w) for w in windows])
        assert (areas > 0).all()
        assert sum(areas) >= raster.footprint().area * 0.98


def test_too_coarse_pixels_say_which_size_would_do(tmp_path):
    transform = rasterio.transform.from_origin(500_000, 5e6, 1000, 1000)
    path = write_empty(tmp_path / "modis.tif", "EPSG:32633", transform, 400, 400)
    with open_raster(path) as raster:
        with pytest.raises(RasterError, match=r"pixels of .* are too coarse for 64 m") as caught:
            TileGrid(raster, 64)
        assert "16 km" in caught.value.hint
        assert len(TileGrid(raster, 16_010)) == 25**2


def test_only_the_scales_that_fit_are_used(tmp_path):
    transform = rasterio.transform.from_origin(500_000, 5e6, 10, 10)
    path = write_empty(tmp_path / "small.tif", "EPSG:32633", transform, 100, 100)
    with open_raster(path) as raster:
        assert TileGrid(raster, 100, (1, 2, 4, 16)).scales == (2, 4, 16)
        assert TileGrid(raster, 500, (1, 2, 4, 8)).scales == (1, 2, 4)


def test_a_raster_smaller_than_a_tile_is_one_tile(tmp_path):
    transform = rasterio.transform.from_origin(500_000, 5e6, 1, 1)
    path = write_empty(tmp_path / "chip.tif", "EPSG:32633", transform, 40, 30)
    with open_raster(path) as raster:
        assert list(TileGrid(raster, 5000)) == [TileWindow(0, 0, 40, 30, 1.0)]
        assert auto_tile_size_m(raster) == pytest.approx(30, rel=0.01)


def test_windows_off_the_earth_are_left_out(tmp_path):
    crs = "+proj=geos +h=35785831 +lon_0=0 +sweep=y +ellps=WGS84"
    transform = rasterio.transform.from_origin(-5.5e6, 5.5e6, 3000, 3000)
    path = write_empty(tmp_path / "disc.tif", crs, transform, 3666, 3666)
    with open_raster(path) as raster:
        grid = TileGrid(raster, 300_000)
        windows = list(grid)
        assert len(grid) == len(windows) > 500
        assert len(windows) < 2 * (3666 / 100) ** 2
        assert all(grid.footprint(w).area > 0 for w in windows)


@pytest.mark.parametrize(
    ("size", "scales", "overlap"),
    [(0, (1,), 0), (-5, (1,), 0), (math.nan, (1,), 0), (50, (), 0), (50, (0,), 0), (50, (1,), 1)],
)
def test_numbers_out_of_range_are_usage_errors(odd, size, scales, overlap):
    with open_raster(odd["plain"]) as raster, pytest.raises(UsageError):
        TileGrid(raster, size, scales, overlap)


def test_real_rasters_are_tiled(real_rasters: list[Path]):
    for path in real_rasters:
        with open_raster(path) as raster:
            size = auto_tile_size_m(raster)
            window = next(iter(TileGrid(raster, size)))
            assert abs(window.width * raster.gsd_m() - size) < size or raster.crs.is_geographic
