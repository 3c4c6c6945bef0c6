"""The command line: what it finds and prints. In process."""

import csv
import json
from pathlib import Path

import pyogrio
import pyproj
import pytest
from PIL import Image
from scene_search.engine.encoders.package.package import EncoderPackage

from tests.support.patchwork import write_patchwork


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


def test_hits_become_a_layer_of_a_geopackage(tmp_path, run_json, patchwork_index):
    output = tmp_path / "mine.gpkg"
    options = ("search", "--index", patchwork_index, "--text", "sand", "--limit", 4)
    assert run_json(*options, "--output", output)["notes"] == []
    notes = run_json(*options, "--output", output, "--layer", "sand")["notes"]
    assert notes == [f"The hits are the layer sand of {output}"]
    assert [str(name) for name, _ in pyogrio.list_layers(output)] == ["mine", "sand"]


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


def test_every_command_of_the_design_that_this_version_has_is_there(run):
    status, out, _ = run("--help")
    assert status == 0
    for name in ("sample", "index", "search", "evaluate", "encoder", "doctor", "serve"):
        assert name in out
        assert run(name, "--help")[0] == 0


def test_the_encoder_is_what_its_package_says(tiny_encoder, run_json):
    assert run_json("encoder", tiny_encoder)["sha256"] == EncoderPackage.load(tiny_encoder).sha256
