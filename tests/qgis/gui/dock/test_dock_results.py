"""What becomes of results on the map: removed, hidden, kept, and the images beneath them."""

from __future__ import annotations

import pytest


@pytest.fixture
def answered(open_dock, fake_engine, search_answer):
    open_dock.searching.ask_text("boats in a harbor")
    fake_engine.answer("search", search_answer())
    return open_dock


@pytest.fixture
def make_image(tmp_path, qgis_app):
    """Write a raster that covers the hits, with something to see."""
    from osgeo import gdal, osr

    def make(name, epsg=32632):
        path = tmp_path / "Bilder ä" / name
        path.parent.mkdir(exist_ok=True)
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), 90, 90, 3, gdal.GDT_Byte)
        dataset.SetGeoTransform((570_000, 200, 0, 5_552_000, 0, -200))
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        dataset.SetProjection(srs.ExportToWkt())
        for band in (1, 2, 3):
            dataset.GetRasterBand(band).Fill(50 * band)
        dataset = None
        return path

    return make


@pytest.fixture
def dated(open_dock, fake_engine, search_answer, make_image):
    """Hits of two dates whose images lie on one another; returns their layers, later on top."""
    from qgis.core import QgsProject, QgsRasterLayer

    project = QgsProject.instance()
    layers = []
    for name in ("2021.tif", "2022.tif"):
        layer = QgsRasterLayer(str(make_image(name)), name)
        project.addMapLayer(layer, False)
        project.layerTreeRoot().insertLayer(0, layer)
        layers.append(layer)
    answer = search_answer(2)
    for hit, layer in zip(answer["hits"], layers, strict=True):
        hit["source"] = layer.source()
    open_dock.searching.ask_text("boats")
    fake_engine.answer("search", answer)
    return layers


def is_ticked(layer) -> bool:
    from qgis.core import QgsProject

    return QgsProject.instance().layerTreeRoot().findLayer(layer.id()).isVisible()


def test_removed_results_come_back_with_their_list(answered):
    dock = answered
    layer = dock.searching.results_map.layer
    dock.searching.actions.clear()
    assert not dock.page.results.shows_hits
    assert "Removed 1 layer" in dock.notice.text
    dock.notice.link_activated.emit("undo-removal")
    assert dock.searching.results_map.layer is layer
    assert dock.page.results.shows_hits
    assert len(dock.page.results.model.hits()) == 5
    dock.page.results.gallery.setCurrentIndex(dock.page.results.model.index(2))
    assert layer.selectedFeatureCount() == 1
    assert not dock.notice.isVisible()


def test_a_removal_cannot_be_undone_once_it_is_saved(answered, tmp_path):
    from qgis.core import QgsProject

    answered.searching.actions.clear()
    QgsProject.instance().write(str(tmp_path / "a.qgz"))
    assert not answered.notice.isVisible()
    answered.notice.link_activated.emit("undo-removal")  # a late click
    assert not QgsProject.instance().mapLayers()


def test_edited_results_stay_and_the_dock_says_so(answered):
    layer = answered.searching.results_map.layer
    layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    layer.commitChanges()
    answered.searching.actions.clear()
    assert answered.searching.results_map.layer is layer
    assert "you edited" in answered.notice.text
    assert "Undo" not in answered.notice.text


def test_no_hits_and_errors_leave_no_old_boxes(answered, fake_engine, search_answer):
    layer = answered.searching.results_map.layer
    answered.searching.ask_text("volcano")
    assert is_ticked(layer)  # until there is an answer
    fake_engine.answer("search", {"hits": [], "milliseconds": 1, "notes": []})
    assert not is_ticked(layer)
    answered.searching.ask_text("boats")
    fake_engine.answer("search", search_answer())
    second = answered.searching.results_map.layer
    assert is_ticked(second)
    answered.searching.ask_text("boats")
    fake_engine.of("search")[-1].failed.emit(RuntimeError("no"))
    assert not is_ticked(second)
    assert answered.searching.results_map.layer is None
    assert answered.page.results.model.hits() == ()
    # Cancelling the next question has nothing to go back to.
    answered.searching.ask_text("boats")
    answered.page.query.go.click()
    assert not answered.page.results.shows_hits
    assert not is_ticked(second)


def test_the_text_box_shows_what_was_asked(answered, fake_engine, search_answer, iface):
    from qgis.core import QgsGeometry

    text = answered.page.query.text
    text.setText("boats in a harbor")
    text.returnPressed.emit()
    assert text.text() == "boats in a harbor"
    crs = iface.mapCanvas().mapSettings().destinationCrs()
    answered.searching.ask_region(QgsGeometry.fromWkt("POINT(10.1 50.1)"), crs)
    assert text.text() == ""
    fake_engine.answer("search", search_answer())
    answered.searching.find_similar(answered.page.results.model.hits()[0])
    assert text.text() == ""


def test_closing_the_dock_leaves_the_tool(answered, iface, qgis_app):
    canvas = iface.mapCanvas()
    dock = answered
    for close in (dock.close, lambda: dock.setUserVisible(False), dock.hide):
        dock.setUserVisible(True)
        qgis_app.processEvents()
        dock.searching.tools.activate("click")
        close()
        qgis_app.processEvents()
        assert dock.searching.tools.active == ""
        assert canvas.mapTool() is None or "scene_search" not in type(canvas.mapTool()).__module__


def test_a_dock_behind_another_tab_keeps_its_tool(answered, iface, qgis_app):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtWidgets import QDockWidget

    window = iface.mainWindow()
    other = QDockWidget("Layers", window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, other)
    window.tabifyDockWidget(answered, other)
    answered.searching.tools.activate("click")
    other.raise_()
    qgis_app.processEvents()
    assert answered.searching.tools.active == "click"
    answered.searching.tools.leave()
    window.removeDockWidget(other)
    other.deleteLater()


def test_a_closed_dock_does_not_choose_hits(answered, iface, qgis_app):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    canvas = iface.mapCanvas()
    hit = answered.page.results.model.hits()[2]
    place = canvas.getCoordinateTransform().transform(hit.extent().center()).toQPointF().toPoint()

    def click():
        qgis_app.processEvents()
        plain = Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, plain, place)
        return answered.searching.results_map.layer.selectedFeatureCount()

    answered.hide()
    assert click() == 0
    answered.show()
    place = canvas.getCoordinateTransform().transform(hit.extent().center()).toQPointF().toPoint()
    assert click() == 1


def test_the_map_brings_the_date_of_the_selected_hit_up(dated, open_dock, iface, qgis_app):
    from qgis.core import QgsRasterLayer

    canvas = iface.mapCanvas()
    old, new = dated
    gallery, model = open_dock.page.results.gallery, open_dock.page.results.model

    def rasters():
        return [layer for layer in canvas.layers() if isinstance(layer, QgsRasterLayer)]

    qgis_app.processEvents()
    assert rasters() == [new, old]
    gallery.setCurrentIndex(model.index(0))
    assert rasters() == [old, new]
    assert canvas.layers()[0] is open_dock.searching.results_map.layer
    gallery.setCurrentIndex(model.index(1))
    assert rasters() == [new, old]
    # … even if its layer is switched off, and the layer tree stays as the analyst has it
    from qgis.core import QgsProject

    root = QgsProject.instance().layerTreeRoot()
    root.findLayer(old.id()).setItemVisibilityChecked(False)
    qgis_app.processEvents()
    gallery.setCurrentIndex(model.index(0))
    assert rasters() == [old, new]
    assert not is_ticked(old)
    assert [node.name() for node in root.children()][1:] == ["2022.tif", "2021.tif"]


def test_the_map_that_is_to_stay_shows_the_date_it_showed(dated, open_dock, iface, qgis_app):
    from scene_search.gui.results.map_follow import set_follow_way

    set_follow_way("stay")
    qgis_app.processEvents()
    before = iface.mapCanvas().layers()
    open_dock.page.results.gallery.setCurrentIndex(open_dock.page.results.model.index(0))
    assert iface.mapCanvas().layers() == before


@pytest.fixture
def settle(qgis_app):
    """Let QGIS set an empty map up by its first layer, as it does on its own a moment later."""

    def run():
        for _ in range(5):
            qgis_app.processEvents()

    return run


@pytest.fixture
def on_white(open_dock, fake_engine, search_answer, make_image, settle):
    """An answer in an empty project; returns the paths of its images, best hit first."""
    paths = [make_image(f"{number}.tif") for number in range(7)]
    answer = search_answer(8)
    for place, hit in enumerate(answer["hits"]):
        hit["source"] = str(paths[max(0, place - 1)])  # the first two hits share one

    def ask():
        open_dock.searching.ask_text("boats")
        fake_engine.answer("search", answer)
        settle()

    ask()
    return paths, ask


def images() -> list[str]:
    from qgis.core import QgsProject, QgsRasterLayer

    layers = [node.layer() for node in QgsProject.instance().layerTreeRoot().findLayers()]
    return [layer.name() for layer in layers if isinstance(layer, QgsRasterLayer)]


def test_an_empty_map_is_offered_the_images_and_goes_there(on_white, open_dock, iface):
    from qgis.core import QgsProject

    _, ask = on_white
    assert "does not show the images" in open_dock.notice.text
    assert images() == []
    extent = iface.mapCanvas().extent()
    assert all(
        extent.intersects(hit.extent()) for hit in open_dock.page.results.model.hits()
    )  # asked or not, it goes there
    open_dock.notice.link_activated.emit("show-imagery")
    assert images() == ["0", "1", "2", "3", "4"]  # of the best hits, the best on top
    assert QgsProject.instance().crs().authid() == "EPSG:32632"  # not the degrees of the boxes
    assert not open_dock.notice.isVisible()
    # The image of a hit further down comes when it is selected.
    model = open_dock.page.results.model
    open_dock.page.results.gallery.setCurrentIndex(model.index(7))
    assert images() == ["0", "1", "2", "3", "4", "6"]
    # Asked once: in the next empty project they are simply added.
    QgsProject.instance().clear()
    ask()
    assert not open_dock.notice.isVisible()
    assert images() == ["0", "1", "2", "3", "4"]
    assert QgsProject.instance().crs().authid() == "EPSG:32632"


def test_hits_far_apart_are_not_shown_as_dots_on_white(
    open_dock, fake_engine, search_answer, iface, settle
):
    answer = search_answer(3)
    answer["hits"][2]["geometry"]["coordinates"] = [
        [[-60, -3], [-59.99, -3], [-59.99, -2.99], [-60, -2.99], [-60, -3]]
    ]
    answer["hits"][2]["source"] = "/imagery/other.tif"
    for hit in answer["hits"][:2]:
        hit["source"] = "/imagery/one.tif"
    open_dock.searching.ask_text("boats")
    fake_engine.answer("search", answer)
    settle()
    extent = iface.mapCanvas().extent()
    first, second, third = open_dock.page.results.model.hits()
    assert extent.contains(first.extent())
    assert extent.contains(second.extent())
    assert not extent.contains(third.extent())


def test_who_does_not_want_the_images_is_not_asked_again(on_white, open_dock):
    from qgis.core import QgsProject

    _, ask = on_white
    open_dock.notice.link_activated.emit("never-imagery")
    assert images() == []
    QgsProject.instance().clear()
    ask()
    assert not open_dock.notice.isVisible()
    assert images() == []


def test_images_that_are_gone_are_left_out(on_white, open_dock):
    paths, _ = on_white
    paths[0].unlink()
    paths[1].write_text("no image")
    open_dock.notice.link_activated.emit("show-imagery")
    assert images() == ["2", "3", "4"]


def test_a_map_with_imagery_is_left_alone(dated, open_dock, iface):
    assert not open_dock.notice.isVisible()


def test_a_map_with_imagery_elsewhere_is_offered_the_images_and_stays(
    open_dock, fake_engine, search_answer, make_image, iface
):
    from qgis.core import QgsProject, QgsRasterLayer, QgsRectangle

    far = QgsRasterLayer(str(make_image("far.tif", epsg=32636)), "far")
    QgsProject.instance().addMapLayer(far)
    iface.mapCanvas().setExtent(QgsRectangle(33, 50, 33.1, 50.1))
    extent = iface.mapCanvas().extent()
    answer = search_answer(2)
    for hit in answer["hits"]:
        hit["source"] = str(make_image("here.tif"))
    crs = QgsProject.instance().crs()
    open_dock.searching.ask_text("boats")
    fake_engine.answer("search", answer)
    open_dock.notice.link_activated.emit("show-imagery")
    assert images() == ["far", "here"]
    assert iface.mapCanvas().extent() == extent
    assert QgsProject.instance().crs() == crs


def test_a_result_that_cannot_be_kept_is_said(
    open_dock, fake_engine, search_answer, profile, settle
):
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "results").write_text("a file where the folder should be")
    open_dock.searching.ask_text("boats")
    fake_engine.answer("search", search_answer())
    settle()
    assert open_dock.searching.results_map.layer.providerType() == "memory"
    assert "in memory only" in open_dock.notice.text


def test_an_export_has_the_fields_of_hits_only(answered, tmp_path):
    from qgis.core import QgsProject
    from scene_search.gui.results.export_hits import export_hits

    path = tmp_path / "ä.csv"
    export_hits(answered.searching.results_map.layer, path, QgsProject.instance())
    header = path.read_text(encoding="utf-8").splitlines()[0]
    assert header.split(",")[1:] == [
        "rank", "score", "hamming", "match", "tile", "source", "acquired", "scale",
    ]  # fmt: skip
