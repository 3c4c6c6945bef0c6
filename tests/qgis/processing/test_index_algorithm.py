import json
from pathlib import Path

import pytest


@pytest.fixture
def algorithm(worker):
    from scene_search.processing.index import IndexAlgorithm

    return IndexAlgorithm()


def test_a_folder_is_indexed_with_the_defaults(algorithm, worker, run, raster_file, tmp_path):
    index = tmp_path / "my index.gpkg"
    results, ok = run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(index)})
    assert ok
    assert worker.params_of("index.build") == {
        "index": str(index),
        "paths": [str(raster_file.parent)],
        "encoder": None,
        "tile_size": None,
        "scales": None,
        "overlap": None,
        "remove_missing": False,
    }
    assert results["INDEX"] == str(index)
    assert (results["TILES"], results["SOURCES"], results["SKIPPED"]) == (120, 3, 1)
    assert results["TILES_PER_SECOND"] == 60.0
    assert results["PROVIDER"] == "CPUExecutionProvider"


def test_options_reach_the_engine(algorithm, worker, run, raster_file, tmp_path):
    parameters = {
        "FOLDER": str(raster_file.parent),
        "INDEX": str(tmp_path / "x.gpkg"),
        "TILE_SIZE": 128,
        "SCALES": "4, 1,2",
        "OVERLAP": 0.5,
        "ENCODER": str(tmp_path),
        "REMOVE_MISSING": True,
    }
    run(algorithm, parameters)
    params = worker.params_of("index.build")
    assert params["tile_size"] == 128.0
    assert params["scales"] == [1, 2, 4]
    assert params["overlap"] == 0.5
    assert params["encoder"] == str(tmp_path)
    assert params["remove_missing"] is True


def test_a_name_without_suffix_becomes_a_geopackage(algorithm, worker, run, raster_file, tmp_path):
    index = tmp_path / "index.v2"
    run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(index)})
    assert worker.params_of("index.build")["index"] == f"{index}.gpkg"


def test_file_layers_are_given_as_files(algorithm, worker, run, raster_file, tmp_path):
    from qgis.core import QgsRasterLayer

    layer = QgsRasterLayer(str(raster_file), "port")
    run(algorithm, {"LAYERS": [layer], "INDEX": str(tmp_path / "x.gpkg")})
    assert worker.params_of("index.build")["paths"] == [str(raster_file)]


def test_a_layer_that_is_no_file_is_rendered_beside_the_index(
    algorithm, worker, run, raster_file, tmp_path
):
    from osgeo import gdal
    from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer

    layer = QgsRasterLayer(str(raster_file), "moved/port ä")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))
    index = tmp_path / "x.gpkg"
    _, ok = run(algorithm, {"LAYERS": [layer], "INDEX": str(index)})
    assert ok
    (path,) = map(Path, worker.params_of("index.build")["paths"])
    assert path.parent == tmp_path / "x_rendered"
    assert path.name.startswith("moved_port_ä_")
    dataset = gdal.Open(str(path))
    assert (dataset.RasterXSize, dataset.RasterYSize) == (64, 64)
    assert dataset.ReadRaster(32, 32, 1, 1) == bytes([60, 120, 180, 255])


def test_a_web_layer_without_a_pixel_size_says_what_is_missing(
    algorithm, run, listener, tmp_path, worker
):
    from qgis.core import QgsRasterLayer

    layer = QgsRasterLayer("type=xyz&url=file:///nowhere/{z}/{x}/{y}.png", "web map", "wms")
    _, ok = run(algorithm, {"LAYERS": [layer], "INDEX": str(tmp_path / "x.gpkg")})
    assert not ok
    assert "pixel size is unknown" in listener.errors[0]
    assert "Advanced Parameters" in listener.errors[0]
    assert worker.calls == []


def test_skipped_images_are_told_with_the_reason(algorithm, run, listener, raster_file, tmp_path):
    run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")})
    assert listener.warnings == ["Skipped /imagery/<odd>.tif: It has no CRS"]
    assert "120 tiles of 3 images in 2.0 s (CPUExecutionProvider)" in listener.messages


def test_an_unused_graphics_card_is_told(algorithm, worker, run, listener, raster_file, tmp_path):
    worker.answers["index.build"]["provider_note"] = "CUDA 12 is missing"
    run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")})
    assert "CUDA 12 is missing" in listener.warnings


def test_an_index_without_a_tile_is_a_failure(
    algorithm, worker, run, listener, raster_file, tmp_path
):
    problems = [{"path": "/a.tif", "reason": "It is empty"}, {"path": "/b.tif", "reason": "No CRS"}]
    worker.answers["index.build"] |= {"tiles": 0, "sources": 0, "skipped": problems}
    page = tmp_path / "report.html"
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")}
    _, ok = run(algorithm, {**parameters, "REPORT": str(page)})
    assert not ok
    assert listener.errors == ["Nothing could be indexed: It is empty (and 1 more)"]
    assert "No CRS" in page.read_text(encoding="utf-8")


def test_report_as_json(algorithm, run, raster_file, tmp_path):
    report = tmp_path / "report.json"
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")}
    results, _ = run(algorithm, {**parameters, "REPORT": str(report)})
    assert results["REPORT"] == str(report)
    facts = json.loads(report.read_text(encoding="utf-8"))
    assert facts["tiles"] == 120
    assert facts["skipped"][0]["reason"] == "It has no CRS"


def test_report_as_a_page_escapes_file_names(algorithm, run, raster_file, tmp_path):
    report = tmp_path / "report.html"
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")}
    run(algorithm, {**parameters, "REPORT": str(report)})
    page = report.read_text(encoding="utf-8")
    assert "120 tiles of 3 images" in page
    assert "/imagery/&lt;odd&gt;.tif" in page
    assert "<odd>" not in page


@pytest.mark.parametrize("name", ["report.json", "report.html"])
def test_a_report_tells_of_file_names_that_are_no_text(
    algorithm, worker, run, raster_file, tmp_path, name
):
    odd = "/imagery/caf\udce9.tif"  # Latin-1 on a disk, as Python and the engine give it
    worker.answers["index.build"]["skipped"] = [{"path": odd, "reason": "It has no CRS"}]
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")}
    _, ok = run(algorithm, {**parameters, "REPORT": str(tmp_path / name)})
    assert ok
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert r"/imagery/caf\udce9.tif" in text
    if name.endswith("json"):
        assert json.loads(text)["skipped"][0]["path"] == odd


def test_a_report_that_cannot_be_written_says_so(algorithm, run, listener, raster_file, tmp_path):
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")}
    _, ok = run(algorithm, {**parameters, "REPORT": str(tmp_path / "no" / "report.html")})
    assert not ok
    assert "the index itself is complete" in listener.errors[0]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "No imagery: choose a folder or raster layers"),
        ({"FOLDER": "/x", "SCALES": "1,half"}, "Scales are whole numbers from 1 to 64"),
        ({"FOLDER": "/x", "SCALES": "0"}, "Scales are whole numbers from 1 to 64"),
    ],
)
def test_bad_parameters_are_told_before_anything_runs(algorithm, tmp_path, parameters, message):
    from qgis.core import QgsProcessingContext

    parameters = {**parameters, "INDEX": str(tmp_path / "x.gpkg")}
    valid, told = algorithm.create().checkParameterValues(parameters, QgsProcessingContext())
    assert not valid
    assert message in told


def test_progress_reaches_the_toolbox(algorithm, worker, run, listener, raster_file, tmp_path):
    report = worker.answers["index.build"]

    def build(params, progress, is_cancelled):
        progress({"done": 30, "total": 120, "unit": "tiles", "rate": 60.0, "message": "a.tif"})
        return report

    worker.answers["index.build"] = build
    run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")})
    assert "30 of 120 tiles, 60 a second: a.tif" in listener.texts
    assert listener.feedback.progress() == 25


def test_cancelling_is_no_error_and_keeps_what_was_done(
    algorithm, worker, run, listener, raster_file, tmp_path
):
    from scene_search.engine_link.errors import EngineCancelledError

    def cancel(params, progress, is_cancelled):
        listener.feedback.cancel()
        raise EngineCancelledError()

    worker.answers["index.build"] = cancel
    _, ok = run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": str(tmp_path / "x.gpkg")})
    assert ok
    assert "Cancelled. What was written before is kept." in listener.messages


@pytest.mark.parametrize("name", ["/", ".", "C:", "x" * 300])
def test_what_names_no_index_is_answered_in_words(
    algorithm, worker, run, listener, raster_file, name
):
    _, ok = run(algorithm, {"FOLDER": str(raster_file.parent), "INDEX": name})
    assert not ok
    assert "Traceback" not in "".join(listener.errors)
    assert "folder" in listener.errors[-1] or "too long" in listener.errors[-1]
    assert worker.calls == []
