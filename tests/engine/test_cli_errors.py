"""The command line on bad input: exit statuses and one-line reasons. In process."""

import json
import os
import sqlite3

import pytest

from tests.support.odd_rasters import make
from tests.support.patchwork import write_patchwork
from tests.support.tiny_encoder import write_tiny_encoder


def reason(result):
    """Return the reason of a failed command, checked to be one line without a traceback."""
    status, out, err = result
    assert status == 1
    assert out == "" or json.loads(out)["tiles"] == 0
    lines = [line for line in err.splitlines() if line.startswith("scene-search: error:")]
    assert len(lines) == 1
    assert lines[0] == err.splitlines()[-1]
    assert "Traceback" not in err
    return lines[0].removeprefix("scene-search: error: ")


def test_usage_errors_have_status_2(run, patchwork_index, tmp_path):
    for arguments in (
        (),
        ("fly",),
        ("index", tmp_path),
        ("index", tmp_path, "--index", tmp_path / "i.gpkg", "--tile-size", "big"),
        ("index", tmp_path, "--index", tmp_path / "i.gpkg", "--tile-size", "-1"),
        ("index", tmp_path, "--index", tmp_path / "i.gpkg", "--scales", "one"),
        ("index", tmp_path, "--index", tmp_path / "i.gpkg", "--overlap", "2"),
        ("search", "--index", patchwork_index),
        ("search", "--index", patchwork_index, "--text", "a", "--limit", "0"),
        ("search", "--index", patchwork_index, "--text", "a", "--limit", "100000"),
        ("search", "--index", patchwork_index, "--text", "a", "--gsd", "5"),
        ("search", "--index", patchwork_index, "--text", "a", "--gsd", "5:1"),
        ("search", "--index", patchwork_index, "--text", "a", "--after", "soon"),
        ("search", "--index", patchwork_index, "--text", "a", "--output", tmp_path / "x.shp"),
        ("search", "--index", patchwork_index, "--text", "a", "--output", patchwork_index),
        ("search", "--index", patchwork_index, "--text", "a", "--layer", "a"),
        ("search", "--index", patchwork_index, "--tex", "abbreviated"),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (2, ""), (arguments, err)
        assert err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--text", "\udcff"), "surrogate"),
        (("--text", "a", "--sensor", "\udcff"), "surrogate"),
        (("--text", "a", "--after", "\udcff"), "no date"),
        (("--text", "a", "--after", "0001-01-01T00:00+23:59"), "no date"),
        (("--tile", "9" * 30), "not in the index"),
        (("--tile", "1", "--not-tile", "-" + "9" * 400), "not in the index"),
        (("--region", "CURVEPOLYGON(CIRCULARSTRING(0 0,1 1,2 0,1 -1,0 0))"), "curves"),
        (("--region", "GEOMETRYCOLLECTION(" * 50_000), "nests"),
        (("--region", "POINT (1 1)", "--crs", "EPSG:4326\udcff"), "no known CRS"),
        (("--region", "POINT (1 1)", "--crs", '{"a":' * 9_000), "no known CRS"),
        (("--region", "POINT (1 1)", "--crs", "EPSG:4978"), "Geocentric"),
        (("--text", "a", "--within", "POLYGON ((-1e30 0,1e30 0,1e30 1,-1e30 0))"), "no degrees"),
        (("--image", "x" * 300), "xxx"),
    ],
)
def test_what_cannot_be_asked_for_is_told(arguments, words, run, patchwork_index, tmp_path):
    status, out, err = run("search", "--index", patchwork_index, *arguments)
    assert status in (1, 2)
    assert out == ""
    assert words in err
    assert "defect" not in err


def test_a_folder_without_rasters(tmp_path, run, tiny_encoder):
    (tmp_path / "notes.txt").write_text("x", "utf-8")
    result = run("index", tmp_path, "--index", tmp_path / "i.gpkg", "--encoder", tiny_encoder)
    assert "There are no rasters in" in reason(result)
    assert not (tmp_path / "i.gpkg").exists()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("truncated", "truncated"),
        ("text_file", "not a raster"),
        ("empty_file", "empty (0 bytes)"),
        ("no_crs", "no CRS"),
        ("all_nodata", "nodata"),
        ("missing", "does not exist"),
    ],
)
def test_an_unusable_raster(tmp_path, run, tiny_encoder, kind, words):
    path = make(kind, tmp_path / "Bilder (ä)")
    index = tmp_path / "i.gpkg"
    alone = run("index", path, "--index", index, "--encoder", tiny_encoder, "--json")
    assert words in reason(alone)
    assert words in json.loads(alone[1])["skipped"][0]["reason"]

    good = write_patchwork(tmp_path / "good.tif", 128)
    status, out, _ = run("index", path, good, "--index", index, "--encoder", tiny_encoder)
    assert status == 0
    assert words in out
    assert "of 1 rasters" in out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
def test_unreadable_and_read_only_paths(tmp_path, run, tiny_encoder):
    path = write_patchwork(tmp_path / "a.tif", 128)
    path.chmod(0)
    result = run("index", path, "--index", tmp_path / "i.gpkg", "--encoder", tiny_encoder)
    assert "cannot be read: permission denied" in reason(result)
    path.chmod(0o600)
    (tmp_path / "locked").mkdir(mode=0o500)
    index = tmp_path / "locked" / "i.gpkg"
    assert "cannot be written" in reason(
        run("index", path, "--index", index, "--encoder", tiny_encoder)
    )


@pytest.mark.parametrize(
    ("region", "words"),
    [
        ("POINT (80 10)", "No indexed imagery lies under the region"),
        ("POLYGON ((10 50, 11 51, 10 50))", "no area"),
        ("POLYGON EMPTY", "is empty"),
        ("CIRCLE (1)", "not WKT"),
    ],
)
def test_a_bad_region(run, patchwork_index, region, words):
    assert words in reason(run("search", "--index", patchwork_index, "--region", region))


def test_a_region_outside_the_named_raster(run, patchwork_index):
    source = patchwork_index.parent / "imagery" / "zweites.tif"
    result = run(
        *("search", "--index", patchwork_index, "--region", "POINT (9.001 50.55)"),
        *("--source", source),
    )
    assert "outside" in reason(result)


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "is empty"), (" \n", "is empty"), ("sea " * 2500, "10,000 characters")],
)
def test_a_bad_text(run, patchwork_index, text, words):
    assert words in reason(run("search", "--index", patchwork_index, "--text", text))


def test_an_unknown_tile(run, patchwork_index):
    assert "999" in reason(run("search", "--index", patchwork_index, "--tile", 999))


def test_an_image_that_is_none(tmp_path, run, patchwork_index):
    (tmp_path / "a.jpg").write_text("x", "utf-8")
    result = run("search", "--index", patchwork_index, "--image", tmp_path / "a.jpg")
    assert "not a raster" in reason(result)


def test_an_index_that_is_none(tmp_path, run):
    assert "does not exist" in reason(run("search", "--index", tmp_path / "no", "--text", "a"))
    (tmp_path / "i.gpkg").write_text("x", "utf-8")
    result = run("search", "--index", tmp_path / "i.gpkg", "--text", "a")
    assert "not a GeoPackage" in reason(result)
    sqlite3.connect(tmp_path / "other.gpkg").execute("CREATE TABLE a (b)").connection.close()
    result = run("search", "--index", tmp_path / "other.gpkg", "--text", "a")
    assert "not an index of Scene Search" in reason(result)


def test_an_index_made_with_another_encoder(tmp_path, run, patchwork_index):
    other = write_tiny_encoder(tmp_path / "other", code_bits=32)
    imagery = patchwork_index.parent / "imagery"
    result = run("index", imagery, "--index", patchwork_index, "--encoder", other)
    assert "was made with the encoder Tiny test encoder" in reason(result)
    result = run("search", "--index", patchwork_index, "--encoder", other, "--text", "a")
    assert "was made with the encoder Tiny test encoder" in reason(result)


def test_an_index_whose_encoder_is_gone_and_where_it_lies_now(tmp_path, run, run_json):
    write_tiny_encoder(tmp_path / "first")
    write_patchwork(tmp_path / "imagery" / "a.tif", 128)
    index = tmp_path / "i.gpkg"
    run_json("index", tmp_path / "imagery", "--index", index, "--encoder", tmp_path / "first")
    (tmp_path / "first").rename(tmp_path / "second")
    result = run("search", "--index", index, "--text", "a")
    assert "which is not here. Name the folder of that encoder" in reason(result)
    again = ("search", "--index", index, "--encoder", tmp_path / "second", "--text", "sea")
    assert run_json(*again)["hits"]


def test_an_encoder_with_a_changed_byte(tmp_path, run, run_json):
    encoder = write_tiny_encoder(tmp_path / "encoder")
    write_patchwork(tmp_path / "imagery" / "a.tif", 128)
    index = tmp_path / "i.gpkg"
    run_json("index", tmp_path / "imagery", "--index", index, "--encoder", encoder)
    graph = encoder / "text.onnx"
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 1
    graph.write_bytes(content)
    for arguments in (
        ("index", tmp_path / "imagery", "--index", index),
        ("search", "--index", index, "--text", "sea"),
        ("encoder", encoder),
    ):
        assert "text.onnx of the encoder encoder was changed or damaged" in reason(run(*arguments))


def test_an_encoder_that_is_none(tmp_path, run):
    assert "not an encoder package" in reason(run("encoder", tmp_path))
