from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.source_files import names

KNOWN = [
    ("GTIFF_DIR:2:/data/scan.tif", "/data/scan.tif", "2", "scan.tif [2]"),
    (r"GTIFF_DIR:2:C:\data\scan.tif", r"C:\data\scan.tif", "2", "scan.tif [2]"),
    ("GTIFF_DIR:off:2048:/data/a:b.tif", "/data/a:b.tif", "off:2048", "a:b.tif [off:2048]"),
    ('NETCDF:"/data/sea.nc":sst', "/data/sea.nc", "sst", "sea.nc [sst]"),
    (r'NETCDF:"C:\data\sea.nc":sst', r"C:\data\sea.nc", "sst", "sea.nc [sst]"),
    ("netcdf:/data/sea.nc:sst", "/data/sea.nc", "sst", "sea.nc [sst]"),
    (r"NETCDF:C:\data\sea.nc:sst", r"C:\data\sea.nc", "sst", "sea.nc [sst]"),
    ('HDF5:"/data/a b.h5"://group/band', "/data/a b.h5", "group/band", "a b.h5 [group/band]"),
    ("HDF5:/data/a.h5://group/band", "/data/a.h5", "group/band", "a.h5 [group/band]"),
    ("GPKG:/data/a.gpkg:two", "/data/a.gpkg", "two", "a.gpkg [two]"),
    (r"GPKG:C:\a.gpkg:two", r"C:\a.gpkg", "two", "a.gpkg [two]"),
    ('HDF4_SDS:UNKNOWN:"/d/m.hdf":3', "/d/m.hdf", "UNKNOWN 3", "m.hdf [UNKNOWN 3]"),
    (
        "SENTINEL2_L2A:/d/MTD_MSIL2A.xml:10m:EPSG_32633",
        "/d/MTD_MSIL2A.xml",
        "10m:EPSG_32633",
        "MTD_MSIL2A.xml [10m:EPSG_32633]",
    ),
]


@pytest.mark.parametrize(("name", "file", "part", "shown"), KNOWN)
def test_a_part_is_told_from_its_file(name, file, part, shown):
    found = names.split(name)
    assert (found.file, found.part, found.is_part) == (file, part, True)
    assert str(found) == name
    assert names.shown(name) == shown
    moved = names.split(names.with_file(name, "/elsewhere/x.tif"))
    assert (moved.file, moved.part) == ("/elsewhere/x.tif", part)


@pytest.mark.parametrize(
    "name",
    ["/data/scan.tif", r"C:\data\scan.tif", "scan.tif", "2018-07-16T10:10.tif", "GTIFFS:1:a", ""],
)
def test_anything_else_is_a_file(name):
    found = names.split(name)
    assert (found.file, found.is_part, found.part) == (name, False, "")


@settings(derandomize=True)
@given(
    st.text(st.characters(exclude_characters='"', exclude_categories=["Cs"])),
    st.sampled_from(["GTIFF_DIR:3:{}", 'NETCDF:"{}":v', 'HDF5:"{}"://g/v', 'ZARR:"{}":/v']),
)
def test_quotes_and_numbers_leave_any_file_name_whole(file, notation):
    name = notation.format(file)
    assert str(names.split(name)) == name
    if '"' in notation or not file.startswith('"'):
        assert names.file_of(name) == file


def test_existence_is_that_of_the_file(tmp_path):
    path = tmp_path / "a.tif"
    path.touch()
    assert names.exists(path)
    assert names.exists(f"GTIFF_DIR:2:{path}")
    assert not names.exists(f"GTIFF_DIR:2:{Path(tmp_path, 'b.tif')}")
