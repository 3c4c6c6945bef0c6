"""Why a file cannot be opened: which driver or codec is missing, or what it is instead."""

import io
import sqlite3
import struct
import tarfile
import zipfile
from contextlib import closing

import pytest
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.files import gdal, unreadable
from scene_search.engine.imagery.raster import open_raster
from scene_search.raster_formats import MISSING_CODECS, MISSING_DRIVERS

from tests.support.patchwork import write_patchwork


def refused(path):
    with pytest.raises(RasterError) as caught:
        open_raster(path)
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "format_name"),
    [
        ("a.ecw", b"ecw", "ECW"),
        ("b.ecw", b"anything", "ECW"),
        ("a.sid", b"msid", "MrSID"),
        ("a.hdf", b"\x0e\x03\x13\x01", "HDF4"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.fits", b"SIMPLE  =                    T", "FITS"),
        ("a.jxl", b"\xff\x0a", "JPEG XL"),
        ("a.jxl", b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL"),
        ("a.avif", b"\0\0\0\x20ftypavif", "AVIF"),
        ("a.heic", b"\0\0\0\x20ftypheic", "HEIF"),
    ],
)
def test_a_missing_driver_is_named(tmp_path, name, content, format_name):
    path = tmp_path / name
    path.write_bytes(content + bytes(1000))
    error = refused(path)
    expected = f"{name} cannot be read: the search engine has no driver for {format_name}"
    assert error.message == expected
    assert "Convert it to GeoTIFF" in error.hint
    assert error.details["kind"] == "format"


def test_a_missing_codec_is_named(tmp_path):
    path = write_patchwork(tmp_path / "a.tif")
    content = bytearray(path.read_bytes())
    directory = struct.unpack("<I", content[4:8])[0]
    for number in range(struct.unpack("<H", content[directory : directory + 2])[0]):
        entry = directory + 2 + 12 * number
        if struct.unpack("<H", content[entry : entry + 2])[0] == 259:
            content[entry + 8 : entry + 10] = struct.pack("<H", 50002)
    path.write_bytes(content)
    error = refused(path)
    assert "no codec for JPEG XL compression" in error.message
    assert error.details["kind"] == "format"


def archive(path, kind):
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("a.tif", b"x")
    else:
        with tarfile.open(path, f"w:{kind}") as file:
            file.addfile(tarfile.TarInfo("a.tif"), io.BytesIO())
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.zip", "zip"), ("a.tar", ""), ("a.tar.gz", "gz"), ("a.tbz", "bz2"), ("a.txz", "xz")],
)
def test_an_archive_is_called_one(tmp_path, name, kind):
    error = refused(archive(tmp_path / name, kind))
    assert error.message == f"{name} is an archive, not a raster"
    assert "Unpack" in error.hint


def database(path, *statements):
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    return path


VECTOR_TILES = (
    "CREATE TABLE metadata (name text, value text)",
    "INSERT INTO metadata VALUES ('format', 'pbf')",
    "CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)",
)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda p: database(p / "a.mbtiles", *VECTOR_TILES), "vector tiles"),
        (lambda p: database(p / "a.gpkg", "CREATE TABLE gpkg_contents (x)"), "vector layers"),
        (lambda p: database(p / "a.sqlite", "CREATE TABLE birds (x)"), "a database"),
        (lambda p: written(p / "a.shp", b"\0\0\x27\x0a" + bytes(100)), "vector data"),
        (lambda p: written(p / "a.json", b'{"type": "FeatureCollection"}'), "vector data"),
    ],
)
def test_what_holds_no_picture_is_not_called_damaged(tmp_path, make, what):
    error = refused(make(tmp_path))
    assert f"holds {what}" in error.message
    assert "no picture" in error.message


def written(path, content):
    path.write_bytes(content)
    return path


def test_anything_else_may_be_damaged(tmp_path):
    error = refused(written(tmp_path / "a.tif", b"II*\0 and then nothing"))
    assert "not a raster that can be read" in error.message
    assert error.details.get("kind") is None


def test_what_qgis_is_told_that_the_engine_lacks_it_lacks():
    there = set(gdal.file_drivers()) - unreadable._WRITE_ONLY
    assert not set(MISSING_DRIVERS) & there
    named = {drivers for _, _, _, drivers in unreadable._FORMATS}
    lacking = {name for drivers in named if not there.intersection(drivers) for name in drivers}
    assert lacking - set(MISSING_DRIVERS) <= {"JPEGXR"}
    assert set(MISSING_CODECS.values()) <= set(unreadable._CODECS.values())
