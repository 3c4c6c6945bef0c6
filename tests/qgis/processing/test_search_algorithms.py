import pytest
from processing_support import hit


@pytest.fixture
def by_text(worker):
    from scene_search.processing.search_by_text import SearchByTextAlgorithm

    return SearchByTextAlgorithm()


@pytest.fixture
def by_image(worker):
    from scene_search.processing.search_by_image import SearchByImageAlgorithm

    return SearchByImageAlgorithm()


@pytest.fixture
def by_region(worker):
    from scene_search.processing.search_by_region import SearchByRegionAlgorithm

    return SearchByRegionAlgorithm()


def open_hits(path):
    from qgis.core import QgsVectorLayer

    layer = QgsVectorLayer(str(path), "hits", "ogr")
    assert layer.isValid()
    return layer


def test_hits_become_features_with_all_attributes(by_text, run, index_file, tmp_path):
    output = tmp_path / "hits.gpkg"
    results, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "a port", "OUTPUT": str(output)})
    assert ok
    assert results["HITS"] == 2
    assert results["BEST_SCORE"] == pytest.approx(0.9)
    assert results["MILLISECONDS"] == 1.5
    layer = open_hits(output)
    assert layer.crs().authid() == "EPSG:4326"
    first, second = sorted(layer.getFeatures(), key=lambda feature: feature["rank"])
    assert (first["rank"], first["score"], first["hamming"], first["tile"]) == (1, 0.9, 2, 101)
    assert first["source"] == "/imagery/port.tif"
    assert first["acquired"].toString("yyyy-MM-dd") == "2021-07-14"
    assert first["scale"] == 1.0
    assert first.geometry().boundingBox().toString(2) == "12.00,45.00 : 12.01,45.01"
    assert second["rank"] == 2


def test_fields_are_those_of_the_dock(qgis_app):
    from scene_search.layers.hit_features import hit_fields
    from scene_search.layers.hits_layer import build_hits_layer

    dock = build_hits_layer([], "x").fields()
    own = hit_fields()
    assert [(f.name(), f.type()) for f in own] == [(f.name(), f.type()) for f in dock]


def test_long_paths_are_kept_whole(by_text, worker, run, index_file, tmp_path):
    source = "/imagery/" + "ordner-äöü/" * 40 + "port.tif"
    worker.answers["search"]["hits"] = [hit(1, 0.5, source=source)]
    output = tmp_path / "hits.gpkg"
    run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
    (feature,) = open_hits(output).getFeatures()
    assert feature["source"] == source


def test_no_hits_leave_an_empty_layer(by_text, worker, run, index_file, tmp_path):
    worker.answers["search"] = {"hits": [], "milliseconds": 0.1, "notes": ["No tile is left"]}
    output = tmp_path / "hits.gpkg"
    results, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
    assert ok
    assert (results["HITS"], results["BEST_SCORE"]) == (0, None)
    assert open_hits(output).featureCount() == 0


def test_notes_of_the_engine_are_shown(by_text, worker, run, listener, index_file):
    worker.answers["search"]["notes"] = ["3 tiles lie in images that are gone"]
    run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": "memory:"})
    assert listener.warnings == ["3 tiles lie in images that are gone"]


def test_a_tile_over_the_date_line_stays_in_two_parts(by_text, worker, run, index_file, tmp_path):
    ring = [[179.9, 0], [180, 0], [180, 1], [179.9, 0]]
    other = [[-180, 0], [-179.9, 0], [-180, 1], [-180, 0]]
    geometry = {"type": "MultiPolygon", "coordinates": [[ring], [other]]}
    worker.answers["search"]["hits"] = [hit(1, 0.5, geometry=geometry, acquired=None)]
    output = tmp_path / "hits.gpkg"
    run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
    (feature,) = open_hits(output).getFeatures()
    assert len(feature.geometry().asGeometryCollection()) == 2
    assert not feature["acquired"]


def test_filters_reach_the_engine(by_text, worker, run, index_file):
    run(
        by_text,
        {
            "INDEX": str(index_file),
            "TEXT": "a port",
            "LIMIT": 7,
            "WITHIN": "12,13,45,46 [EPSG:4326]",
            "AFTER": "2020-01-31",
            "BEFORE": "2021-12-01",
            "SENSOR": " Sentinel-2 ",
            "COARSEST": 10,
            "OUTPUT": "memory:",
        },
    )
    params = worker.params_of("search")
    assert params["texts"] == ["a port"]
    assert params["limit"] == 7
    assert params["within"]["crs"] == "EPSG:4326"
    assert params["within"]["wkt"].startswith("Polygon ((12 45")
    assert (params["after"], params["before"]) == ("2020-01-31", "2021-12-01")
    assert params["sensor"] == "Sentinel-2"
    assert params["gsd"] == [None, 10.0]


def test_without_filters_nothing_is_filtered(by_text, worker, run, index_file):
    run(by_text, {"INDEX": str(index_file), "TEXT": "a port", "OUTPUT": "memory:"})
    params = worker.params_of("search")
    assert params["limit"] == 50
    for name in ("within", "after", "before", "sensor", "gsd"):
        assert params[name] is None
    assert params["context"] is False


def test_context_is_asked_for(by_text, worker, run, index_file):
    parameters = {"INDEX": str(index_file), "TEXT": "a port", "CONTEXT": True, "OUTPUT": "memory:"}
    run(by_text, parameters)
    assert worker.params_of("search")["context"] is True


def test_re_ranking_is_asked_for_and_its_match_written(by_text, worker, run, index_file, tmp_path):
    index = str(index_file)
    run(by_text, {"INDEX": index, "TEXT": "a port", "OUTPUT": "memory:"})
    assert worker.params_of("search")["rerank"] is False
    worker.calls.clear()
    worker.answers["search"]["hits"] = [hit(1, 0.5, match=0.75), hit(2, 0.6, match=None)]
    output = tmp_path / "hits.gpkg"
    _, ok = run(by_text, {"INDEX": index, "TEXT": "x", "RERANK": True, "OUTPUT": str(output)})
    assert ok
    assert worker.params_of("search")["rerank"] is True
    first, second = sorted(open_hits(output).getFeatures(), key=lambda feature: feature["rank"])
    assert first["match"] == 0.75
    assert not second["match"]


def test_errors_of_the_engine_say_what_to_do(by_text, worker, run, listener, index_file):
    from scene_search.engine_link.errors import EngineCallError

    worker.answers["search"] = EngineCallError("The text is empty", "Type what to look for")
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "  x", "OUTPUT": "memory:"})
    assert not ok
    assert listener.errors == ["The text is empty. Type what to look for"]


def test_a_missing_engine_says_how_to_set_it_up(by_text, run, listener, index_file, monkeypatch):
    from scene_search.engine_link import session
    from scene_search.engine_link.errors import EngineNotInstalledError

    def none():
        raise EngineNotInstalledError()

    monkeypatch.setattr(session, "engine", none)
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": "memory:"})
    assert not ok
    assert "Set up the engine" in listener.errors[0]


def test_a_failed_search_leaves_no_output(by_text, worker, run, index_file, tmp_path):
    from scene_search.engine_link.errors import EngineCallError

    worker.answers["search"] = EngineCallError("broken")
    output = tmp_path / "hits.gpkg"
    run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
    assert not output.exists()


def test_cancel_is_no_error(by_text, worker, run, listener, index_file):
    from scene_search.engine_link.errors import EngineCancelledError

    def cancel(params, progress, is_cancelled):
        listener.feedback.cancel()
        assert is_cancelled()
        raise EngineCancelledError()

    worker.answers["search"] = cancel
    results, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": "memory:"})
    assert ok
    assert "HITS" not in results
    assert listener.errors == []


def test_loaded_hits_are_styled_and_named(by_text, worker, index_file, listener, qgis_app):
    from qgis.core import QgsProcessingContext, QgsProcessingUtils, QgsProject

    project = QgsProject()
    context = QgsProcessingContext()
    context.setProject(project)
    parameters = {"INDEX": str(index_file), "TEXT": "a port", "OUTPUT": "memory:"}
    algorithm = by_text.create()
    sink = algorithm.parameterDefinition("OUTPUT")
    from qgis.core import QgsProcessingOutputLayerDefinition

    parameters[sink.name()] = QgsProcessingOutputLayerDefinition("memory:", project)
    results, ok = algorithm.run(parameters, context, listener.feedback)
    assert ok
    layer_id = results["OUTPUT"]
    details = context.layerToLoadOnCompletionDetails(layer_id)
    assert details.name == "a port"
    layer = QgsProcessingUtils.mapLayerFromString(layer_id, context)
    details.postProcessor().postProcessLayer(layer, context, listener.feedback)
    assert layer.renderer().type() == "graduatedSymbol"
    assert layer.renderer().classAttribute() == "score"


def test_an_image_is_sent_by_its_whole_path(by_image, worker, run, index_file, raster_file):
    run(by_image, {"INDEX": str(index_file), "IMAGE": str(raster_file), "OUTPUT": "memory:"})
    assert worker.params_of("search")["images"] == [str(raster_file)]


def test_a_region_asks_for_nothing_else(by_region, worker, run, index_file):
    point = "12.5,45.5 [EPSG:4326]"
    run(by_region, {"INDEX": str(index_file), "POINT": point, "OUTPUT": "memory:"})
    assert worker.params_of("search")["regions"] == [
        {"wkt": "Point (12.5 45.5)", "crs": "EPSG:4326", "source": None}
    ]


def test_a_search_without_a_region_is_refused_before_it_runs(by_region, index_file, qgis_app):
    from qgis.core import QgsProcessingContext

    parameters = {"INDEX": str(index_file), "OUTPUT": "memory:"}
    valid, message = by_region.create().checkParameterValues(parameters, QgsProcessingContext())
    assert not valid
    assert message == "No region: choose a layer of regions, an area or a point"


def test_a_geometry_that_is_none_says_how_to_write_it(by_region, index_file, qgis_app):
    from qgis.core import QgsProcessingContext

    def check(geometry):
        parameters = {"INDEX": str(index_file), "OUTPUT": "memory:", "GEOMETRY": geometry}
        return by_region.create().checkParameterValues(parameters, QgsProcessingContext())

    valid, message = check("EPSG:4326;POINT(12.3 45.4)")
    assert not valid
    assert "CRS=EPSG:32633;POLYGON" in message
    assert check("CRS=EPSG:4326;POINT(12.3 45.4)")[0]
    assert "CRS=EPSG:4326;POINT(12.3 45.4)" in by_region.shortHelpString()


def test_an_empty_text_is_refused_before_anything_runs(by_text, index_file, qgis_app):
    from qgis.core import QgsProcessingContext

    parameters = {"INDEX": str(index_file), "TEXT": "  ", "OUTPUT": "memory:"}
    valid, message = by_text.create().checkParameterValues(parameters, QgsProcessingContext())
    assert not valid
    assert "Describe the scene" in message


def test_an_output_that_cannot_be_written_says_what_to_do(
    by_text, worker, run, listener, index_file, tmp_path
):
    output = tmp_path / "missing folder" / "hits.gpkg"
    output.parent.touch()  # a file where the folder should be
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
    assert not ok
    assert "The hits cannot be written" in listener.errors[0]
    assert "Choose a file in a folder that you may write to" in listener.errors[0]


def test_pages_of_sql_are_cut_to_their_ends(qgis_app):
    from scene_search.processing.hits_output import output_error

    text = str(output_error("no layer: " + "CREATE TABLE x; " * 200 + "disk is full"))
    assert "no layer" in text
    assert "disk is full" in text
    assert len(text) < 500


def test_a_file_layer_is_named_as_the_source(by_region, worker, run, index_file, raster_file):
    from qgis.core import QgsRasterLayer

    layer = QgsRasterLayer(str(raster_file), "port")
    point = "300064,4999936 [EPSG:32633]"
    parameters = {"INDEX": str(index_file), "POINT": point, "OUTPUT": "memory:"}
    run(by_region, {**parameters, "IMAGE_LAYER": layer})
    assert worker.params_of("search")["regions"][0]["source"] == str(raster_file)
    assert [name for name, _ in worker.calls] == ["search"]


def test_a_layer_that_is_no_file_is_rendered(by_region, worker, run, index_file, raster_file):
    from osgeo import gdal
    from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer

    layer = QgsRasterLayer(str(raster_file), "moved")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:32632"))  # so that it has to be rendered
    point = "300064,4999936 [EPSG:32632]"
    parameters = {"INDEX": str(index_file), "POINT": point, "OUTPUT": "memory:"}
    _, ok = run(by_region, {**parameters, "IMAGE_LAYER": layer})
    assert ok
    source = worker.params_of("search")["regions"][0]["source"]
    assert source != str(raster_file)
    dataset = gdal.Open(source)
    assert dataset.RasterCount == 4
    # the picture is a tile and its margin wide, in the index's resolution, and shows the layer
    assert dataset.GetGeoTransform()[1] == pytest.approx(64 / 256, rel=1e-3)
    middle = dataset.ReadRaster(dataset.RasterXSize // 2, dataset.RasterYSize // 2, 1, 1)
    assert middle == bytes([60, 120, 180, 255])


def test_dock_and_processing_have_the_limit_of_the_engine(by_text, profile):
    from scene_search.gui.search.query_section import QuerySection
    from scene_search.hit_limits import DEFAULT_HITS, MAX_HITS

    by_text.initAlgorithm()
    parameter = by_text.parameterDefinition("LIMIT")
    assert (parameter.minimum(), parameter.maximum()) == (1, MAX_HITS)
    assert parameter.defaultValue() == DEFAULT_HITS
    section = QuerySection()
    assert (section.limit.minimum(), section.limit.maximum()) == (1, MAX_HITS)
    assert section.limit.value() == DEFAULT_HITS
    section.deleteLater()


@pytest.mark.parametrize("which", ["image", "region"])
def test_the_balance_of_meaning_and_look_reaches_the_engine(
    by_image, by_region, worker, run, index_file, tmp_path, which
):
    picture = tmp_path / "example.png"
    picture.write_bytes(b"")
    algorithm, asked = {
        "image": (by_image, {"IMAGE": str(picture)}),
        "region": (by_region, {"POINT": "12.5,45.5 [EPSG:4326]"}),
    }[which]
    common = {"INDEX": str(index_file), "OUTPUT": "memory:", **asked}
    run(algorithm, {**common, "LIKENESS": 0.25})
    run(algorithm, common)
    balanced, plain = (params for name, params in worker.calls if name == "search")
    assert balanced["likeness"] == 0.25
    assert plain["likeness"] is None


def test_the_index_of_the_dock_is_offered(by_text, index_file, qgis_app):
    from qgis.core import QgsProject
    from scene_search.layers.project_index import index_of_project, remember_index
    from scene_search.processing.train_encoder import TrainEncoderAlgorithm

    project = QgsProject.instance()
    remember_index(project, index_file)
    try:
        assert index_of_project(project) == index_file
        for algorithm in (by_text, TrainEncoderAlgorithm()):
            made = algorithm.create()
            assert made.parameterDefinition("INDEX").defaultValue() == str(index_file)
        remember_index(project, index_file.with_name("gone.gpkg"))
        assert by_text.create().parameterDefinition("INDEX").defaultValue() is None
    finally:
        project.clear()
    assert by_text.create().parameterDefinition("INDEX").defaultValue() is None
