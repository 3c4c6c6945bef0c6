"""The server at work: building, searching meanwhile, cancelling, being killed."""

import json
import os
import shutil
import signal
import time
from pathlib import Path

import pytest
from PIL import Image
from scene_search.engine.index.tile_index import TileIndex

from tests.support.engine_process import EngineProcess
from tests.support.patchwork import write_patchwork


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with EngineProcess(tmp_path_factory.mktemp("engine") / "engine.log") as process:
        process.call("engine.info")
        yield process


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A raster of 576 tiles."""
    return write_patchwork(tmp_path_factory.mktemp("großes Bild") / "a.tif", 1536, patch=128)


def build_params(index, *paths, encoder, **more):
    return {
        "index": str(index),
        "paths": [str(path) for path in paths],
        "encoder": str(encoder),
        "tile_size": 64,
        "scales": [1],
        "overlap": 0.0,
        "remove_missing": True,
        **more,
    }


def test_building_reports_progress_and_what_it_did(engine, tmp_path, tiny_encoder):
    write_patchwork(tmp_path / "imagery" / "a.tif", 512)
    (tmp_path / "imagery" / "b.tif").write_text("none", "utf-8")
    index = tmp_path / "i.gpkg"
    request = engine.send(
        "index.build", build_params(index, tmp_path / "imagery", encoder=tiny_encoder)
    )
    report = engine.answer(request)["result"]
    assert (report["tiles"], report["added"], len(report["skipped"])) == (64, 1, 1)
    values = [
        message["params"]["value"]
        for message in engine.messages
        if message.get("method") == "$/progress" and message["params"]["token"] == request
    ]
    tiles = [value for value in values if value["unit"] == "tiles"]
    assert tiles[-1]["done"] == tiles[-1]["total"] == 64
    assert set(tiles[0]) == {"done", "total", "unit", "message", "rate", "remaining_seconds"}

    info = engine.call("index.info", {"index": str(index)})
    assert (info["tiles"], info["sources"], info["text"]) == (64, 1, True)
    assert (info["tile_size"], info["scales"], info["overlap"]) == (64.0, [1.0], 0.0)
    assert info["encoder"]["matches"] is True
    west, south, east, north = info["extent"]
    assert 8.9 < west < east < 9.1
    assert 50 < south < north < 51

    sources = engine.call("index.sources", {"index": str(index)})["sources"]
    assert {(Path(s["path"]).name, s["state"], s["tiles"]) for s in sources} == {
        ("a.tif", "complete", 64),
        ("b.tif", "skipped", 0),
    }
    ids = [source["id"] for source in sources]
    assert engine.call("index.remove", {"index": str(index), "sources": ids})["removed"] == 2
    assert engine.call("index.info", {"index": str(index)})["tiles"] == 0


def test_searching(engine, patchwork_index):
    params = {"index": str(patchwork_index), "texts": ["water"], "limit": 4}
    answer = engine.call("search", params)
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2, 3, 4]
    assert answer["milliseconds"] > 0
    region = {"wkt": "POINT (500100 5599900)", "crs": "EPSG:32632", "source": None}
    answer = engine.call(
        "search",
        {
            **params,
            "regions": [region],
            "tiles": [3],
            "images": [],
            "not_tiles": [9],
            "within": {"wkt": "POLYGON ((8 50, 8 51, 10 51, 10 50, 8 50))", "crs": "EPSG:4326"},
            "after": "2024-01-01",
            "before": None,
            "sensor": None,
            "gsd": [None, 2.0],
        },
    )
    assert len(answer["hits"]) == 4
    assert {Path(hit["source"]).stem for hit in answer["hits"]} == {"first 20240531"}


@pytest.mark.parametrize(
    ("method", "params", "code", "words"),
    [
        ("search", {"texts": ["a"]}, -32602, "'index' is missing"),
        ("search", {"index": "INDEX", "text": "a"}, -32602, "'text'"),
        ("search", {"index": "INDEX", "texts": "a"}, -32602, "'texts' is a list"),
        ("search", {"index": "INDEX", "regions": [{"crs": "x"}]}, -32602, "'regions[0].wkt'"),
        ("search", {"index": "INDEX"}, -32004, "nothing to look for"),
        ("search", {"index": "INDEX", "texts": [""]}, -32004, "is empty"),
        ("search", {"index": "INDEX", "texts": ["x" * 10_000]}, -32004, "10,000 characters"),
        ("search", {"index": "INDEX", "tiles": [99_999]}, -32004, "99"),
        ("search", {"index": "INDEX", "texts": ["a"], "limit": 0}, -32001, "0 hits"),
        ("search", {"index": "INDEX", "texts": ["a"], "after": "soon"}, -32001, "no date"),
        ("search", {"index": "INDEX", "regions": [{"wkt": "POINT (80 9)"}]}, -32003, "No indexed"),
        ("search", {"index": "/none.gpkg", "texts": ["a"]}, -32005, "does not exist"),
        ("index.info", {"index": "/none.gpkg"}, -32005, "does not exist"),
        ("index.build", {"index": "/i.gpkg", "paths": ["/none"], "encoder": "/none"}, -32007, "no"),
        ("thumbnails", {"index": "INDEX", "tiles": [1]}, -32602, "'directory' is missing"),
    ],
)
def test_bad_requests_say_what_is_wrong(engine, patchwork_index, method, params, code, words):
    if params.get("index") == "INDEX":
        params = {**params, "index": str(patchwork_index)}
    error = engine.fail(method, params)
    assert (error["code"], words in error["message"]) == (code, True), error
    assert error["data"]["type"]
    assert code == -32602 or error["data"]["hint"]


def test_cancelling_a_build_takes_less_than_a_second_and_leaves_a_valid_index(
    engine, tmp_path, large, tiny_encoder
):
    index = tmp_path / "i.gpkg"
    request = engine.send("index.build", build_params(index, large, encoder=tiny_encoder))
    wait_for_tiles(index, 16)
    sent = time.monotonic()
    engine.cancel(request)
    error = engine.answer(request, timeout=5)["error"]
    assert time.monotonic() - sent < 1
    assert (error["code"], error["data"]["type"]) == (-32800, "CancelledError")
    with TileIndex.open(index, read_only=True) as opened:
        kept = opened.tile_count()
        assert len(opened.load_codes()) == kept
        assert [source.state for source in opened.sources()] == ["indexing"]
    assert 16 <= kept < 576
    report = engine.call("index.build", build_params(index, large, encoder=tiny_encoder))
    assert (report["tiles"], report["resumed"]) == (576, 1)
    assert report["tiles_added"] == 576 - kept


def test_searches_are_answered_while_building_and_see_what_is_written(
    engine, tmp_path, large, tiny_encoder
):
    index = tmp_path / "i.gpkg"
    request = engine.send("index.build", build_params(index, large, encoder=tiny_encoder))
    wait_for_tiles(index, 16)
    counts = []
    for _ in range(5):
        started = time.monotonic()
        answer = engine.call(
            "search", {"index": str(index), "texts": ["water"], "limit": 1000}, timeout=10
        )
        assert time.monotonic() - started < 5
        assert any("not finished" in note for note in answer["notes"])
        counts.append(engine.call("index.info", {"index": str(index)})["tiles"])
    second = engine.fail("index.build", build_params(index, large, encoder=tiny_encoder))
    assert "being indexed" in second["message"]
    engine.cancel(request)
    assert engine.answer(request)["error"]["code"] == -32800
    assert counts == sorted(counts)
    assert 0 < counts[0] <= counts[-1] < 576


def test_thumbnails_are_pictures_of_the_tiles(engine, tmp_path, patchwork_index):
    params = {
        "index": str(patchwork_index),
        "tiles": [1, 2, 70],
        "size": 48,
        "directory": str(tmp_path / "kleine Bilder"),
    }
    answer = engine.call("thumbnails", params)
    assert answer["missing"] == {}
    assert set(answer["paths"]) == {"1", "2", "70"}
    for path in answer["paths"].values():
        with Image.open(path) as picture:
            assert (picture.size, picture.format) == ((48, 48), "PNG")
    assert len(set(answer["paths"].values())) == 3


def test_doctor(engine):
    answer = engine.call("doctor", {})
    assert "onnxruntime" in answer["report"]
    assert answer["facts"]["engine"]["protocol"] == 1


def test_encoders_are_listed(engine):
    for encoder in engine.call("encoder.list", {})["encoders"]:
        assert set(encoder) == {
            *("name", "path", "roles", "code_bits", "embedding_size", "summary")
        }


def test_an_index_that_is_replaced_is_opened_anew(engine, tmp_path, tiny_encoder):
    index = tmp_path / "i.gpkg"
    first = write_patchwork(tmp_path / "a.tif", 128)
    engine.call("index.build", build_params(index, first, encoder=tiny_encoder))
    assert engine.call("index.info", {"index": str(index)})["tiles"] == 4
    second = write_patchwork(tmp_path / "b.tif", 256)
    engine.call("index.build", build_params(tmp_path / "j.gpkg", second, encoder=tiny_encoder))
    shutil.move(tmp_path / "j.gpkg", index)
    assert engine.call("index.info", {"index": str(index)})["tiles"] == 16


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe stands for a share that is away")
def test_an_index_that_does_not_answer_holds_up_no_other(engine, tmp_path, patchwork_index):
    away = tmp_path / "away.gpkg"
    os.mkfifo(away)
    engine.call("index.info", {"index": str(patchwork_index)})
    hanging = [engine.send("index.info", {"index": str(away)}) for _ in range(9)]
    started = time.monotonic()
    assert engine.call("index.info", {"index": str(patchwork_index)})["tiles"] == 80
    assert time.monotonic() - started < 5
    engine.cancel(hanging[0])
    assert engine.answer(hanging[0], 1)["error"]["code"] == -32800
    for request in hanging[1:]:
        error = engine.answer(request, 20)["error"]
        assert "away.gpkg does not answer" in error["message"]
        assert "share is connected" in error["data"]["hint"]
    with away.open("wb"):  # the thread that waited in the system ends
        pass


def test_an_engine_killed_while_building_leaves_an_index_that_goes_on(
    tmp_path, large, tiny_encoder
):
    index = tmp_path / "i.gpkg"
    params = build_params(index, large, encoder=tiny_encoder)
    with EngineProcess(tmp_path / "first.log") as engine:
        engine.send("index.build", params)
        wait_for_tiles(index, 64)
        os.kill(engine.process.pid, signal.SIGKILL)
        engine.process.wait()
    with TileIndex.open(index, read_only=True) as opened:
        kept = opened.tile_count()
    with EngineProcess(tmp_path / "second.log") as engine:
        answer = engine.call("search", {"index": str(index), "texts": ["water"], "limit": 3})
        assert len(answer["hits"]) == 3
        report = engine.call("index.build", params)
    assert (report["tiles"], report["tiles_added"]) == (576, 576 - kept)


def test_a_parent_that_dies_while_building_leaves_no_engine_behind(tmp_path, large, tiny_encoder):
    index = tmp_path / "i.gpkg"
    with EngineProcess(tmp_path / "engine.log") as engine:
        engine.send("index.build", build_params(index, large, encoder=tiny_encoder))
        wait_for_tiles(index, 16)
        engine.process.stdin.close()  # what the system does when the parent dies
        assert engine.process.wait(8) == 0
    with TileIndex.open(index, read_only=True) as opened:
        assert opened.tile_count() == len(opened.load_codes())


def test_every_line_of_output_is_protocol(tmp_path, tiny_encoder):
    """Warnings of GDAL and whatever else native code prints land in the log."""
    folder = tmp_path / "imagery"
    write_patchwork(folder / "a.tif", 128)
    (folder / "b.tif").write_bytes((folder / "a.tif").read_bytes()[:3000])
    (folder / "c.jp2").write_bytes(b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(100))
    with EngineProcess(tmp_path / "engine.log") as engine:
        engine.call("index.build", build_params(tmp_path / "i.gpkg", folder, encoder=tiny_encoder))
        engine.call("doctor", {})
        engine.call("shutdown", {})
        engine.process.wait(10)
        while not engine.lines.empty():
            engine.next()
    for message in engine.messages:
        assert message["jsonrpc"] == "2.0"
        assert "\n" not in json.dumps(message)


def wait_for_tiles(index, count):
    """Wait until a build has committed some tiles."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if index.exists():
            with TileIndex.open(index, read_only=True) as opened:
                if opened.tile_count() >= count:
                    return
        time.sleep(0.02)
    raise AssertionError("the build did not begin")
