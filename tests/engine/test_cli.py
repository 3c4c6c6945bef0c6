"""The command line: results, exit statuses and one-line reasons. In process where possible."""

import csv
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pyproj
import pytest
from PIL import Image
from scene_search.engine import cli
from scene_search.engine.encoders.package import EncoderPackage

from tests.support.odd_rasters import make
from tests.support.patchwork import write_patchwork
from tests.support.tiny_encoder import write_tiny_encoder

COMMAND = [sys.executable, "-I", str(Path(cli.__file__).with_name("launch.py"))]


@pytest.fixture
def run(capsys):
    """Return a function that runs a command: (exit status, output, error output)."""

    def call(*arguments):
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            status = stop.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def run_json(run):
    def call(*arguments):
        status, out, err = run(*arguments, "--json")
        assert status == 0, err
        assert out.count("\n") == 1
        return json.loads(out)

    return call


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


def test_index_and_search_with_json(tmp_path, run_json, tiny_encoder):
    folder = tmp_path / "Luftbilder für Anna"
    write_patchwork(folder / "a 2023-04-05.tif", 512)
    (folder / "broken.tif").write_text("no raster", "utf-8")
    index = tmp_path / "i.gpkg"
    report = run_json(
        "index", folder, "--index", index, "--encoder", tiny_encoder, "--tile-size", 64
    )
    assert set(report) >= {
        *("tiles", "sources", "skipped", "failed", "seconds", "tiles_per_second", "provider"),
        *("added", "updated", "removed", "unchanged"),
    }
    assert (report["tiles"], report["sources"], report["provider"]) == (64, 1, "cpu")
    assert [Path(item["path"]).name for item in report["skipped"]] == ["broken.tif"]
    assert report["tiles_per_second"] > 0

    result = run_json("search", "--index", index, "--text", "dense forest", "--limit", 5)
    assert result["milliseconds"] > 0
    hits = result["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4, 5]
    assert set(hits[0]) >= {
        *("rank", "score", "hamming", "tile", "source", "geometry", "crs", "acquired", "scale")
    }
    assert hits[0]["crs"] == "EPSG:32632"
    assert hits[0]["acquired"].startswith("2023-04-05")
    assert hits[0]["geometry"]["type"] in ("Polygon", "MultiPolygon")
    assert [hit["score"] for hit in hits] == sorted((h["score"] for h in hits), reverse=True)


def test_a_table_for_people(run, patchwork_index):
    status, out, _ = run("search", "--index", patchwork_index, "--text", "water", "--limit", 3)
    assert status == 0
    lines = out.splitlines()
    assert lines[0].split() == [
        *("rank", "score", "distance", "tile", "acquired", "scale", "source")
    ]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert "3 hits in" in lines[-1]


def test_what_to_look_for_is_combined(run_json, patchwork_index):
    index = patchwork_index
    alone = run_json("search", "--index", index, "--tile", 3, "--limit", 50)
    more = run_json(
        *("search", "--index", index, "--tile", 3, "--tile", 9, "--text", "water"),
        *("--image", index.parent / "imagery" / "zweites.tif", "--not-tile", 20),
        *("--region", "POINT (9.002 50.548)"),
    )
    assert [hit["tile"] for hit in alone["hits"]] != [hit["tile"] for hit in more["hits"]]
    assert {3, 9, 20}.isdisjoint(hit["tile"] for hit in more["hits"])


def test_each_region_has_its_own_crs_and_source(run_json, patchwork_index):
    """The same place in two CRSs is the same query."""
    index = patchwork_index
    metres = "POINT (500100 5599900)"
    to_degrees = pyproj.Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    degrees = "POINT ({:.9f} {:.9f})".format(*to_degrees.transform(500_100, 5_599_900))
    source = index.parent / "imagery" / "first 20240531.tif"
    options = ("search", "--index", index, "--limit", 20)
    one = run_json(*options, "--region", metres, "--crs", "EPSG:32632", "--source", source)
    two = run_json(*options, "--region", degrees)
    both = run_json(*(*options, "--region", degrees, "--region", metres, "--crs", "EPSG:32632"))
    default = run_json(*options, "--crs", "EPSG:32632", "--region", metres)
    tiles = [hit["tile"] for hit in one["hits"]]
    for other in (two, both, default):
        assert [hit["tile"] for hit in other["hits"]] == tiles


def test_filters(run_json, patchwork_index):
    options = ("search", "--index", patchwork_index, "--text", "water", "--limit", 100)
    assert {Path(h["source"]).stem for h in run_json(*options)["hits"]} == {
        *("first 20240531", "zweites")
    }
    dated = run_json(*options, "--after", "2024-05", "--before", "2024-06-01")
    assert {Path(hit["source"]).stem for hit in dated["hits"]} == {"first 20240531"}
    assert any("no known date" in note for note in dated["notes"])
    assert run_json(*options, "--gsd", "2:")["hits"] == []
    assert len(run_json(*options, "--gsd", "0.5:1.5")["hits"]) > 50
    west = "POLYGON ((8.9 50.5, 9.05 50.5, 9.05 50.6, 8.9 50.6, 8.9 50.5))"
    assert {Path(h["source"]).stem for h in run_json(*options, "--within", west)["hits"]} == {
        "first 20240531"
    }


@pytest.mark.parametrize("suffix", ["gpkg", "geojson", "csv", "parquet"])
def test_hits_are_written_to_a_file(tmp_path, run_json, patchwork_index, suffix):
    output = tmp_path / f"Treffer 1.{suffix}"
    result = run_json(
        "search", "--index", patchwork_index, "--text", "sand", "--limit", 4, "--output", output
    )
    if suffix == "csv":
        with output.open(encoding="utf-8") as file:
            ranks = [int(row["rank"]) for row in csv.DictReader(file)]
    else:
        import geopandas

        read = geopandas.read_parquet if suffix == "parquet" else geopandas.read_file
        ranks = [int(rank) for rank in read(output)["rank"]]
    assert ranks == [hit["rank"] for hit in result["hits"]] == [1, 2, 3, 4]


def test_the_card_of_an_encoder(run, run_json, tiny_encoder):
    assert run_json("encoder", tiny_encoder)["card"]["properties"]["mlm:name"]
    status, out, _ = run("encoder", tiny_encoder)
    assert status == 0
    assert "Tiny test encoder" in out


@pytest.fixture
def benchmark(tmp_path):
    """Six pictures of two classes, with their lists and captions."""
    colours = {"forest": (38, 62, 34), "water": (36, 78, 112)}
    images = []
    for scene, colour in colours.items():
        for number in range(3):
            path = tmp_path / "images" / scene / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (64, 64), tuple(v + number for v in colour)).save(path)
            sentences = [{"raw": f"{scene} number {number}"}]
            entry = {"filename": f"{scene}/{number}.png", "split": "test", "sentences": sentences}
            images.append(entry)
    names = [image["filename"] for image in images]
    (tmp_path / "queries.txt").write_text("\n".join(names[::3]), "utf-8")
    (tmp_path / "database.txt").write_text("\n".join(names[1::3] + names[2::3]), "utf-8")
    (tmp_path / "captions.json").write_text(json.dumps({"images": images}), "utf-8")
    return tmp_path


def test_evaluate_hashing(run, run_json, benchmark, tiny_encoder):
    options = (
        *("evaluate", "hashing", "--encoder", tiny_encoder, "--images", benchmark / "images"),
        *("--database", benchmark / "database.txt", "--queries", benchmark / "queries.txt"),
    )
    result = run_json(*options)
    assert (result["map"], result["queries"], result["database"]) == (100.0, 2, 4)
    assert (result["bits"], run_json(*options, "--bits", 16)["bits"]) == (64, 16)
    status, out, _ = run(*options)
    assert status == 0
    assert "mAP 100.00" in out
    assert run(*options, "--bits", 0)[0] == 2
    assert run(*options, "--bits", 128)[0] == 2


def test_evaluate_captions(run, run_json, benchmark, tiny_encoder):
    options = (
        *("evaluate", "captions", "--encoder", tiny_encoder, "--images", benchmark / "images"),
        *("--captions", benchmark / "captions.json"),
    )
    result = run_json(*options, "--split", "test")
    assert result["i2t"][2] == result["t2i"][2] == 100.0
    assert 0 < result["mr"] <= 100
    status, out, _ = run(*options)
    assert status == 0
    assert "image to text" in out
    assert run(*options, "--split", "nosuch")[0] == 2


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
        ("search", "--index", patchwork_index, "--tex", "abbreviated"),
    ):
        status, out, err = run(*arguments)
        assert (status, out) == (2, ""), (arguments, err)
        assert err


# What bad input gets, row by row.


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


# Only a process of its own shows these.


def test_standard_output_is_the_json_alone(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 128)
    command = [*COMMAND, "index", tmp_path, "--index", tmp_path / "i.gpkg", "--json"]
    done = subprocess.run([*command, "--encoder", tiny_encoder], capture_output=True, text=True)
    assert done.returncode == 0
    assert json.loads(done.stdout)["sources"] == 1
    assert "\r" not in done.stderr, "a moving line is for terminals"


def test_a_reader_that_stops_is_no_failure_to_talk_about(tmp_path, patchwork_index):
    command = [*COMMAND, "search", "--index", patchwork_index, "--text", "a"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.close()
    assert process.wait(60) == 1
    assert b"Traceback" not in process.stderr.read()


def test_ctrl_c_stops_cleanly_and_the_next_run_goes_on(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 2048, patch=128)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path, "--index", index, "--encoder", tiny_encoder]
    command += ["--tile-size", "64"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    deadline = time.monotonic() + 60
    while _tiles(index) < 32 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    sent = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - sent < 3  # a second for the work, the rest for a noisy machine
    assert process.returncode == 130
    assert out == b""
    assert b"cancelled; what was finished is kept" in err
    assert b"Traceback" not in err
    kept = _tiles(index)
    assert 32 <= kept < 1024


def test_a_kill_loses_nothing_that_was_written_and_the_next_run_goes_on(tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "a.tif", 1536, patch=128)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path, "--index", index, "--encoder", tiny_encoder]
    command += ["--tile-size", "64", "--json"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while _tiles(index) < 64 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    kept = _tiles(index)
    assert 64 <= kept < 576
    done = subprocess.run(command, capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (report["tiles"], report["resumed"]) == (576, 1)
    assert report["tiles_added"] == 576 - kept


def _tiles(index):
    if not index.exists():
        return 0
    connection = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    try:
        return connection.execute("SELECT count(*) FROM tiles").fetchone()[0]
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_a_full_disk(tmp_path, tiny_encoder):
    """A limit on the size of files stands in for the disk."""
    write_patchwork(tmp_path / "imagery" / "a.tif", 1024)
    index = tmp_path / "i.gpkg"
    command = [*COMMAND, "index", tmp_path / "imagery", "--index", index, "--tile-size", "64"]
    command += ["--encoder", tiny_encoder]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    full = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
    assert full.returncode == 1
    assert "Free some space" in full.stderr.splitlines()[-1]
    kept = _tiles(index)
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 0 < kept < 256
    assert _tiles(index) == 256


def test_doctor_keeps_the_home_folder_to_itself(tmp_path, tiny_encoder):
    home = tmp_path / "home" / "anna.schmidt"
    home.mkdir(parents=True)
    environment = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    done = subprocess.run(
        [*COMMAND, "doctor"], capture_output=True, text=True, env=environment, check=True
    )
    assert "anna.schmidt" not in done.stdout
    for words in ("onnxruntime", "gdal", "proj", "threads", "free", "Problems"):
        assert words in done.stdout


def test_launching_from_a_copy_of_the_package_runs_that_copy(tmp_path):
    """As in QGIS, where the engine's environment may hold another version."""
    root = Path(cli.__file__).parents[2]
    copy = tmp_path / "plugins" / "scene_search"
    shutil.copytree(root / "plugin", copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (root / "metadata.txt").read_text("utf-8").replace("version=0.", "version=77.")
    (copy / "metadata.txt").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", copy / "engine" / "launch.py", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("scene-search 77.")


def test_every_command_of_the_design_that_this_version_has_is_there(run):
    status, out, _ = run("--help")
    assert status == 0
    for name in ("sample", "index", "search", "evaluate", "encoder", "doctor", "serve"):
        assert name in out
        assert run(name, "--help")[0] == 0


def test_the_encoder_is_what_its_package_says(tiny_encoder, run_json):
    assert run_json("encoder", tiny_encoder)["sha256"] == EncoderPackage.load(tiny_encoder).sha256
