"""The dock and its searches: what is asked, what is shown, how list and map keep in step."""

from __future__ import annotations

import pytest


@pytest.fixture
def answered(open_dock, fake_engine, search_answer):
    open_dock.searching.ask_text("boats in a harbor")
    fake_engine.answer("search", search_answer())
    return open_dock


def test_enter_searches_for_the_text(open_dock, fake_engine, search_answer):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    box = open_dock.page.query.text
    open_dock.page.query.limit.setValue(7)
    QTest.keyClicks(box, "  boats in a harbor ")
    QTest.keyClick(box, Qt.Key.Key_Return)
    params = fake_engine.of("search")[-1].params
    assert params["texts"] == ["boats in a harbor"]
    assert params["limit"] == 7
    assert params["within"] is None
    assert open_dock.page.results.state.title == "Searching…"
    fake_engine.answer("search", search_answer())
    assert open_dock.page.results.shows_hits
    assert open_dock.page.results.title == "“boats in a harbor”"


def test_only_in_the_map_view(open_dock, fake_engine, iface):
    from qgis.core import QgsGeometry

    open_dock.page.query.in_view.setChecked(True)
    open_dock.searching.ask_text("boats")
    within = fake_engine.of("search")[-1].params["within"]
    assert within["crs"] == "EPSG:4326"
    box = QgsGeometry.fromWkt(within["wkt"]).boundingBox()
    assert box.toString(6) == iface.mapCanvas().extent().toString(6)


def test_a_region_on_a_file_layer_sends_its_path(open_dock, fake_engine, tmp_path, iface, region):
    layer, geometry = region
    open_dock.searching.ask_region(geometry, iface.mapCanvas().mapSettings().destinationCrs())
    (sent,) = fake_engine.of("search")[-1].params["regions"]
    assert sent["source"] == layer.source()
    assert sent["crs"] == "EPSG:4326"
    assert sent["wkt"].startswith("Polygon")


def test_a_region_on_a_rendered_layer_sends_a_snapshot(
    open_dock, fake_engine, iface, region, wait_until
):
    from osgeo import gdal
    from qgis.core import QgsCoordinateReferenceSystem

    layer, geometry = region
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:4258"))  # not what the file says
    open_dock.searching.ask_region(geometry, iface.mapCanvas().mapSettings().destinationCrs())
    assert not fake_engine.of("search")  # it is being rendered
    wait_until(lambda: bool(fake_engine.of("search")))
    (sent,) = fake_engine.of("search")[-1].params["regions"]
    assert sent["source"] != layer.source()
    picture = gdal.Open(sent["source"])
    assert picture.RasterCount == 4
    assert picture.GetGeoTransform()[1] == pytest.approx(250 / 256, rel=0.01)


def test_a_region_without_imagery_leaves_the_source_to_the_engine(open_dock, fake_engine, iface):
    from qgis.core import QgsGeometry

    crs = iface.mapCanvas().mapSettings().destinationCrs()
    open_dock.searching.ask_region(QgsGeometry.fromWkt("POINT(10.1 50.1)"), crs)
    (sent,) = fake_engine.of("search")[-1].params["regions"]
    assert sent["source"] is None


def test_a_new_question_cancels_the_old_and_its_late_answer_is_not_heard(
    open_dock, fake_engine, search_answer
):
    open_dock.searching.ask_text("first")
    first = fake_engine.of("search")[-1]
    open_dock.searching.ask_text("second")
    second = fake_engine.of("search")[-1]
    assert first.is_cancelled
    first.succeeded.emit(search_answer(3, first_tile=500))
    assert not open_dock.page.results.shows_hits
    second.succeeded.emit(search_answer(2))
    first.failed.emit(RuntimeError("late"))
    assert open_dock.page.results.title == "“second”"
    assert len(open_dock.page.results.model.hits()) == 2


def test_an_error_says_what_to_do_and_can_be_tried_again(open_dock, fake_engine, search_answer):
    from scene_search.engine_link.errors import EngineCallError

    open_dock.searching.ask_text("boats")
    error = EngineCallError("the index was made by another encoder", "Make a new index")
    fake_engine.of("search")[-1].failed.emit(error)
    state = open_dock.page.results.state
    assert "another encoder" in state.text
    assert "Make a new index" in state.text
    state.buttons()[0].click()
    fake_engine.answer("search", search_answer())
    assert open_dock.page.results.shows_hits


def test_no_hits_say_what_might_help(open_dock, fake_engine):
    open_dock.page.query.in_view.setChecked(True)
    open_dock.searching.ask_text("volcano")
    fake_engine.answer("search", {"hits": [], "milliseconds": 1, "notes": []})
    assert "volcano" in open_dock.page.results.state.title
    assert "zoom out" in open_dock.page.results.state.text


def test_cancelling_brings_the_earlier_hits_back(answered, fake_engine):
    answered.searching.ask_text("something else")
    assert answered.page.results.shows_hits
    answered.page.query.go.click()
    assert fake_engine.of("search")[-1].is_cancelled
    assert answered.page.results.title == "“boats in a harbor”"


def test_hits_become_a_layer_named_after_the_question(answered):
    results = answered.searching.results_map
    layer = results.layer
    assert layer.name() == "“boats in a harbor”"
    assert layer.featureCount() == 5
    assert [layer.name() for layer in results.group.layers()] == [layer.name()]


def test_choosing_in_the_list_selects_and_zooms_on_the_map(answered, iface):
    hit = answered.page.results.model.hits()[3]
    answered.page.results.gallery.setCurrentIndex(answered.page.results.model.index(3))
    (feature,) = answered.searching.results_map.layer.selectedFeatures()
    assert feature["tile"] == hit.tile
    extent = iface.mapCanvas().extent()
    assert extent.contains(hit.extent())
    assert extent.width() < 0.2
    assert extent.center().distance(hit.extent().center()) < 1e-6


def test_the_map_stays_if_the_analyst_likes_it_so(answered, iface):
    from scene_search.gui.results.map_follow import set_follow_way

    set_follow_way("stay")
    before = iface.mapCanvas().extent()
    answered.page.results.gallery.setCurrentIndex(answered.page.results.model.index(3))
    assert iface.mapCanvas().extent() == before
    assert answered.searching.results_map.layer.selectedFeatureCount() == 1


def test_a_click_on_the_map_selects_in_the_list(answered, iface, qgis_app):
    from qgis.gui import QgsMapToolPan
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    canvas = iface.mapCanvas()
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    qgis_app.processEvents()
    hit = answered.page.results.model.hits()[2]
    place = canvas.getCoordinateTransform().transform(hit.extent().center()).toQPointF().toPoint()
    QTest.mouseClick(
        canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    assert answered.page.results.gallery.selected() == hit
    (feature,) = answered.searching.results_map.layer.selectedFeatures()
    assert feature["tile"] == hit.tile
    canvas.unsetMapTool(pan)


def test_a_click_while_a_region_is_drawn_selects_nothing(answered, iface, qgis_app):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    canvas = iface.mapCanvas()
    answered.searching.tools.activate("polygon")
    hit = answered.page.results.model.hits()[2]
    place = canvas.getCoordinateTransform().transform(hit.extent().center()).toQPointF().toPoint()
    QTest.mouseClick(
        canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place
    )
    assert answered.searching.results_map.layer.selectedFeatureCount() == 0


def test_qgis_own_selection_selects_in_the_list(answered):
    layer = answered.searching.results_map.layer
    layer.selectByExpression('"rank" = 4')
    assert answered.page.results.gallery.selected().rank == 4


def test_find_similar_asks_for_the_tile(answered, fake_engine):
    answered.searching.find_similar(answered.page.results.model.hits()[1])
    params = fake_engine.of("search")[-1].params
    assert params["tiles"] == [101]
    assert params["texts"] == []


def test_thumbnails_come_for_what_is_in_view(answered, fake_engine, wait_until, tmp_path):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtGui import QColor, QPixmap

    wait_until(lambda: bool(fake_engine.of("thumbnails")))
    params = fake_engine.of("thumbnails")[-1].params
    assert params["tiles"]
    picture = QPixmap(params["size"], params["size"])
    picture.fill(QColor("green"))
    path = tmp_path / "100.png"
    picture.save(str(path))
    fake_engine.answer("thumbnails", {"paths": {"100": str(path)}, "missing": [101]})
    shown = answered.page.results.model.index(0).data(Qt.ItemDataRole.DecorationRole)
    assert not shown.isNull()
    assert answered.page.results.model.is_thumbnail_missing(101)


def test_layers_removed_under_our_feet(answered, fake_engine, search_answer):
    from qgis.core import QgsProject

    QgsProject.instance().removeMapLayer(answered.searching.results_map.layer.id())
    assert answered.searching.results_map.layer is None
    assert not answered.page.results.shows_hits
    answered.searching.results_map.zoom_to_all()
    answered.searching.ask_text("again")
    fake_engine.answer("search", search_answer())
    assert answered.searching.results_map.layer is not None


def test_a_new_project_while_an_answer_is_awaited(answered, fake_engine, search_answer):
    from qgis.core import QgsProject

    answered.searching.ask_text("late")
    task = fake_engine.of("search")[-1]
    QgsProject.instance().clear()
    assert task.is_cancelled
    task.succeeded.emit(search_answer())
    assert answered.searching.results_map.layer is None
    assert not answered.page.results.shows_hits


def test_exported_hits_can_be_read_back(answered, tmp_path):
    from qgis.core import QgsProject, QgsVectorLayer
    from scene_search.engine.errors import StorageError
    from scene_search.gui.results.export_hits import export_hits, export_path

    for chosen in ("GeoPackage (*.gpkg)", "GeoJSON (*.geojson)"):
        path = export_path(str(tmp_path / "ergebnis ä"), chosen)
        export_hits(answered.searching.results_map.layer, path, QgsProject.instance())
        copy = QgsVectorLayer(str(path), "copy", "ogr")
        assert copy.featureCount() == 5
        assert sorted(feature["tile"] for feature in copy.getFeatures()) == list(range(100, 105))
    with pytest.raises(StorageError):
        export_hits(
            answered.searching.results_map.layer,
            tmp_path / "no" / "where.gpkg",
            QgsProject.instance(),
        )


def test_shutdown_leaves_nothing_on_the_map(open_dock, iface, fake_engine):
    canvas = iface.mapCanvas()
    open_dock.searching.tools.activate("rectangle")
    open_dock.searching.ask_text("boats")
    open_dock.shutdown()
    open_dock.shutdown()
    assert open_dock.searching.tools.active == ""
    assert fake_engine.of("search")[-1].is_cancelled
    from qgis.gui import QgsRubberBand

    assert not [item for item in canvas.scene().items() if isinstance(item, QgsRubberBand)]


@pytest.fixture
def region(tmp_path, iface):
    """A raster layer on the map and a region on it."""
    from osgeo import gdal, osr
    from qgis.core import QgsGeometry, QgsProject, QgsRasterLayer

    path = tmp_path / "bild ä.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 200, 200, 3, gdal.GDT_Byte)
    dataset.SetGeoTransform((10.0, 0.0005, 0, 50.1, 0, -0.0005))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4326)
    dataset.SetProjection(srs.ExportToWkt())
    for band in (1, 2, 3):
        dataset.GetRasterBand(band).Fill(40 * band)
    dataset = None
    layer = QgsRasterLayer(str(path), "bild")
    QgsProject.instance().addMapLayer(layer)
    iface.mapCanvas().setLayers([layer])
    box = "POLYGON((10.03 50.03,10.035 50.03,10.035 50.034,10.03 50.034,10.03 50.03))"
    return layer, QgsGeometry.fromWkt(box)


@pytest.mark.parametrize(
    ("kind", "again"),
    [
        ("RegionError", False),
        ("QueryError", False),
        ("UsageError", False),
        ("IndexFileError", True),
        ("StorageError", True),
    ],
)
def test_trying_again_is_offered_where_it_may_help(open_dock, fake_engine, kind, again):
    from scene_search.engine_link.errors import EngineCallError

    open_dock.searching.ask_text("boats")
    fake_engine.of("search")[-1].failed.emit(EngineCallError("It failed", "Do this", kind))
    state = open_dock.page.results.state
    assert "Do this" in state.text
    assert [button.text() for button in state.buttons()] == (["Try again"] if again else [])
    if again:
        state.buttons()[0].click()
        assert fake_engine.of("search")[-1].params["texts"] == ["boats"]


def test_trying_again_after_the_layer_was_removed(
    open_dock, fake_engine, iface, region, wait_until
):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject
    from scene_search.engine_link.errors import EngineCallError

    layer, geometry = region
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:4258"))  # not what the file says: rendered
    open_dock.searching.ask_region(geometry, iface.mapCanvas().mapSettings().destinationCrs())
    wait_until(lambda: fake_engine.of("search"), 30)
    error = EngineCallError("The disk is full", "Free some space", "StorageError")
    fake_engine.of("search")[-1].failed.emit(error)
    (again,) = open_dock.page.results.state.buttons()
    QgsProject.instance().removeMapLayer(layer.id())
    asked = len(fake_engine.of("search"))
    again.click()
    assert len(fake_engine.of("search")) == asked
    assert "bild is no longer in the project" in open_dock.page.results.state.text
    assert open_dock.page.results.state.buttons() == []


def test_the_search_button_says_what_it_does(open_dock, fake_engine, search_answer):
    go = open_dock.page.query.go
    assert go.accessibleName() == "Search"
    open_dock.searching.ask_text("boats")
    assert go.accessibleName() == "Stop searching"
    fake_engine.answer("search", search_answer())
    assert go.accessibleName() == "Search"
