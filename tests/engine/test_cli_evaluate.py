"""``scene-search evaluate`` on places, classes, labels, coarser scenes and names, end to end."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image

from tests.support.patchwork import write_patchwork

_TONES = {"DenseForest": (30, 80, 30), "OpenWater": (20, 50, 140), "bare soil": (150, 110, 70)}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """Three classes of six pictures; picture n of a class shows place n // 2 at date n % 2."""
    folder = tmp_path_factory.mktemp("Orte é")
    random = np.random.default_rng(2)
    names = []
    for name, tone in _TONES.items():
        (folder / "images" / name).mkdir(parents=True)
        for place in range(3):
            base = np.array(tone) + random.normal(0, 25, (4, 4, 3))
            for date in range(2):
                noisy = base.repeat(20, 0).repeat(20, 1) + random.normal(0, 4, (80, 80, 3))
                file = f"{name}/{place}_{2018 + date}.png"
                Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(folder / "images" / file)
                names.append(file)
    (folder / "all.txt").write_text("\n".join(names), "utf-8")
    (folder / "queries.txt").write_text("\n".join(n for n in names if "2018" in n), "utf-8")
    (folder / "database.txt").write_text("\n".join(n for n in names if "2019" in n), "utf-8")
    return folder


_PATTERN = r"(?P<kind>.+)/(?P<place>\d)_(?P<date>\d{4})\.png"


def test_places(run, run_json, pictures, tiny_encoder):
    options = ("evaluate", "places", "--encoder", tiny_encoder, "--images", pictures / "images")
    result = run_json(*options, "--pattern", _PATTERN)
    assert (result["images"], result["places"], result["dates"]) == (18, 9, 2)
    assert (result["queries"], result["unmatched_files"]) == (18, 0)
    assert result["map"] > 50  # by chance it is 31
    assert result["r1"] <= result["r10"]
    status, out, _ = run(*options, "--pattern", _PATTERN)
    assert status == 0
    assert "R@1" in out
    assert "mAP" in out
    # a pattern of one class only: the others take no part
    some = run_json(*options, "--pattern", r"(?P<kind>OpenWater)/(?P<n>\d)_(?P<date>\d+)\.png")
    assert (some["images"], some["unmatched_files"]) == (6, 12)


def test_places_by_codes_of_another_length(run, run_json, pictures, tiny_two_parts):
    options = ("evaluate", "places", "--images", pictures / "images", "--pattern", _PATTERN)
    options = (*options, "--encoder", tiny_two_parts)
    assert run_json(*options)["code"]["bits"] == 64
    assert run_json(*options, "--bits", 128)["code"]["bits"] == 128
    status, _, err = run(*options, "--bits", 32)
    assert status == 2
    assert "64 or 128" in err


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("(", "no regular expression"),
        (r"(?P<place>.+)\.png", "date"),
        (r".+_(?P<date>\d{4})\.png", "place"),
        (r"(?P<place>.+)_(?P<date>\d{4})\.tif", "matches none"),
        (r"(?P<place>.+)\.(?P<date>png)", "two dates"),
    ],
)
def test_patterns_that_say_no_places(run, pictures, tiny_encoder, pattern, said):
    status, _, err = run(
        *("evaluate", "places", "--encoder", tiny_encoder, "--images", pictures / "images"),
        *("--pattern", pattern),
    )
    assert status == 2
    assert said in err


def test_places_of_an_index(run, run_json, tmp_path, tiny_encoder):
    """Two days of one place, shifted by a quarter of a tile, and one of another."""
    for name, seed, east in (("a 20180601", 0, 500_000), ("a 20200601", 0, 500_016)):
        write_patchwork(tmp_path / "i" / f"{name}.tif", 512, seed=seed, origin=(east, 5_600_000))
    write_patchwork(tmp_path / "i" / "b 20200601.tif", 256, seed=5, origin=(510_000, 5_600_000))
    index = tmp_path / "x.gpkg"
    run_json(
        "index", tmp_path / "i", "--index", index, "--encoder", tiny_encoder, "--tile-size", 64
    )
    result = run_json("evaluate", "places", "--index", index)
    assert result["dates"] == 2
    assert result["images"] == 64 + 64 + 16
    assert result["queries"] == result["answerable"] == 128
    assert 0 < result["map"] <= 100
    status, _, err = run("evaluate", "places", "--index", index, "--images", tmp_path)
    assert status == 2
    assert "has its images" in err


def test_an_index_of_one_day_has_no_places(run, patchwork_index):
    status, _, err = run("evaluate", "places", "--index", patchwork_index)
    assert status == 1
    assert "two dates" in err


def test_classes_left_out(run, run_json, pictures, tiny_encoder):
    lists = {
        name: [
            line
            for line in (pictures / f"{name}.txt").read_text("utf-8").split("\n")
            if "F" in line or "W" in line
        ]
        for name in ("queries", "database")
    }
    held_out = pictures / "two.json"
    content = {"dataset": "Bilder", "classes": ["DenseForest", "OpenWater"], **lists}
    held_out.write_text(json.dumps(content), "utf-8")
    options = ("evaluate", "classes", "--encoder", tiny_encoder, "--images", pictures / "images")
    result = run_json(*options, "--hold-out", held_out)
    assert (result["queries"], result["database"], result["classes"]) == (6, 6, 2)
    assert result["left_out"] is None  # the card says nothing
    hashed = run_json(
        *("evaluate", "hashing", "--encoder", tiny_encoder, "--images", pictures / "images"),
        *("--queries", _write(pictures / "q.txt", lists["queries"])),
        *("--database", _write(pictures / "d.txt", lists["database"])),
    )
    assert result["map"] == hashed["map"]
    held_out.write_text(json.dumps(content | {"classes": ["OpenWater"]}), "utf-8")
    status, _, err = run(*options, "--hold-out", held_out)
    assert status == 2
    assert "DenseForest" in err


def test_labels(run, run_json, pictures, tiny_encoder):
    names = (pictures / "all.txt").read_text("utf-8").split("\n")
    table = pictures / "labels.tsv"
    stems = sorted({name.rpartition("/")[2].removesuffix(".png") for name in names})
    rows = [f"{stem}\t1\t{int(stem[0]) % 2}" for stem in stems]
    table.write_text("image\ttrees\twater\n" + "\n".join(rows), "utf-8")
    options = (
        *("evaluate", "labels", "--encoder", tiny_encoder, "--images", pictures / "images"),
        *("--queries", pictures / "queries.txt", "--database", pictures / "database.txt"),
        *("--labels", table),
    )
    result = run_json(*options)
    assert 0 < result["ndcg_at_10"] <= 100
    assert result["labels"] == ["trees", "water"]
    table.write_text("image\ttrees\n0_2018\t1\n", "utf-8")
    status, _, err = run(*options)
    assert status == 2
    assert "no labels" in err
    table.write_text("image\ttrees\n0_2018\tyes\n", "utf-8")
    status, _, err = run(*options)
    assert status == 2
    assert "Line 2" in err


def test_coarser_scenes_find_themselves(run_json, pictures, tiny_encoder):
    result = run_json(
        *("evaluate", "coarser", "--encoder", tiny_encoder, "--images", pictures / "images"),
        *("--queries", pictures / "queries.txt"),
    )
    # blocks of 20 pixels are still there at a quarter of the resolution
    assert result["x2"]["r1"] > 80
    assert result["x2"]["r1"] >= result["x4"]["r1"] - 20
    assert result["images"] == 9


def test_names_of_classes(run, run_json, pictures, tiny_encoder):
    options = (
        *("evaluate", "names", "--encoder", tiny_encoder, "--images", pictures / "images"),
        *("--queries", pictures / "all.txt"),
    )
    result = run_json(*options)
    assert result["classes"] == {
        "DenseForest": "dense forest",
        "OpenWater": "open water",
        "bare soil": "bare soil",
    }
    assert result["top5"] == 100  # of three classes
    assert result["chance"] == pytest.approx(33.333)
    names = pictures / "names.tsv"
    names.write_text("DenseForest\tforest\nOpenWater\twater\nbare soil\tsand\n", "utf-8")
    told = run_json(*options, "--names", names, "--prompt", "a {name}")
    assert told["classes"]["OpenWater"] == "a water"
    status, _, err = run(*options, "--prompt", "a scene")
    assert status == 2
    assert "{name}" in err


def _write(path, lines):
    path.write_text("\n".join(lines), "utf-8")
    return path
