"""Which of the rasters in a file are pictures."""

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import from_origin
from scene_search.engine.imagery.contents import pictures_in
from scene_search.engine.imagery.raster import open_raster
from scene_search.source_files import names

from tests.support.many_pictures import three_pages, write_pages, write_tables, write_variables
from tests.support.patchwork import write_patchwork


def parts_of(path):
    found = pictures_in(str(path))
    return [names.split(name).part for name in found.pictures], found.note


def test_a_file_of_one_picture_is_itself(tmp_path):
    path = write_patchwork(tmp_path / "a.tif", 256)
    assert pictures_in(str(path)).pictures == (str(path),)
    with rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4])
        file.write_mask(np.full((256, 256), 255, np.uint8))
    found = pictures_in(str(path))
    assert (found.pictures, found.note) == ((str(path),), "")


@pytest.mark.parametrize("name", ["text.tif", "gone.tif", "."])
def test_what_cannot_be_opened_counts_as_one_picture(tmp_path, name):
    (tmp_path / "text.tif").write_text("no raster")
    assert pictures_in(str(tmp_path / name)).pictures == (str(tmp_path / name),)


def test_every_page_of_a_tiff_is_a_picture(tmp_path):
    path = three_pages(tmp_path / "m.tif")
    found = pictures_in(str(path))
    assert found.pictures == (str(path), f"GTIFF_DIR:2:{path}", f"GTIFF_DIR:3:{path}")
    assert found.note == ""
    for number, name in enumerate(found.pictures):
        with open_raster(name) as raster:
            assert raster.transform.c == 500_000 + 128 * number
            assert raster.path == path
            assert raster.name == name


def write_page(path, size, count=3, pixel=1.0, crs="EPSG:32632", **profile):
    pixels = np.random.default_rng(size).integers(0, 2, (count, size, size)).astype(np.uint8)
    transform = from_origin(500_000, 5_600_000, pixel, pixel) if crs else None
    more = {"crs": crs, "transform": transform} if crs else {}
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=size,
        height=size,
        count=count,
        dtype="uint8",
        **more,
        **profile,
    ) as file:
        file.write(pixels)
    return path


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        ({"size": 64, "pixel": 2.0}, "a reduced copy"),
        ({"size": 32, "crs": None}, "a reduced copy"),
        ({"size": 128, "count": 1, "nbits": 1}, "a mask"),
        ({"size": 64, "pixel": 1.0}, None),
        ({"size": 128, "count": 1}, None),
        ({"size": 64, "pixel": 2.0, "count": 1}, None),
    ],
)
def test_copies_and_masks_of_a_page_are_told_from_pictures(tmp_path, page, reason):
    first = write_page(tmp_path / "first.tif", 128)
    second = write_page(tmp_path / "second.tif", **page)
    found, note = parts_of(write_pages(tmp_path / "m.tif", [first, second]))
    assert found == (["", "2"] if reason is None else [""])
    assert note == ("" if reason is None else f"Page 2 ({reason}) left out")


def test_a_scan_of_many_pages_without_a_position_is_named_once(tmp_path):
    parts = [write_page(tmp_path / f"{n}.tif", 64 + n, crs=None) for n in range(9)]
    found, note = parts_of(write_pages(tmp_path / "m.tif", parts))
    assert found == [""]
    assert note == "Page 2, 3, 4, 5, 6 and 3 more (without a position, as the first) left out"


def test_every_table_of_a_geopackage_is_a_picture(tmp_path):
    path = write_tables(tmp_path / "a.gpkg", ["NORTH", "SOUTH"])
    assert parts_of(path) == (["NORTH", "SOUTH"], "")


def test_variables_that_say_something_of_a_picture_are_left_out(tmp_path):
    path = write_variables(tmp_path / "a.nc", ["sst", "quality_flag", "lat"])
    found, note = parts_of(path)
    assert found == ["sst1"]
    assert note == "No pictures, left out: quality_flag2, lat3. Name them to index them"
    with open_raster(pictures_in(str(path)).pictures[0]) as raster:
        assert (raster.width, raster.crs.to_epsg()) == (128, 32632)


@pytest.mark.parametrize(
    "variable",
    ["red", "B04", "platform", "long_wave", "max_temp", "latent_heat", "masked_red", "wind_x"],
)
def test_names_that_only_look_alike_are_pictures(tmp_path, variable):
    found, _ = parts_of(write_variables(tmp_path / "a.nc", [variable, "lon_bnds", "Band_QA"]))
    assert found == [f"{variable}1"]


def test_where_there_is_nothing_but_masks_they_are_the_pictures(tmp_path):
    assert parts_of(write_variables(tmp_path / "a.nc", ["qa", "mask", "lon"]))[0] == [
        *("qa1", "mask2", "lon3"),
    ]


def test_a_part_is_one_picture(tmp_path):
    name = f"GTIFF_DIR:2:{three_pages(tmp_path / 'm.tif')}"
    assert pictures_in(name).pictures == (name,)
