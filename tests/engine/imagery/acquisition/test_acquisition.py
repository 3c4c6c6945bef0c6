import json
from datetime import datetime, timezone
from pathlib import Path

import pytest
import rasterio
from scene_search.engine.imagery.acquisition.acquisition import (
    Acquisition,
    date_in_name,
    file_acquisition,
    read_acquisition,
)
from scene_search.engine.imagery.raster import open_raster

from tests.support.odd_rasters import quarters, write


def utc(*numbers):
    return datetime(*numbers, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("m_4709963_se_14_1_20100629", utc(2010, 6, 29)),
        ("S2A_MSIL2A_20230714T101031_N0509_R022_T33UUP", utc(2023, 7, 14, 10, 10, 31)),
        ("ortho 2018-07-16 final", utc(2018, 7, 16)),
        ("2018_07_16_14_30_05_scene", utc(2018, 7, 16, 14, 30, 5)),
        ("20180716-143005", utc(2018, 7, 16, 14, 30, 5)),
        ("LC08_L1TP_193026_20210909_20210916_01_T1", utc(2021, 9, 9)),
        ("3420B_2010_328_RGB_LATLNG", utc(2010, 11, 24)),
        ("MOD09GA.A2010328.h18v04.061.2021", utc(2010, 11, 24)),
        ("LC81920302015210LGN01_B4", utc(2015, 7, 29)),
        ("IMG_20180716_143005", utc(2018, 7, 16, 14, 30, 5)),
        ("ortho_2015_210_345", None),
        ("dop_2021_045", None),
        ("map-1957-150", None),
        ("ortho_2015_10_12", None),
        ("dop_2021_07_01_rgb", None),
        ("2010_328", None),
        ("L1_2012030512_x", None),
        ("swissimage_2019_2600-1200", None),
        ("tile_2021.05.03", utc(2021, 5, 3)),
        ("20231345_bad", None),
        ("20230231", None),
        ("29990101", None),
        ("19000101", None),
        ("parcel_1234567890123", None),
        ("5dded5bc0140b80006d2e565_23", None),
        ("2010_999", None),
        ("", None),
    ],
)
def test_dates_in_file_names(name, expected):
    assert date_in_name(name) == expected


def acquisition(path):
    with open_raster(path) as raster:
        return read_acquisition(raster)


def test_a_stac_item_beside_the_raster_is_believed_first(tmp_path):
    path = write(tmp_path / "scene_20200101.tif", quarters())
    properties = {
        "datetime": "2021-06-05T10:11:12.345Z",
        "platform": "Sentinel-2B",
        "instruments": ["msi"],
        "eo:cloud_cover": 3.5,
    }
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
    (tmp_path / "scene_20200101.json").write_text(json.dumps(item))
    found = acquisition(path)
    assert found.acquired == utc(2021, 6, 5, 10, 11, 12)
    assert found.to_stac() == {
        "datetime": "2021-06-05T10:11:12Z",
        "platform": "sentinel-2b",
        "instruments": ["msi"],
        "gsd": pytest.approx(2, rel=1e-3),
        "eo:cloud_cover": 3.5,
    }


@pytest.mark.parametrize(
    "content",
    ["", "{", "[1, 2]", '{"type": "Feature"}', '{"stac_version": "1.0.0", "type": "Feature"}',
     '{"stac_version": "1", "type": "Feature", "properties": {"datetime": 5, "eo:cloud_cover": "x",'
     ' "instruments": "msi"}}'],
)  # fmt: skip
def test_broken_side_files_are_ignored(tmp_path, content):
    path = write(tmp_path / "scene_20200101.tif", quarters())
    path.with_suffix(".json").write_text(content)
    found = acquisition(path)
    assert found.acquired == utc(2020, 1, 1)
    assert found.cloud_cover is None


def test_tags_are_read_and_the_name_comes_before_the_time_of_processing(tmp_path):
    for name, expected in (
        ("a.tif", utc(2022, 1, 17, 10, 43, 43)),
        ("20190304.tif", utc(2019, 3, 4)),
    ):
        path = write(tmp_path / name, quarters())
        with rasterio.open(path, "r+") as file:
            file.update_tags(TIFFTAG_DATETIME="2022:01:17 10:43:43")
        assert acquisition(path).acquired == expected
    with rasterio.open(path, "r+") as file:
        file.update_tags(ACQUISITION_DATE="2018-02-01")
    assert acquisition(path).acquired == utc(2018, 2, 1)


def test_an_unknown_origin_is_said_as_such(odd):
    found = acquisition(odd["plain"])
    assert (found.acquired, found.sensor, found.cloud_cover) == (None, None, None)
    assert found.to_stac()["datetime"] is None
    assert Acquisition().to_stac() == {"datetime": None}


def test_offsets_are_turned_to_utc():
    moment = datetime.fromisoformat("2021-06-05T23:30:00-05:00")
    assert Acquisition(acquired=moment).to_stac()["datetime"] == "2021-06-06T04:30:00Z"


def test_real_rasters(real_rasters: list[Path]):
    found = {path.name: acquisition(path) for path in real_rasters}
    assert found["m_4709963_se_14_1_20160816.tif"].acquired == utc(2016, 8, 16)
    assert found["m_4709963_se_14_1_20160816.tif"].sensor == "naip"
    assert found["all-nodata.tif"].acquired == utc(2022, 1, 17, 10, 43, 43)
    assert found["3420B_2010_328_RGB_LATLNG.tif"].acquired == utc(2010, 11, 24)


def test_a_products_own_metadata_is_read_and_a_stac_item_comes_before_it(tmp_path):
    name = "LC08_L1TP_193026_20210909_20210916_02_T1"
    path = write(tmp_path / f"{name}_B4.tif", quarters())
    (tmp_path / f"{name}_MTL.txt").write_text(
        'SPACECRAFT_ID = "LANDSAT_8"\nDATE_ACQUIRED = 2021-09-09\n'
        'SCENE_CENTER_TIME = "10:02:43.12Z"\nCLOUD_COVER = 3\nPROCESSING_LEVEL = "L1TP"\n'
    )
    found = acquisition(path)
    assert found.acquired == utc(2021, 9, 9, 10, 2, 43)
    assert (found.sensor, found.cloud_cover, found.level) == ("landsat-8", 3.0, "L1TP")
    assert found.to_stac()["processing:level"] == "L1TP"
    unopened = file_acquisition(path)
    assert (unopened.acquired, unopened.sensor) == (found.acquired, found.sensor)
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": {"eo:cloud_cover": 7}}
    path.with_suffix(".json").write_text(json.dumps(item))
    assert acquisition(path).cloud_cover == 7
    assert acquisition(path).sensor == "landsat-8"


def test_the_name_alone_says_something_of_a_file_that_is_no_raster(tmp_path):
    found = file_acquisition(tmp_path / "S2A_MSIL2A_20230714T101031_N0509_R022_T33UUP.jpg")
    assert found.acquired == utc(2023, 7, 14, 10, 10, 31)
    assert found.sensor == "sentinel-2a"
    assert file_acquisition(tmp_path / "picture.jpg") == Acquisition()
