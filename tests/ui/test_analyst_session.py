"""A session from the first index to the last click, with a real engine."""

from __future__ import annotations

import time

import pytest


@pytest.fixture
def indexed(window, colored_raster, tmp_path, wait_until):
    """A window with an index of two rasters; blue fields lie at known places."""
    first = colored_raster("küste.tif", 1536, {(1, 1): "blue", (2, 0): "sand"})
    colored_raster("see.tif", 1024, {(0, 1): "blue"}, left=510_000)
    window.layer = window.show_raster(first, "EPSG:3857")
    window.new_index(tmp_path / "index ö.gpkg", [str(first.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and dock.index.info.tiles > 0, 90)
    wait_until(lambda: not dock.index.is_building)
    return window


def blue(hit):
    """Whether a hit's middle lies in a blue field, by the fields' places in UTM."""
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransform,
        QgsCoordinateTransformContext,
    )

    utm = QgsCoordinateReferenceSystem("EPSG:32632")
    wgs84 = QgsCoordinateReferenceSystem("EPSG:4326")
    transform = QgsCoordinateTransform(wgs84, utm, QgsCoordinateTransformContext())
    place = transform.transform(hit.extent().center())
    column, row = (place.x() - 500_000) // 512, (5_600_000 - place.y()) // 512
    if place.x() < 505_000:
        return (column, row) == (1, 1)
    return ((place.x() - 510_000) // 512, row) == (0, 1)


def test_index_draw_type_click(indexed, wait_until, screenshot):
    from qgis.core import QgsPointXY
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    dock, utm = indexed.dock, indexed.layer.crs()
    assert dock.index.info.tiles == 36 + 16
    assert dock.index.info.sources == 2

    # A rectangle on the blue field, drawn in a map of another CRS.
    dock.page.query.limit.setValue(8)
    QTest.mouseClick(dock.page.query.tools["rectangle"], Qt.MouseButton.LeftButton)
    start = indexed.pixel(500_600, 5_599_400, utm)
    end = indexed.pixel(500_950, 5_599_050, utm)
    indexed.drag(start, end)
    wait_until(lambda: dock.page.results.shows_hits, 60)
    assert dock.page.results.title == "Region 1"
    assert len(indexed.hits) >= 4
    assert all(blue(hit) for hit in indexed.hits[:4])
    scores = [hit.score for hit in indexed.hits]
    assert scores == sorted(scores, reverse=True)
    names = [layer.name() for layer in dock.searching.results_map.group.layers()]
    assert names == ["Region 1: example", "Region 1"]
    QTest.keyClick(indexed.canvas, Qt.Key.Key_Escape)
    assert dock.searching.tools.active == ""

    # A click in the list moves the map; its thumbnail has come and is blue.
    indexed.click_hit(1)
    (feature,) = dock.searching.results_map.layer.selectedFeatures()
    assert feature["tile"] == indexed.hits[1].tile
    model = dock.page.results.model
    role = Qt.ItemDataRole.DecorationRole
    wait_until(lambda: model.index(1).data(role) is not None, 30)
    color = model.index(1).data(role).toImage().pixelColor(40, 40)
    assert color.blue() > color.red() + 40

    # A click on the map moves the list.
    dock.searching.results_map.zoom_to_all()
    indexed.app.processEvents()
    wgs84 = dock.searching.results_map.layer.crs()
    middle = QgsPointXY(indexed.hits[2].extent().center())
    indexed.click_map(indexed.pixel(middle.x(), middle.y(), wgs84))
    assert dock.page.results.gallery.selected() == indexed.hits[2]

    # Words.
    QTest.keyClicks(dock.page.query.text, "a beach of sand")
    QTest.keyClick(dock.page.query.text, Qt.Key.Key_Return)
    wait_until(lambda: dock.page.results.title == "“a beach of sand”", 60)
    assert indexed.hits

    # What the window shows: the coloured outlines of the hits are on the map.
    dock.searching.results_map.zoom_to_all()
    wait_until(lambda: not indexed.canvas.isDrawing(), 30)
    image = screenshot(indexed.main, "analyst_session")
    assert image.width() >= 1200


def test_cancel_half_way_keeps_a_valid_index(window, colored_raster, tmp_path, wait_until):
    """Cancel takes less than a second, the tiles so far can be searched, Update goes on."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    for number in range(3):
        colored_raster(f"bild {number}.tif", 2048, {(1, 1): "blue"}, left=500_000 + 9_000 * number)
    index = tmp_path / "angefangen.gpkg"
    window.new_index(index, [str(tmp_path / "Bilder ä")])
    dock = window.dock
    progress = dock.page.index.progress
    wait_until(lambda: "of 192 tiles" in progress.text() and progress._bar.value() > 0, 90)
    QTest.mouseClick(progress._cancel, Qt.MouseButton.LeftButton)
    pressed = time.monotonic()
    wait_until(lambda: not dock.index.is_building, 5)
    assert time.monotonic() - pressed < 1.3  # a second, and what a loaded machine adds
    assert "Indexing stopped" in dock.notice.text
    wait_until(lambda: dock.index.info is not None, 30)
    part = dock.index.info.tiles
    assert 0 < part < 3 * 64
    dock.searching.ask_text("water")
    wait_until(lambda: dock.page.results.shows_hits, 60)
    QTest.mouseClick(dock.page.index.refresh, Qt.MouseButton.LeftButton)
    wait_until(lambda: dock.index.info.tiles == 3 * 64, 150)


def test_rubbish_is_left_out_and_said_so(window, colored_raster, tmp_path, wait_until, screenshot):
    good = colored_raster("gut.tif", 512, {})
    (good.parent / "text.tif").write_text("this is no image")
    (good.parent / "leer.tif").touch()
    whole = good.read_bytes()
    (good.parent / "halb.tif").write_bytes(whole[: len(whole) // 2])
    window.new_index(tmp_path / "index.gpkg", [str(good.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and not dock.index.is_building, 90)
    wait_until(lambda: len(dock.index_actions.problems) == 3, 10)
    reasons = {
        problem.path.rsplit("/", 1)[-1]: problem.reason for problem in dock.index_actions.problems
    }
    assert set(reasons) == {"text.tif", "leer.tif", "halb.tif"}
    assert all(reasons.values())
    assert "3 images left out" in dock.page.index.notice.text()
    screenshot(dock, "rubbish")


def test_a_folder_without_images_says_what_to_do(window, tmp_path, wait_until):
    folder = tmp_path / "nur text"
    folder.mkdir()
    (folder / "readme.txt").write_text("nothing here")
    window.new_index(tmp_path / "index.gpkg", [str(folder)])
    dock = window.dock
    wait_until(lambda: dock.notice.isVisible(), 60)
    assert "nur text" in dock.notice.text
    assert dock.pages.currentWidget() is dock.welcome


def test_a_file_that_is_no_index(window, tmp_path, wait_until):
    path = tmp_path / "notes.gpkg"
    path.write_text("not a GeoPackage")
    window.dock.index.open(path)
    wait_until(lambda: window.dock.notice.isVisible(), 60)
    assert "notes.gpkg" in window.dock.notice.text


def test_an_engine_killed_during_a_search_is_told_and_comes_back(indexed, wait_until):
    import os
    import signal

    from scene_search.engine_link import session

    dock = indexed.dock
    pid = session.engine().call("engine.info", {})["pid"]
    os.kill(pid, signal.SIGSTOP)  # it would answer too soon
    dock.searching.ask_text("water")
    wait_until(lambda: dock.searching.controller.is_searching, 5)
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not dock.searching.controller.is_searching, 30)
    assert dock.page.results.state.buttons()[0].text() == "Try again"
    dock.page.results.state.buttons()[0].click()
    wait_until(lambda: dock.page.results.shows_hits, 60)
