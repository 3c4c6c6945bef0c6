"""Results from the search to the project that is opened again, with a real engine."""

from __future__ import annotations

import pytest


@pytest.fixture
def searched(window, colored_raster, tmp_path, wait_until):
    """A window with an index of two dates of one place, and hits of blue fields."""
    from qgis.core import QgsProject

    project, canvas = QgsProject.instance(), window.canvas

    def follow():  # as QGIS's own window does
        canvas.setDestinationCrs(project.crs())

    project.crsChanged.connect(follow)
    first = colored_raster("2021.tif", 1024, {(1, 1): "blue"})
    colored_raster("2022.tif", 1024, {(1, 1): "blue", (0, 0): "sand"})
    window.new_index(tmp_path / "index ö.gpkg", [str(first.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and dock.index.info.tiles > 0, 90)
    wait_until(lambda: not dock.index.is_building)
    dock.searching.ask_text("water")
    wait_until(lambda: dock.page.results.shows_hits, 60)
    window.app.processEvents()
    yield window
    project.crsChanged.disconnect(follow)


def test_an_empty_map_is_filled_and_the_project_keeps_its_results(
    searched, tmp_path, wait_until, screenshot
):
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRasterLayer
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    window, dock, project = searched, searched.dock, QgsProject.instance()
    # In an empty project: the images come, and the map goes there.
    dock.notice.link_activated.emit("show-imagery")
    images = [layer for layer in project.mapLayers().values() if isinstance(layer, QgsRasterLayer)]
    assert {layer.name() for layer in images} == {"2021", "2022"}
    window.app.processEvents()

    # The selected hit's date is drawn on top, whichever that is.
    for row in range(4):
        window.click_hit(row)
        rasters = [layer for layer in window.canvas.layers() if isinstance(layer, QgsRasterLayer)]
        assert rasters[0].source() == window.hits[row].source

    def water_is_drawn():
        color = window.canvas.grab().toImage().pixelColor(place)
        return color.blue() > color.red() + 40

    middle = window.hits[3].extent()
    place = window.pixel(
        middle.xMinimum() + 0.3 * middle.width(),
        middle.yMinimum() + 0.3 * middle.height(),
        QgsCoordinateReferenceSystem("EPSG:4326"),
    )
    assert window.canvas.mapSettings().destinationCrs().authid() == "EPSG:32632"
    wait_until(water_is_drawn, 30)
    screenshot(window.main, "results_dates")

    # A second question, saved and opened again as QGIS does it.
    dock.searching.ask_text("sand")
    wait_until(lambda: dock.page.results.title == "“sand”", 60)
    number = len(window.hits)
    path = tmp_path / "Karte ä.qgz"
    assert project.write(str(path))
    project.clear()
    assert project.read(str(path))
    (layer,) = project.mapLayersByName("“sand”")
    assert layer.featureCount() == number
    assert layer.renderer().type() == "graduatedSymbol"
    root = project.layerTreeRoot()
    assert root.findLayer(layer.id()).isVisible()
    (older,) = project.mapLayersByName("“water”")
    assert not root.findLayer(older.id()).isVisible()
    screenshot(window.main, "results_reopened")

    # Removed from the map, and taken back.
    dock.searching.actions.clear()
    assert not project.mapLayersByName("“sand”")
    assert len(project.mapLayers()) == 2
    dock.notice.link_activated.emit("undo-removal")
    assert project.mapLayersByName("“sand”")[0].featureCount() == number

    # The closed dock gives the map back.
    dock.setUserVisible(True)
    QTest.mouseClick(dock.page.query.tools["click"], Qt.MouseButton.LeftButton)
    assert dock.searching.tools.active == "click"
    dock.close()
    window.app.processEvents()
    assert dock.searching.tools.active == ""
