"""What counts as a change of a raster: its pixels and its place, to the end of the chain."""

import os
import shutil

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from rasterio.transform import from_origin
from scene_search.engine.imagery.fingerprint import fingerprint, is_legacy, is_unchanged
from scene_search.engine.imagery.legacy_fingerprint import legacy_fingerprint

STATISTICS = (
    '<PAMDataset><PAMRasterBand band="1"><Histograms><HistItem><HistMin>0</HistMin></HistItem>'
    '</Histograms><Metadata><MDI key="STATISTICS_MAXIMUM">219</MDI>'
    '<MDI key="STATISTICS_MEAN">119.2</MDI></Metadata></PAMRasterBand></PAMDataset>'
)
WORLD = "2\n0\n0\n-2\n{}\n5299999\n"


def picture(path, seed=0, driver="GTiff", **profile):
    pixels = np.random.default_rng(seed).integers(0, 255, (3, 32, 32)).astype(np.uint8)
    profile = {"crs": "EPSG:32633", "transform": from_origin(500000, 5300000, 2, 2), **profile}
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver=driver, count=3, width=32, height=32, dtype="uint8", **profile
    ) as file:
        file.write(pixels)
    return path


def rewrite(path, old, new):
    path.write_text(path.read_text().replace(old, new))
    status = path.stat()
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))


@pytest.mark.parametrize(
    ("driver", "name", "world"),
    [
        ("GTiff", "s.tif", "s.tfw"),
        ("GTiff", "s.tif", "s.tifw"),
        ("GTiff", "S.TIF", "S.TFW"),
        ("GTiff", "s.tif", "s.wld"),
        ("JPEG", "s.jpg", "s.jgw"),
        ("JPEG", "s.jpg", "s.jpgw"),
        ("JPEG", "s.jpeg", "s.jpegw"),
        ("PNG", "s.png", "s.pgw"),
        ("PNG", "s.png", "s.pngw"),
        ("JP2OpenJPEG", "s.jp2", "s.j2w"),
        ("BMP", "s.bmp", "s.bpw"),
    ],
)
def test_a_corrected_world_file_is_a_change(tmp_path, driver, name, world):
    made = picture(tmp_path / "made.tif", crs=None, transform=None)
    path, side = tmp_path / "in" / name, tmp_path / "in" / world
    path.parent.mkdir()
    options = {"GeoJP2": "NO", "GMLJP2": "NO"} if driver.startswith("JP2") else {}
    rasterio.shutil.copy(made, path, driver=driver, **options)
    side.write_text(WORLD.format(500001))
    before = fingerprint(path)
    assert fingerprint(path) == before
    rewrite(side, "500001", "510001")
    assert fingerprint(path) != before


@pytest.mark.parametrize(("old", "new"), [("500000", "510000"), ("byte order", "Byte Order")])
def test_a_corrected_header_is_a_change(tmp_path, old, new):
    path = picture(tmp_path / "s.bsq", driver="ENVI")
    before = fingerprint(path)
    rewrite(tmp_path / "s.hdr", old, new)
    assert fingerprint(path) != before


def warped(source, path):
    with rasterio.open(source) as file, rasterio.vrt.WarpedVRT(file, crs="EPSG:3857") as view:
        rasterio.shutil.copy(view, path, driver="VRT")


def plain(source, path):
    rasterio.shutil.copy(source, path, driver="VRT")


@pytest.mark.parametrize("make", [warped, plain])
def test_pixels_behind_virtual_rasters_count_to_the_end_of_the_chain(tmp_path, make):
    source = picture(tmp_path / "far" / "b & c.tif")
    inner, middle, outer = (tmp_path / f"{name}.vrt" for name in ("inner", "middle", "outer"))
    make(source, inner)
    plain(inner, middle)
    plain(middle, outer)
    marks = [fingerprint(path) for path in (inner, outer)]
    assert marks == [fingerprint(path) for path in (inner, outer)]
    picture(source, seed=9)
    assert all(fingerprint(path) != mark for path, mark in zip((inner, outer), marks, strict=True))


def test_a_side_file_of_a_source_counts(tmp_path):
    source = picture(tmp_path / "s.bsq", driver="ENVI")
    plain(source, tmp_path / "a.vrt")
    before = fingerprint(tmp_path / "a.vrt")
    rewrite(tmp_path / "s.hdr", "byte order", "Byte Order")
    assert fingerprint(tmp_path / "a.vrt") != before


def test_a_source_that_goes_and_comes_back_is_as_before(tmp_path):
    source = picture(tmp_path / "s.tif")
    plain(source, tmp_path / "a.vrt")
    before = fingerprint(tmp_path / "a.vrt")
    source.rename(tmp_path / "away.tif")
    assert fingerprint(tmp_path / "a.vrt") != before
    (tmp_path / "away.tif").rename(source)
    assert fingerprint(tmp_path / "a.vrt") == before


def test_statistics_written_by_a_viewer_are_no_change(tmp_path):
    path = picture(tmp_path / "a.tif")
    plain(path, tmp_path / "a.vrt")
    names = (path, tmp_path / "a.vrt")
    before = [fingerprint(name) for name in names]
    side = tmp_path / "a.tif.aux.xml"
    side.write_text(STATISTICS)
    assert [fingerprint(name) for name in names] == before
    rewrite(side, "219", "220")
    assert [fingerprint(name) for name in names] == before


@pytest.mark.parametrize(
    "said",
    [
        "<SRS>EPSG:32634</SRS>",
        "<GeoTransform>0,1,0,0,0,-1</GeoTransform>",
        '<PAMRasterBand band="1"><NoDataValue>0</NoDataValue></PAMRasterBand>',
        '<GCPList Projection="EPSG:4326"><GCP Id="1" Pixel="0" Line="0" X="1" Y="2"/></GCPList>',
        '<Metadata domain="GEOLOCATION"><MDI key="X_DATASET">x.tif</MDI></Metadata>',
    ],
)
def test_what_a_side_file_says_of_pixels_or_place_is_a_change(tmp_path, said):
    path = picture(tmp_path / "a.tif")
    without = fingerprint(path)
    side = tmp_path / "a.tif.aux.xml"
    side.write_text(STATISTICS.replace("<PAMDataset>", f"<PAMDataset>{said}"))
    with_it = fingerprint(path)
    assert with_it != without
    rewrite(side, "STATISTICS_MEAN", "STATISTICS_STDDEV")
    assert fingerprint(path) == with_it
    side.write_text(f"<PAMDataset>{said}</PAMDataset>")
    assert fingerprint(path) == with_it


def test_the_folder_may_be_moved(tmp_path):
    path = picture(tmp_path / "one" / "a.png", driver="PNG", crs=None)
    (tmp_path / "one" / "a.pgw").write_text(WORLD.format(500001))
    before = fingerprint(path)
    shutil.move(tmp_path / "one", tmp_path / "two")
    assert fingerprint(tmp_path / "two" / "a.png") == before


def test_fingerprints_of_earlier_versions_are_still_understood(tmp_path):
    path = picture(tmp_path / "a.tif")
    old = legacy_fingerprint(path)
    assert is_legacy(old)
    assert not is_legacy(fingerprint(path))
    assert is_unchanged(path, old)
    assert is_unchanged(path, fingerprint(path))
    picture(path, seed=3)
    assert not is_unchanged(path, old)


def test_a_raster_that_cannot_be_opened_has_a_fingerprint_all_the_same(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"no raster")
    before = fingerprint(path)
    assert before
    assert fingerprint(path) == before
    path.write_bytes(b"another one")
    assert fingerprint(path) != before


def test_an_endless_file_is_not_read(tmp_path):
    (tmp_path / "a.tif").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="device"):
        fingerprint(tmp_path / "a.tif")
