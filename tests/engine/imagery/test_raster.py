import os
import warnings

import numpy as np
import pyproj
import pytest
import rasterio
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.fingerprint import fingerprint
from scene_search.engine.imagery.raster import open_raster

from tests.support.odd_rasters import READABLE, REFUSED, WITHOUT_TILES, quarters, write

LANDSAT = "LC08_L2SP_193026_20210909_20210916_02_T1"


@pytest.mark.parametrize("name", [*READABLE, *WITHOUT_TILES])
def test_readable_rasters_have_a_position_and_a_ground_size(odd, name):
    with open_raster(odd[name]) as raster:
        footprint = raster.footprint()
        assert footprint.is_valid
        assert footprint.area > 0
        west, south, east, north = footprint.bounds
        assert -180 <= west < east <= 180
        assert -90 <= south < north <= 90
        assert 0 < raster.gsd_m() < 20_000
        assert raster.crs is not None


@pytest.mark.parametrize("name", REFUSED)
def test_refused_rasters_say_why_and_what_to_do(odd, name):
    with pytest.raises(RasterError, match=REFUSED[name][1]) as caught:
        open_raster(odd[name])
    assert odd[name].name in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_footprint_area_is_the_ground_area(odd):
    geod = pyproj.Geod(ellps="WGS84")
    for name in ("plain", "degrees", "feet", "rotated", "south_up", "date_line", "polar"):
        with open_raster(odd[name]) as raster:
            parts = getattr(raster.footprint(), "geoms", [raster.footprint()])
            area = sum(abs(geod.geometry_area_perimeter(part)[0]) for part in parts)
            expected = (
                raster.width
                * raster.height
                * np.prod(raster.pixel_size_m(raster.width / 2, raster.height / 2))
            )
            # The scale of a polar map changes by some percent over 2,560 km.
            assert area == pytest.approx(expected, rel=0.1 if name == "polar" else 0.005), name


def test_feet_and_degrees_are_measured_in_metres(odd):
    with open_raster(odd["feet"]) as raster:
        assert raster.gsd_m() == pytest.approx(6 * 1200 / 3937, rel=1e-3)
    with open_raster(odd["degrees"]) as raster:
        width, height = raster.pixel_size_m(128, 128)
        assert width == pytest.approx(4e-5 * 111_320 * np.cos(np.radians(60)), rel=0.005)
        assert height == pytest.approx(2e-5 * 111_400, rel=0.005)
    with open_raster(odd["mercator"]) as raster:
        lat = raster.footprint().centroid.y
        assert raster.gsd_m() == pytest.approx(4 * np.cos(np.radians(lat)), rel=0.01)


def test_date_line_is_cut_in_two(odd):
    for name in ("date_line", "date_line_utm"):
        with open_raster(odd[name]) as raster:
            footprint = raster.footprint()
        assert footprint.geom_type == "MultiPolygon", name
        west, _, east, _ = footprint.bounds
        assert west == pytest.approx(-180)
        assert east == pytest.approx(180)
        assert footprint.area < 1


def test_footprint_around_the_pole_holds_the_pole(odd):
    with open_raster(odd["polar"]) as raster:
        footprint = raster.footprint()
    west, south, east, north = footprint.bounds
    assert (west, east, north) == (-180, 180, 90)
    assert south > 70


def test_a_world_in_degrees_may_stick_out_by_half_a_pixel(tmp_path):
    path = write(
        tmp_path / "world.tif",
        quarters(361, 181),
        crs="EPSG:4326",
        transform=rasterio.transform.from_origin(-180.5, 90.5, 1, 1),
    )
    with open_raster(path) as raster:
        assert raster.footprint().bounds == (-180, -90, 180, 90)


def test_points_are_warped_to_a_grid_with_alpha(odd):
    with open_raster(odd["gcps"]) as raster:
        assert raster.crs.to_epsg() == 32633
        assert raster.width > 256
        assert raster.gsd_m() == pytest.approx(2, rel=0.02)


def test_container_names_its_parts(odd):
    with pytest.raises(RasterError) as caught:
        open_raster(odd["container"])
    assert "north" in caught.value.message
    assert len(caught.value.details["subdatasets"]) == 2


def test_unreadable_file_is_an_error_with_its_reason(odd, tmp_path, monkeypatch):
    path = tmp_path / "locked.tif"
    path.write_bytes(odd["plain"].read_bytes())
    path.chmod(0)
    if os.access(path, os.R_OK):
        # Root reads everything.
        def refuse(*args, **kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(RasterError, match="cannot be read: permission denied"):
        open_raster(path)


def test_a_folder_is_not_a_raster(tmp_path):
    with pytest.raises(RasterError, match="is a folder"):
        open_raster(tmp_path)


def test_nothing_is_written_beside_the_imagery_and_nothing_warns(odd):
    from scene_search.engine.imagery.colours.stretch import estimate_stretch
    from scene_search.engine.imagery.tiles.grid import TileGrid, auto_tile_size_m
    from scene_search.engine.imagery.tiles.reader import TileReader

    folder = odd["plain"].parent

    def contents():
        return {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}

    before = contents()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name in READABLE:
            with open_raster(odd[name]) as raster:
                stretch = estimate_stretch(raster)
                with TileReader(raster.name, stretch, 64) as reader:
                    reader.read(next(iter(TileGrid(raster, auto_tile_size_m(raster)))))
    assert contents() == before


def test_crs_kept_in_aux_xml_is_found(odd, tmp_path):
    path = write(tmp_path / "qgis.png", quarters(), driver="PNG", crs="EPSG:32633")
    assert path.with_name("qgis.png.aux.xml").exists()
    with open_raster(path) as raster:
        assert raster.crs.to_epsg() == 32633


def test_fingerprint_changes_with_the_file_and_its_side_files(odd, tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(odd["plain"].read_bytes())
    first = fingerprint(path)
    assert fingerprint(path) == first
    os.utime(path, ns=(1, 1))
    touched = fingerprint(path)
    assert touched != first
    path.with_name("a.tif.aux.xml").write_text("<PAMDataset><SRS>EPSG:3857</SRS></PAMDataset>")
    with_side_file = fingerprint(path)
    assert with_side_file != touched
    with rasterio.open(path, "r+") as file:
        file.update_tags(changed="yes")
    os.utime(path, ns=(1, 1))
    assert fingerprint(path) != with_side_file


@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("a.tif", "a.json"),
        ("a.tif", "a_stac.json"),
        (f"{LANDSAT}_B4.TIF", f"{LANDSAT}_MTL.txt"),
        ("S2.SAFE/IMG_DATA/T33UUP_TCI.tif", "S2.SAFE/MTD_MSIL2A.xml"),
    ],
)
def test_fingerprint_changes_with_what_says_when_it_was_acquired(odd, tmp_path, name, beside):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(odd["plain"].read_bytes())
    without = fingerprint(path)
    (tmp_path / beside).write_text("{}")
    with_it = fingerprint(path)
    (tmp_path / beside).write_text("{ }")
    assert len({without, with_it, fingerprint(path)}) == 3


def test_closing_twice_is_fine_and_frees_the_file(odd):
    raster = open_raster(odd["gcps"])
    raster.close()
    raster.close()
    assert raster.dataset.closed
