"""The dock and its index: opening, building, stopping, remembering."""

from __future__ import annotations

from pathlib import Path

import pytest


def test_without_an_engine_the_dock_offers_to_set_it_up(dock, fake_engine):
    from scene_search.engine_link.errors import EngineNotInstalledError

    fake_engine.missing = EngineNotInstalledError()
    dock.refresh_engine()
    assert dock.pages.currentWidget() is dock.setup_page
    calls = []

    def install():
        calls.append(1)
        fake_engine.missing = None

    dock._open_setup = install
    dock.setup_page.buttons()[0].click()
    assert calls == [1]
    assert dock.pages.currentWidget() is dock.welcome


def test_an_open_index_is_summed_up_and_searchable(open_dock):
    section = open_dock.page.index
    assert open_dock.pages.currentWidget() is open_dock.page
    assert "8" in section.summary.text()
    assert "Tiny" in section.summary.text()
    assert section.name.text() == "städte"
    assert open_dock.page.query.isEnabled()
    assert open_dock.page.query.text.isEnabled()


def test_an_index_without_words_says_so(dock, fake_engine, info_message):
    message = info_message(text=False)
    dock.index.open(Path(message["path"]))
    fake_engine.answer("index.info", message)
    assert not dock.page.query.text.isEnabled()
    assert "images only" in dock.page.query.text.placeholderText()
    assert dock.page.query.tools["click"].isEnabled()


def test_rubbish_is_refused_with_the_engines_advice(dock, fake_engine, tmp_path):
    from scene_search.engine_link.errors import EngineCallError

    dock.index.open(tmp_path / "notes.gpkg")
    error = EngineCallError("notes.gpkg is not an index", "Choose a file made by Scene Search")
    fake_engine.of("index.info")[-1].failed.emit(error)
    assert "notes.gpkg is not an index" in dock.notice.text
    assert "Choose a file" in dock.notice.text
    assert dock.pages.currentWidget() is dock.welcome


def test_progress_and_cancel(open_dock, fake_engine, info_message):
    open_dock.index.add(["/imagery"])
    task = fake_engine.of("index.build")[-1]
    assert task.params["paths"] == ["/imagery"]
    assert "tile_size" not in task.params  # an existing index keeps its own
    task.progressed.emit(
        {
            "done": 50,
            "total": 200,
            "unit": "tiles",
            "message": "/imagery/a.tif",
            "rate": 25.0,
            "remaining_seconds": 6.0,
        }
    )
    progress = open_dock.page.index.progress
    assert progress.isVisible()
    assert progress.text() == "50 of 200 tiles · 25 tiles/s · 6 s left"
    progress._cancel.click()
    assert task.is_cancelled
    assert progress.text() == "Stopping…"
    task.progressed.emit({"done": 60, "total": 200, "unit": "tiles", "rate": 25.0})
    assert progress.text() == "Stopping…"
    task.cancelled.emit()
    assert not progress.isVisible()
    assert "stopped" in open_dock.notice.text
    fake_engine.answer("index.info", info_message(tiles=1300))
    assert "1300" in open_dock.page.index.summary.text().replace(",", "")


def test_a_run_without_a_tile_says_why_and_makes_no_index(dock, fake_engine, tmp_path):
    from scene_search.gui.index.build_request import BuildRequest

    dock.index.build(BuildRequest(tmp_path / "new.gpkg", ("/imagery",)))
    problems = [
        {"path": "/imagery/a.tif", "reason": "a.tif is empty (0 bytes). Copy it again"},
        {"path": "/imagery/b.tif", "reason": "b.tif has no CRS"},
    ]
    fake_engine.answer("index.build", {"tiles": 0, "sources": 0, "skipped": problems, "added": 0})
    assert "Nothing could be indexed" in dock.notice.text
    assert "a.tif is empty (0 bytes). Copy it again (and 1 more)" in dock.notice.text
    assert len(dock.index_actions.problems) == 2
    assert dock.pages.currentWidget() is dock.welcome


def test_a_warning_about_one_index_goes_with_it(dock, fake_engine, info_message, tmp_path):
    encoder = {"name": "Other", "id": "o", "sha256": "1", "matches": False}
    first = info_message(encoder=encoder)
    dock.index.open(Path(first["path"]))
    fake_engine.answer("index.info", first)
    assert "another encoder" in dock.notice.text
    (tmp_path / "second.gpkg").touch()
    second = info_message(path=str(tmp_path / "second.gpkg"))
    dock.index.open(Path(second["path"]))
    fake_engine.answer("index.info", second)
    assert not dock.notice.isVisible()


def test_places_that_cannot_be_looked_at_do_not_stop_an_update(tmp_path):
    from scene_search.gui.index.controller import update_paths

    hidden = str(tmp_path / ("x" * 300) / "a.tif")  # the system refuses to look
    known = [hidden, str(tmp_path / "b.tif")]
    (tmp_path / "b.tif").touch()
    assert update_paths([hidden], known) == known


def test_what_was_left_out_is_reported_with_reasons(open_dock, fake_engine, qgis_app):
    from qgis.PyQt.QtGui import QGuiApplication
    from scene_search.gui.index.report_dialog import IndexReportDialog

    open_dock.index.add(["/imagery"])
    report = {
        "tiles": 1500,
        "sources": 9,
        "skipped": [{"path": "/imagery/empty.tif", "reason": "every pixel is nodata"}],
        "failed": [{"path": "/imagery/broken.tif", "reason": "the file is truncated"}],
        "seconds": 10.0,
        "tiles_per_second": 150.0,
        "provider": "CPUExecutionProvider",
    }
    fake_engine.answer("index.build", report)
    assert "2 images left out" in open_dock.page.index.notice.text()
    assert "150 tiles/s · CPU" in open_dock.notice.text
    dialog = IndexReportDialog(open_dock.index_actions.problems)
    assert dialog.table.rowCount() == 2
    dialog.copy_all()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines == [
        "/imagery/broken.tif\tfailed\tthe file is truncated",
        "/imagery/empty.tif\tskipped\tevery pixel is nodata",
    ]


def test_a_failed_run_keeps_the_index_and_says_why(open_dock, fake_engine, info_message):
    from scene_search.engine_link.errors import EngineCallError

    open_dock.index.add(["/empty folder"])
    error = EngineCallError("/empty folder holds no rasters", "Choose a folder with images")
    fake_engine.of("index.build")[-1].failed.emit(error)
    assert "holds no rasters" in open_dock.notice.text
    fake_engine.answer("index.info", info_message())
    assert open_dock.page.query.isEnabled()


def test_an_update_looks_at_known_places_and_removes_nothing(open_dock, fake_engine, tmp_path):
    folder, alone, away = tmp_path / "folder", tmp_path / "alone.tif", tmp_path / "away"
    folder.mkdir()
    alone.touch()
    (folder / "a.tif").touch()
    roots = [str(folder), str(away), str(tmp_path / "forgotten")]
    open_dock.recent.remember_imagery(open_dock.index.info.path, roots)
    open_dock.index.update()
    gone = str(tmp_path / "gone.tif")
    sources = [str(folder / "a.tif"), str(alone), gone, str(away / "b.tif")]
    fake_engine.answer("index.sources", {"sources": [{"path": path} for path in sources]})
    params = fake_engine.of("index.build")[-1].params
    assert params["paths"] == [str(folder), str(away), str(alone), gone]
    assert params["remove_missing"] is False


def test_the_project_remembers_its_index(open_dock, fake_engine, info_message, tmp_path):
    from qgis.core import QgsProject

    project = QgsProject.instance()
    first = open_dock.index.info.path
    assert open_dock.recent.of_project() == first
    saved = tmp_path / "project.qgz"
    assert project.write(str(saved))
    other = tmp_path / "other.gpkg"
    other.touch()
    project.clear()
    open_dock.index.open(other)
    fake_engine.answer("index.info", info_message(path=str(other)))
    assert project.read(str(saved))
    assert fake_engine.of("index.info")[-1].params == {"index": str(first)}
    assert open_dock.recent.paths()[:2] == [other, first]


def test_opening_another_index_drops_the_first_answer(dock, fake_engine, info_message, tmp_path):
    dock.index.open(tmp_path / "slow.gpkg")
    slow = fake_engine.of("index.info")[-1]
    message = info_message()
    dock.index.open(Path(message["path"]))
    fake_engine.answer("index.info", message)
    slow.succeeded.emit(info_message(path=str(tmp_path / "slow.gpkg"), tiles=1))
    assert dock.index.info.tiles == 1240


def test_a_report_of_nothing_says_that_all_is_well(qgis_app):
    from qgis.PyQt.QtWidgets import QLabel
    from scene_search.gui.index.report_dialog import IndexReportDialog

    dialog = IndexReportDialog([])
    dialog.show()
    assert "Every image is in the index" in dialog.findChild(QLabel).text()
    assert not dialog.table.isVisible()
    dialog.deleteLater()


def test_layers_in_the_index_are_known_until_another_is_opened(open_dock, fake_engine):
    index = open_dock.index.info.path
    states = {"/a.tif": "complete", "/b.tif": "partial", "/c.tif": "missing", "/d.tif": "failed"}
    sources = [{"path": path, "state": state} for path, state in states.items()]
    open_dock.index.open(index)
    fake_engine.answer("index.info", fake_engine.info)
    fake_engine.answer("index.sources", {"sources": sources})
    assert open_dock.index.indexed == ("/a.tif",)
    open_dock.index.close()
    assert open_dock.index.indexed == ()


@pytest.fixture
def making(dock, fake_engine, info_message, monkeypatch):
    """A new index in the making; ``making(12)`` reports progress, and that it has 12 tiles."""
    from scene_search.gui.index import controller
    from scene_search.gui.index.build_request import BuildRequest

    monkeypatch.setattr(controller, "_FIRST_TILES", 0.0)
    monkeypatch.setattr(controller, "_MORE_TILES", 0.0)
    path = Path(info_message()["path"])
    path.unlink()
    dock.index.close()
    dock.index.build(BuildRequest(path, ("/imagery",)))

    def progress(tiles):
        path.touch()
        asked = len(fake_engine.of("index.info"))
        report = {"done": 1, "total": 100, "unit": "tiles", "rate": 1.0}
        fake_engine.of("index.build")[-1].progressed.emit(report)
        if len(fake_engine.of("index.info")) > asked:
            fake_engine.answer("index.info", info_message(tiles=tiles))
            return True
        return False

    return progress


def test_what_is_done_of_a_new_index_can_be_searched(dock, fake_engine, making, search_answer):
    query = dock.page.query
    assert not query.isEnabled()
    assert making(0)
    assert not query.isEnabled()  # nothing to search yet
    assert making(12)
    assert query.isEnabled()
    assert dock.index.is_building
    assert dock.page.index.progress.isVisibleTo(dock)
    assert dock.page.index.summary.isVisibleTo(dock)
    dock.searching.ask_text("boats")
    fake_engine.answer("search", search_answer())
    assert dock.page.results.shows_hits
    assert making(40)
    assert "40" in dock.page.index.summary.text()
    assert dock.page.results.shows_hits  # more tiles do not take the answer away


def test_another_index_that_was_opened_meanwhile_stays(dock, fake_engine, making, info_message):
    other = info_message()
    other["path"] = other["path"].replace("städte", "other")
    Path(other["path"]).touch()
    dock.index.open(Path(other["path"]))
    opening = fake_engine.of("index.info")[-1]
    assert not making(12)  # it is being opened
    opening.succeeded.emit(other)
    assert not making(12)
    assert dock.index.info.path == Path(other["path"])


def test_a_new_index_is_not_looked_into_all_the_time(dock, making, monkeypatch):
    from scene_search.gui.index import controller

    monkeypatch.setattr(controller, "_FIRST_TILES", 3600.0)
    assert making(0)
    assert not making(12)
