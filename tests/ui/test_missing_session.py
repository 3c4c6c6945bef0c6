"""Imagery goes away, is found elsewhere and is removed, in a real window with a real engine."""

from __future__ import annotations

import pytest


@pytest.fixture
def indexed(window, colored_raster, tmp_path, wait_until):
    """A window with an index of two rasters in a folder."""
    first = colored_raster("küste.tif", 1024, {(1, 1): "blue"})
    colored_raster("see.tif", 512, {}, left=510_000)
    window.folder = first.parent
    window.new_index(tmp_path / "index ö.gpkg", [str(first.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and dock.index.info.tiles > 0, 90)
    wait_until(lambda: not dock.index.is_building)
    return window


def update(window, wait_until):
    """Press Update and wait until all is done; the index is read on the way, too."""
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    controller = window.dock.index
    at_end = []
    controller.build_finished.connect(lambda _: at_end.append(controller.info))
    QTest.mouseClick(window.dock.page.index.refresh, Qt.MouseButton.LeftButton)
    wait_until(lambda: at_end and controller.info is not at_end[0], 60)


def test_imagery_goes_away_and_is_located(indexed, wait_until, screenshot, monkeypatch):
    from qgis.PyQt.QtCore import QTimer
    from qgis.PyQt.QtWidgets import QApplication, QFileDialog
    from scene_search.gui.index.images_dialog import ImagesDialog

    dock, section = indexed.dock, indexed.dock.page.index
    tiles = dock.index.info.tiles
    away = indexed.folder.with_name("woanders")
    away.mkdir()
    (indexed.folder / "küste.tif").rename(away / "Küste 2024.tif")
    update(indexed, wait_until)
    assert (dock.index.info.missing, dock.index.info.tiles) == (1, tiles)
    assert "1 image missing" in section.missing.text()
    assert section.missing.isVisible()

    dock.searching.ask_text("water")
    wait_until(lambda: dock.page.results.shows_hits, 60)
    assert {hit.source_name for hit in indexed.hits} == {"see.tif"}
    screenshot(dock, "missing_dock")

    def look():
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ImagesDialog)
        assert [image.path.rpartition("/")[2] for image in dialog.missing] == ["küste.tif"]
        dialog.choose([image.id for image in dialog.missing])
        screenshot(dialog, "missing_images")
        dialog.locate.click()

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(away))
    before = dock.index.info
    QTimer.singleShot(1500, look)
    section.images_requested.emit()
    wait_until(lambda: dock.index.info is not before, 60)
    assert dock.index.info.missing == 0
    assert not section.missing.isVisible()
    assert "1 image found again" in dock.notice.text
    screenshot(dock, "located_dock")

    dock.searching.ask_text("water")
    wait_until(lambda: len({hit.source for hit in indexed.hits}) == 2, 60)
    assert {hit.source_name for hit in indexed.hits} == {"see.tif", "Küste 2024.tif"}


def test_missing_imagery_is_removed_after_a_question(indexed, wait_until, screenshot):
    from qgis.PyQt.QtCore import QTimer
    from qgis.PyQt.QtWidgets import QApplication, QMessageBox

    dock, section = indexed.dock, indexed.dock.page.index
    (indexed.folder / "see.tif").unlink()
    update(indexed, wait_until)
    assert dock.index.info.missing == 1

    def agree():
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        screenshot(box, "missing_question")
        next(button for button in box.buttons() if "Remove" in button.text()).click()

    before = dock.index.info
    QTimer.singleShot(500, agree)
    section.missing.linkActivated.emit("remove")
    wait_until(lambda: dock.index.info is not before, 60)
    assert (dock.index.info.missing, dock.index.info.sources) == (0, 1)
    assert "1 image removed" in dock.notice.text
