"""What is written of measures that no training list shows."""

from __future__ import annotations

import json

import pytest

from benchmarks.retrieval import unseen
from benchmarks.retrieval.commands import CommandFailed

_PLACES = {
    "r1": 70.667,
    "r10": 91.0,
    "map": 66.49,
    "code": {"r1": 40.0, "r10": 76.0, "map": 42.48, "bits": 64},
    "pipeline": {"r1": 70.0, "r10": 90.0, "map": 66.0, "shortlist": 200},
    "images": 300,
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "README.md").write_text(f"before\n{unseen.BEGIN}\n{unseen.END}\nafter\n", "utf-8")
    return tmp_path


def _package(folder, variants, codes=None):
    properties = {
        "mlm:name": "Encoder X",
        "scene_search:code_bits": 64,
        "scene_search:variants": variants,
    }
    if codes:
        properties["scene_search:codes"] = codes
    folder.mkdir()
    (folder / "model.json").write_text(json.dumps({"properties": properties}), "utf-8")
    return folder


def test_places_are_measured_for_each_code_length(tmp_path, monkeypatch):
    asked = []

    def answer(*arguments):
        asked.append(arguments)
        return _PLACES

    monkeypatch.setattr(unseen, "scene_search", answer)
    package = _package(tmp_path / "x", {"image": [], "text": []}, [{"bits": 64}, {"bits": 128}])
    wanted = {"places": ["places"], "labels": ["labels"]}
    rows = list(unseen.measured(package, None, wanted))
    assert [(row["measure"], row["bits"]) for row in rows] == [
        ("places", 64),
        ("places", 128),
        ("labels", 64),
    ]
    assert asked[1][-2:] == ("--bits", 128)
    assert "--bits" not in asked[2]


def test_an_encoder_without_texts_has_no_names(tmp_path, monkeypatch):
    def fail(*_arguments):
        raise CommandFailed("it does not understand text")

    monkeypatch.setattr(unseen, "scene_search", fail)
    package = _package(tmp_path / "x", {"image": []})
    (row,) = unseen.measured(package, "frozen", {"names-aid": ["names"]})
    assert row["without_text"]
    assert "no text part" in unseen.table([row])
    (broken,) = unseen.measured(package, "frozen", {"labels": ["labels"]})
    assert not broken["without_text"]
    assert "does not understand" in unseen.table([broken])


def test_rows_are_kept_until_they_are_measured_again(folder):
    row = {"encoder": "X", "measure": "places", "bits": 64, "without_text": False}
    unseen.write(folder, [{**row, "result": _PLACES}])
    unseen.write(folder, [{**row, "encoder": "Y", "result": _PLACES}])
    unseen.write(folder, [{**row, "result": {**_PLACES, "map": 99.9}}])
    page = (folder / "README.md").read_text("utf-8")
    assert page.startswith("before\n")
    assert page.endswith("after\n")
    lines = [line for line in page.splitlines() if "Long Beach" in line]
    assert len(lines) == 2
    assert "R@1 70.7, mAP 99.9" in lines[0]
    assert "mAP 42.5 | 64 |" in lines[0]
    assert "| 300 |" in lines[1]


@pytest.mark.parametrize(("left_out", "said"), [(True, ""), (False, "seen"), (None, "seen")])
def test_classes_that_were_seen_are_called_so(left_out, said):
    numbers = {"map": 50.0, "map_at_20": 60.0, "precision_at_10": 70.0}
    result = {
        **numbers,
        "embedding": {**numbers, "map": 55.0},
        "pipeline": numbers,
        "queries": 10,
        "database": 20,
        "left_out": left_out,
    }
    row = {"encoder": "X", "measure": "classes-ten", "bits": 64, "without_text": False}
    text = unseen.table([{**row, "result": result}])
    assert ("seen in training" in text) == bool(said)
    assert "| mAP 55.0 | mAP 50.0 | 64 |" in text


def test_the_script_measures_and_writes(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(unseen, "scene_search", lambda *_arguments: _PLACES)
    (tmp_path / "data").mkdir()
    package = _package(tmp_path / "x", {"image": []})
    options = ["--data", str(tmp_path / "data"), "--encoder", str(package), "--without-frozen"]
    assert unseen.main([*options, "--only", "places", "--output", str(folder)]) == 0
    assert "Encoder X, places: measured" in capsys.readouterr().out
    assert "Encoder X" in (folder / "README.md").read_text("utf-8")
