"""The context of acquisition on the command line and over the link."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from scene_search.engine import cli

from tests.support.engine_process import EngineProcess
from tests.support.patchwork import write_patchwork


@pytest.fixture(scope="module")
def index(tmp_path_factory, tiny_context_encoder):
    """An index of two rasters of the same pixels, of summer and winter."""
    folder = tmp_path_factory.mktemp("Jahreszeiten")
    for name, moment in (("summer", "2023-07-14T10:00:00Z"), ("winter", "2023-01-14T10:00:00Z")):
        path = write_patchwork(folder / "imagery" / f"{name}.tif", 256)
        properties = {"datetime": moment, "platform": "landsat-8"}
        item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
        path.with_suffix(".json").write_text(json.dumps(item))
    arguments = ["--index", folder / "i.gpkg", "--encoder", tiny_context_encoder]
    status = cli.main(
        list(map(str, ["index", folder / "imagery", *arguments, "--tile-size", 64, "--json"]))
    )
    assert status == 0
    return folder / "i.gpkg"


def search(capsys, *arguments):
    capsys.readouterr()
    status = cli.main([str(argument) for argument in ("search", *arguments, "--json")])
    out, err = capsys.readouterr()
    return (json.loads(out) if status == 0 else err), status


def months(hits):
    return [datetime.fromisoformat(hit["acquired"][:10]).month for hit in hits]


def test_search_by_region_with_context(index, capsys):
    imagery = index.parent / "imagery"
    region = ["--region", "POINT (500096 5599904)", "--crs", "EPSG:32632"]
    for name, month in (("summer", 7), ("winter", 1)):
        options = ["--index", index, *region, "--source", imagery / f"{name}.tif", "--limit", 60]
        plain, _ = search(capsys, *options)
        found, status = search(capsys, *options, "--context")
        assert status == 0
        # the example's own tile is no hit, so the other season has one more of its kind
        same = [months([h])[0] == month for h in found["hits"]]
        assert found["hits"] != plain["hits"]
        assert same[0]
        assert sum(same[: len(same) // 2]) > sum(same[len(same) // 2 :])


def test_a_description_without_filters_is_told_what_it_lacks(index, capsys):
    found, _ = search(capsys, "--index", index, "--text", "forest", "--context")
    assert any("without context" in note for note in found["notes"])
    found, _ = search(
        capsys,
        *("--index", index, "--text", "forest", "--context", "--within"),
        "POLYGON ((8 50, 10 50, 10 51, 8 51, 8 50))",
        *("--after", "2023-06-01", "--before", "2023-09-01"),
    )
    assert set(months(found["hits"])) == {7}
    assert not any("without context" in note for note in found["notes"])


def test_an_index_without_context_says_so(patchwork_index, capsys):
    error, status = search(capsys, "--index", patchwork_index, "--tile", 1, "--context")
    assert status == 1
    assert "does not hold when, where and by what its tiles were taken" in error
    assert "Search without context" in error


def test_over_the_link(index, patchwork_index, tmp_path):
    with EngineProcess(tmp_path / "engine.log") as engine:
        assert engine.call("index.info", {"index": str(index)})["context"] is True
        assert engine.call("index.info", {"index": str(patchwork_index)})["context"] is False
        params = {"index": str(index), "tiles": [1], "context": True}
        hits = engine.call("search", params)["hits"]
        assert Path(hits[0]["source"]).stem == "summer"
        request = engine.send("search", {**params, "context": "yes"})
        assert "'context' is true or false" in engine.answer(request)["error"]["message"]
        request = engine.send("search", {**params, "index": str(patchwork_index)})
        error = engine.answer(request)["error"]
        assert "does not hold when" in error["message"]
