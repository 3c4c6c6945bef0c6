"""Exporting from the dock: an index is refused, other layers stay, replacing is asked for."""

import sqlite3
from contextlib import closing

import pytest


@pytest.fixture
def layer(qgis_app):
    from qgis.core import QgsGeometry
    from scene_search.layers.hit import Hit
    from scene_search.layers.hits_layer import build_hits_layer

    square = QgsGeometry.fromWkt("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))")
    hits = [Hit(rank, 1 / rank, 0, rank, "a.tif", square, "", 1.0) for rank in (1, 2, 3)]
    return build_hits_layer(hits, "ports")


@pytest.fixture
def export(layer, qgis_app, monkeypatch, tmp_path):
    """Export as the analyst does: ``export("hits.gpkg", replace=True) -> (told, error, asked)``."""
    from types import SimpleNamespace

    from qgis.core import QgsProject
    from qgis.PyQt.QtWidgets import QFileDialog, QMessageBox, QWidget
    from scene_search.gui.results.actions import ResultActions

    window = QWidget()
    actions = ResultActions(
        SimpleNamespace(layer=layer),
        SimpleNamespace(),
        QgsProject.instance(),
        lambda _hit: None,
        window,
    )

    def run(name, replace=None, kind="GeoPackage (*.gpkg)"):
        told, errors, asked = [], [], []
        actions.exported.connect(told.append)
        actions.failed.connect(lambda _what, error: errors.append(error.message))

        def answer(_parent, _title, text):
            asked.append(text)
            assert replace is not None, text
            buttons = QMessageBox.StandardButton
            return buttons.Yes if replace else buttons.No

        monkeypatch.setattr(
            QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(tmp_path / name), kind)
        )
        monkeypatch.setattr(QMessageBox, "question", answer)
        actions.export()
        actions.exported.disconnect()
        actions.failed.disconnect()
        return told, errors, asked

    yield run
    window.deleteLater()


def count(path, name):
    from qgis.core import QgsVectorLayer

    return QgsVectorLayer(f"{path}|layername={name}", "", "ogr").featureCount()


def write(layer, path, name):
    from qgis.core import QgsCoordinateTransformContext, QgsVectorFileWriter

    options = QgsVectorFileWriter.SaveVectorOptions()
    options.layerName = name
    QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), QgsCoordinateTransformContext(), options
    )


def test_an_index_is_refused(export, layer, tmp_path):
    index = tmp_path / "index.gpkg"
    write(layer, index, "tiles")
    with closing(sqlite3.connect(index)) as file:
        for table in ("sources", "index_info"):
            file.execute(f"CREATE TABLE {table} (a)")
        before = list(file.iterdump())
    (tmp_path / "link.csv").symlink_to(index)
    for name in ("index.gpkg", "index", "link.csv"):
        told, errors, asked = export(name)
        assert (told, asked) == ([], [])
        assert "is an index" in errors[0]
    with closing(sqlite3.connect(index)) as file:
        assert list(file.iterdump()) == before


def test_a_geopackage_keeps_its_layers(export, tmp_path):
    from qgis.core import QgsVectorLayer

    path = tmp_path / "parcels.gpkg"
    write(QgsVectorLayer("Polygon?crs=EPSG:4326&field=a:integer", "", "memory"), path, "parcels")
    told, errors, asked = export("parcels.gpkg")
    assert (errors, asked) == ([], [])  # nothing is lost, so nothing is asked
    assert told == [f"{path}, as the layer hits"]
    assert (count(path, "parcels"), count(path, "hits")) == (0, 3)
    assert export("parcels.gpkg", replace=False) == (
        *([], []),
        ["Replace the layer hits of parcels.gpkg?"],
    )
    told, _, _ = export("parcels.gpkg", replace=True)
    assert told
    assert (count(path, "parcels"), count(path, "hits")) == (0, 3)


def test_a_plain_file_is_replaced_when_that_is_wanted(export, tmp_path):
    path = tmp_path / "hits.csv"
    path.write_text("my table")
    assert export("hits.csv", replace=False) == ([], [], ["Replace hits.csv?"])
    assert path.read_text() == "my table"
    assert export("hits.csv", replace=True)[0] == [str(path)]
    assert path.read_text().count("\n") == 4
    assert export("new.geojson")[0] == [str(tmp_path / "new.geojson")]


def test_what_is_called_a_geopackage_and_is_none_is_left_alone(export, tmp_path):
    (tmp_path / "notes.gpkg").write_text("my notes")
    _, errors, _ = export("notes.gpkg")
    assert "no GeoPackage" in errors[0]
    assert (tmp_path / "notes.gpkg").read_text() == "my notes"
