"""Searching with words in an index whose encoder has a fusion part, with a real engine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny_encoder(engine_interpreter, tmp_path_factory):
    """The tiny encoder with a fusion part, which the window makes new indexes with."""
    folder = tmp_path_factory.mktemp("encoder") / "tiny fusion"
    command = [str(engine_interpreter), "-m", "tests.support.tiny_fusion", str(folder)]
    subprocess.run(command, check=True, timeout=120, cwd=ROOT)
    return folder


def test_the_best_are_compared_with_the_words_again(
    window, colored_raster, tmp_path, wait_until, screenshot
):
    from qgis.PyQt.QtCore import Qt
    from qgis.PyQt.QtTest import QTest

    raster = colored_raster("küste.tif", 1536, {(1, 1): "blue", (2, 0): "sand"})
    window.show_raster(raster, "EPSG:3857")
    window.new_index(tmp_path / "index.gpkg", [str(raster.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and dock.index.info.tiles > 0, 90)
    wait_until(lambda: not dock.index.is_building)
    query = dock.page.query
    assert query.rerank.isVisible()
    assert query.rerank.isChecked()

    def ask(words):
        query.text.clear()
        QTest.keyClicks(query.text, words)
        QTest.keyClick(query.text, Qt.Key.Key_Return)
        wait_until(lambda: dock.page.results.title == f"“{words}”", 60)
        return dock.page.results.model.hits()

    hits = ask("blue water")
    assert len(hits) == 36
    assert all(hit.match is not None for hit in hits)
    matches = [hit.match for hit in hits]
    assert min(matches[:4]) > max(matches[8:])  # four tiles lie in the blue field
    model = dock.page.results.model
    wait_until(lambda: model.index(0).data(Qt.ItemDataRole.DecorationRole) is not None, 30)
    picture = screenshot(window.main, "rerank")
    assert picture.width() >= 1400

    QTest.mouseClick(query.rerank, Qt.MouseButton.LeftButton, pos=query.rerank.rect().center())
    if query.rerank.isChecked():  # styles differ in what of a check box can be clicked
        query.rerank.click()
    plain = ask("blue sea")
    assert all(hit.match is None for hit in plain)
