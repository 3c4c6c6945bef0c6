import json

import pytest

FACTS = {
    "path": "/data/<odd>.gpkg",
    "tiles": 1200,
    "sources": 3,
    "missing": 1,
    "encoder": {
        "name": "Default <b>",
        "id": "default",
        "sha256": "ab12",
        "matches": True,
        "problem": "",
    },
    "code_bits": 128,
    "tile_size": None,
    "example_tile_size": 64.0,
    "scales": [1.0, 2.0],
    "overlap": 0.5,
    "text": True,
    "context": False,
    "rerank": False,
    "extent": [12.25, 45.0, 12.5, 45.125],
    "created": "2026-01-02T03:04:05Z",
    "faults": [],
}


@pytest.fixture
def algorithm(worker):
    from scene_search.processing.index_facts import IndexFactsAlgorithm

    worker.answers["index.info"] = FACTS
    return IndexFactsAlgorithm()


def test_json_has_what_the_engine_says(algorithm, worker, run, index_file, tmp_path):
    output = tmp_path / "facts.json"
    results, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(output)})
    assert ok
    assert worker.params_of("index.info") == {"index": str(index_file)}
    assert results == {"OUTPUT": str(output), "TILES": 1200, "SOURCES": 3}
    assert json.loads(output.read_text(encoding="utf-8")) == FACTS


def test_a_page_has_it_in_words(algorithm, run, index_file, listener, tmp_path):
    output = tmp_path / "facts.html"
    _, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(output)})
    assert ok
    page = output.read_text(encoding="utf-8")
    for name, value in (
        ("File", "/data/&lt;odd&gt;.gpkg"),
        ("Tiles", "1,200"),
        ("Tile size", "each image&#x27;s own"),
        ("Scales", "1, 2"),
        ("Overlap", "50%"),
        ("West, south, east, north (WGS 84)", "12.250000, 45.000000, 12.500000, 45.125000"),
        ("Encoder", "Default &lt;b&gt; (default)"),
        ("Encoder at hand", "yes"),
        ("Re-ranks", "no"),
    ):
        assert f"<th>{name}</th><td>{value}</td>" in page
    assert listener.warnings == []


def test_an_empty_index_has_no_extent(algorithm, worker, run, index_file, tmp_path):
    worker.answers["index.info"] = {**FACTS, "extent": None, "tiles": 0, "tile_size": 256.0}
    output = tmp_path / "facts.html"
    _, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(output)})
    assert ok
    page = output.read_text(encoding="utf-8")
    assert "West" not in page
    assert "<td>256 m</td>" in page


def test_what_is_wrong_is_told(algorithm, worker, run, index_file, listener, tmp_path):
    encoder = {**FACTS["encoder"], "matches": False, "problem": "The encoder is not here"}
    faults = [{"kind": "orphans", "number": 4, "problem": "4 tiles", "repair": "They are removed"}]
    worker.answers["index.info"] = {**FACTS, "encoder": encoder, "faults": faults}
    output = tmp_path / "facts.html"
    _, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(output)})
    assert ok
    assert listener.warnings == ["The encoder is not here", "4 tiles."]
    page = output.read_text(encoding="utf-8")
    assert "<td>The encoder is not here</td>" in page
    assert "<th>Fault</th><td>4 tiles</td>" in page


@pytest.mark.parametrize("name", ["index.gpkg", "notes.txt"])
def test_replaces_neither_the_index_nor_what_is_no_report(
    algorithm, worker, run, index_file, listener, tmp_path, name
):
    target = tmp_path / name
    target.write_bytes(b"an analyst's")
    _, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(target)})
    assert not ok
    assert target.read_bytes() == b"an analyst's"
    assert worker.calls == []
    assert "is an index" in listener.errors[0] or "is no report" in listener.errors[0]


def test_a_file_that_cannot_be_written_says_so(algorithm, run, index_file, listener, tmp_path):
    output = tmp_path / "no" / "facts.html"
    _, ok = run(algorithm, {"INDEX": str(index_file), "OUTPUT": str(output)})
    assert not ok
    assert "cannot be written" in listener.errors[0]
    assert "Choose another file" in listener.errors[0]
