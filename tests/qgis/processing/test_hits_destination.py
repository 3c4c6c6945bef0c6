"""Outputs that hold something already: an index is refused, other layers stay."""

import os
import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def by_text(worker):
    from scene_search.processing.search_by_text import SearchByTextAlgorithm

    return SearchByTextAlgorithm()


@pytest.fixture
def index(tmp_path):
    """A file with the tables by which an index is told, and a layer of tiles."""
    path = tmp_path / "Stadt ä.gpkg"
    add_layer(path, "tiles")
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE sources (a)")
        file.execute("CREATE TABLE index_info (a)")
    return path


@pytest.fixture
def mine(tmp_path):
    """An analyst's own layers."""
    path = tmp_path / "mine.gpkg"
    for name in ("parcels", "roads"):
        add_layer(path, name)
    return path


def add_layer(path, name, driver="GPKG"):
    from qgis.core import (
        QgsCoordinateTransformContext,
        QgsFeature,
        QgsGeometry,
        QgsVectorFileWriter,
        QgsVectorLayer,
    )

    layer = QgsVectorLayer("Polygon?crs=EPSG:4326&field=owner:integer", name, "memory")
    feature = QgsFeature(layer.fields())
    feature.setGeometry(QgsGeometry.fromWkt("POLYGON ((0 0, 1 0, 1 1, 0 0))"))
    feature.setAttributes([7])
    layer.dataProvider().addFeatures([feature])
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName, options.layerName = driver, name
    if path.exists():
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    error = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )
    assert error[0] == QgsVectorFileWriter.WriterError.NoError, error


def counts(path):
    from qgis.core import QgsProviderRegistry, QgsVectorLayer

    layers = QgsProviderRegistry.instance().querySublayers(str(path))
    return {layer.name(): QgsVectorLayer(layer.uri(), "", "ogr").featureCount() for layer in layers}


def bytes_of(path):
    """Return a file's content, its log folded in."""
    with closing(sqlite3.connect(path)) as file:
        return "\n".join(file.iterdump())


SPELLINGS = {
    "itself": "{folder}/{name}.gpkg",
    "without ending": "{folder}/{name}",
    "by a detour": "{folder}/./there/../{name}.gpkg",
    "relative": "{relative}/{name}.gpkg",
    "a link": "{folder}/link.gpkg",
    "a link, without ending": "{folder}/link",
    "a link of another kind": "{folder}/link.shp",
    "a hard link": "{folder}/hard.geojson",
    "a table": "ogr:dbname='{folder}/{name}.gpkg' table=\"tiles\" (geom)",
    "a new table": "ogr:dbname='{folder}/{name}.gpkg' table=\"hits\" (geom)",
    "a table through a link": "ogr:dbname='{folder}/link.gpkg' table=\"hits\" (geom)",
    "no table": "ogr:dbname='{folder}/{name}.gpkg'",
    "the provider": "ogr:{folder}/{name}.gpkg",
    "another provider": "spatialite:dbname='{folder}/{name}.gpkg' table=\"tiles\" (geom)",
    "a layer's source": "{folder}/{name}.gpkg|layername=tiles",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_an_index_is_written_to(by_text, worker, run, listener, index, spelling):
    folder = index.parent
    (folder / "there").mkdir()
    for name in ("link.gpkg", "link.shp"):
        (folder / name).symlink_to(index)
    os.link(index, folder / "hard.geojson")
    before = bytes_of(index)
    output = SPELLINGS[spelling].format(
        folder=folder, name=index.stem, relative=os.path.relpath(folder)
    )
    _, ok = run(by_text, {"INDEX": str(index), "TEXT": "x", "OUTPUT": output})
    assert not ok
    assert any("is an index" in error for error in listener.errors)
    assert worker.calls == []  # told before anything is searched
    assert bytes_of(index) == before


def test_another_index_is_no_place_either(by_text, run, listener, index, tmp_path, index_file):
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(index)})
    assert not ok
    assert "is an index" in listener.errors[-1]


def test_a_geopackage_keeps_its_other_layers(by_text, run, index_file, mine):
    parameters = {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(mine)}
    for _ in range(2):  # the second time, the hits of the first are replaced
        results, ok = run(by_text, parameters)
        assert ok
        assert counts(mine) == {"parcels": 1, "roads": 1, "mine": 2}
        from qgis.core import QgsVectorLayer

        assert QgsVectorLayer(results["OUTPUT"], "hits", "ogr").featureCount() == 2


def test_a_layer_called_as_the_file_stays(by_text, run, index_file, tmp_path):
    path = tmp_path / "parcels.gpkg"
    add_layer(path, "parcels")
    for output in (path, path.with_suffix(""), f"ogr:{path}"):
        _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(output)})
        assert ok
        assert counts(path) == {"parcels": 1, "hits": 2}


def test_one_layer_is_replaced_where_it_is_named(by_text, run, index_file, mine):
    output = f"ogr:dbname='{mine}' table=\"roads\" (geom)"
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": output})
    assert ok
    assert counts(mine) == {"parcels": 1, "roads": 2}


def test_definitions_and_expressions_are_looked_into(by_text, run, listener, index, mine):
    from qgis.core import QgsProcessingOutputLayerDefinition, QgsProperty

    parameters = {"INDEX": str(index), "TEXT": "x"}
    folder = str(index.parent)
    for path in (QgsProperty.fromExpression(f"'{folder}' || '/{index.name}'"), str(index)):
        for output in (path, QgsProcessingOutputLayerDefinition(path)):
            _, ok = run(by_text, {**parameters, "OUTPUT": output})
            assert not ok
            assert "is an index" in listener.errors[-1]
    definition = QgsProcessingOutputLayerDefinition(str(mine))
    definition.createOptions = {"fileEncoding": "UTF-8"}
    _, ok = run(by_text, {**parameters, "OUTPUT": definition})
    assert ok
    assert counts(mine) == {"parcels": 1, "roads": 1, "mine": 2}


def test_a_file_that_is_no_geopackage_is_not_replaced(by_text, run, listener, index_file, tmp_path):
    path = tmp_path / "notes.gpkg"
    path.write_text("my notes")
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(path)})
    assert not ok
    assert path.read_text() == "my notes"


def test_several_layers_of_another_format_are_not_replaced(
    by_text, run, listener, index_file, tmp_path
):
    path = tmp_path / "old.sqlite"
    for name in ("parcels", "roads"):
        add_layer(path, name, "SQLite")
    _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(path)})
    assert not ok
    assert "holds 2 layers" in listener.errors[-1]
    assert counts(path) == {"parcels": 1, "roads": 1}


def test_a_plain_file_is_replaced_as_always(by_text, run, index_file, tmp_path):
    path = tmp_path / "hits.geojson"
    for _ in range(2):
        _, ok = run(by_text, {"INDEX": str(index_file), "TEXT": "x", "OUTPUT": str(path)})
        assert ok
        assert counts(path) == {"hits": 2}


def test_a_report_does_not_replace_an_index(worker, run, listener, index, raster_file):
    from scene_search.processing.index import IndexAlgorithm

    before = bytes_of(index)
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(index.with_name("new.gpkg"))}
    _, ok = run(IndexAlgorithm(), {**parameters, "REPORT": str(index)})
    assert not ok
    assert "is an index" in listener.errors[-1]
    assert bytes_of(index) == before
    assert worker.calls == []


def test_a_report_does_not_replace_what_is_no_report(worker, run, listener, mine, raster_file):
    from scene_search.processing.index import IndexAlgorithm

    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(mine.with_name("new.gpkg"))}
    _, ok = run(IndexAlgorithm(), {**parameters, "REPORT": str(mine)})
    assert not ok
    assert "is no report" in listener.errors[-1]
    assert counts(mine) == {"parcels": 1, "roads": 1}
    report = mine.with_name("report.html")
    for _ in range(2):  # an earlier report is replaced
        _, ok = run(IndexAlgorithm(), {**parameters, "REPORT": str(report)})
        assert ok


def test_a_report_under_the_name_of_the_new_index(worker, run, listener, tmp_path, raster_file):
    """The index is there when the report is written, though it was not when the run began."""
    from scene_search.processing.index import IndexAlgorithm

    index = tmp_path / "new.gpkg"
    answer = worker.answers["index.build"]

    def build(*_arguments):
        index.write_text("the index")
        return answer

    worker.answers["index.build"] = build
    parameters = {"FOLDER": str(raster_file.parent), "INDEX": str(index), "REPORT": str(index)}
    _, ok = run(IndexAlgorithm(), parameters)
    assert not ok
    assert not index.exists() or index.read_text() == "the index"
