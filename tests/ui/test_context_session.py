"""Searching for what was taken alike, in an index with context, with a real engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny_encoder(engine_interpreter, tmp_path_factory):
    """The tiny encoder with a context part, which the window makes new indexes with."""
    folder = tmp_path_factory.mktemp("encoder") / "tiny context"
    command = [str(engine_interpreter), "-m", "tests.support.tiny_context_encoder", str(folder)]
    subprocess.run(command, check=True, timeout=120, cwd=ROOT)
    return folder


def test_the_same_season_comes_first(window, colored_raster, tmp_path, wait_until, screenshot):
    from qgis.core import QgsSettings
    from qgis.PyQt.QtCore import Qt

    QgsSettings().remove("scene_search/context")
    summer = colored_raster("sommer.tif", 1024, {(1, 1): "blue"})
    winter = summer.with_name("winter.tif")
    shutil.copy(summer, winter)
    for path, moment in ((summer, "2023-07-14T10:10:31Z"), (winter, "2023-01-14T10:10:31Z")):
        properties = {"datetime": moment, "platform": "landsat-8"}
        item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
        path.with_suffix(".json").write_text(json.dumps(item))
    window.show_raster(summer, "EPSG:3857")
    window.new_index(tmp_path / "index.gpkg", [str(summer.parent)])
    dock = window.dock
    wait_until(lambda: dock.index.info is not None and dock.index.info.tiles > 0, 120)
    wait_until(lambda: not dock.index.is_building)
    query = dock.page.query
    assert query.context.isVisible()
    assert not query.context.isChecked()

    def like(tile):
        before = dock.page.results.title
        dock.searching.find_similar(tile)
        wait_until(lambda: dock.page.results.title != before, 60)
        return dock.page.results.model.hits()

    before = dock.page.results.title
    dock.searching.ask_text("water")
    wait_until(lambda: dock.page.results.title != before, 60)
    water = next(hit for hit in dock.page.results.model.hits() if Path(hit.source).stem == "winter")
    # the two rasters show the same: without context they take turns
    plain = [Path(hit.source).stem for hit in like(water)][:4]
    assert "sommer" in plain
    query.context.click()
    # four tiles lie in the blue field, one of them is the example
    alike = like(water)
    assert [Path(hit.source).stem for hit in alike][:3] == ["winter"] * 3
    model = dock.page.results.model
    wait_until(lambda: model.index(0).data(Qt.ItemDataRole.DecorationRole) is not None, 60)
    picture = screenshot(window.main, "context")
    assert picture.width() >= 1400
    query.context.click()
