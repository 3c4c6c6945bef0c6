"""Missing imagery, removing and locating it, and mending an index, from the dock."""

from __future__ import annotations

from pathlib import Path

import pytest

SOURCES = [
    {
        "id": number,
        "path": f"/imagery/{'west' if number < 3 else 'ost'}/{name}.tif",
        "state": state,
        "tiles": tiles,
        "acquired": "2024-05-06T00:00:00.000Z" if number == 1 else None,
        "error": "The file is not there" if state == "missing" else None,
    }
    for number, name, state, tiles in (
        (1, "häfen", "complete", 64),
        (2, "<b>wald", "missing", 16),
        (3, "text", "skipped", 0),
    )
]


@pytest.fixture
def missing_dock(dock, fake_engine, info_message):
    """The dock with an index of which two images are missing."""
    message = info_message(missing=2)
    dock.index.open(Path(message["path"]))
    fake_engine.answer("index.info", message)
    fake_engine.answer("index.sources", {"sources": SOURCES})
    return dock


@pytest.fixture
def agree(monkeypatch):
    """Answer questions: ``agree(True)``; returns what was asked."""
    from scene_search.gui.index.actions import IndexActions

    asked = []

    def answer(yes):
        monkeypatch.setattr(
            IndexActions, "_is_agreed", lambda _self, question, _text: asked.append(question) or yes
        )
        return asked

    return answer


def test_missing_images_are_told_apart_from_those_left_out(missing_dock):
    section = missing_dock.page.index
    assert "2 images missing" in section.missing.text()
    assert section.missing.isVisible()
    assert "1 image left out" in section.notice.text()
    assert missing_dock.page.query.include_missing.isVisible()


def test_nothing_missing_nothing_said(open_dock):
    assert not open_dock.page.index.missing.isVisible()
    assert not open_dock.page.query.include_missing.isVisible()


def test_missing_images_are_searched_where_asked(missing_dock, fake_engine):
    missing_dock.searching.ask_text("boats")
    assert fake_engine.of("search")[-1].params["include_missing"] is False
    missing_dock.page.query.include_missing.setChecked(True)
    missing_dock.searching.ask_text("boats")
    assert fake_engine.of("search")[-1].params["include_missing"] is True


def test_missing_images_are_removed_once_agreed(missing_dock, fake_engine, agree, info_message):
    asked = agree(False)
    missing_dock.page.index.missing.linkActivated.emit("remove")
    assert asked == ["Remove what was not found at the last update (2 images)?"]
    assert not fake_engine.of("index.remove")
    agree(True)
    missing_dock.page.index.missing.linkActivated.emit("remove")
    path = str(missing_dock.index.info.path)
    assert fake_engine.of("index.remove")[-1].params == {"index": path, "missing": True}
    fake_engine.answer("index.remove", {"removed": 2, "tiles": 80, "paths": []})
    assert "2 images removed, 80 tiles" in missing_dock.notice.text
    fake_engine.answer("index.info", info_message())
    assert not missing_dock.page.index.missing.isVisible()
    assert "2 images removed" in missing_dock.notice.text


def test_images_are_located_in_a_folder(missing_dock, fake_engine, monkeypatch, tmp_path):
    from qgis.PyQt.QtWidgets import QFileDialog

    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    missing_dock.page.index.missing.linkActivated.emit("locate")
    path = str(missing_dock.index.info.path)
    asked = fake_engine.of("index.locate")[-1]
    assert asked.params == {"index": path, "folders": [str(tmp_path)]}
    opened = len(fake_engine.of("index.info"))
    moved = [{"from": "/imagery/a.tif", "to": "/new/a.tif"}]
    fake_engine.answer("index.locate", {"moved": moved, "missing": ["/imagery/b.tif"]})
    assert "1 image found again" in missing_dock.notice.text
    assert "1 image still not found" in missing_dock.notice.text
    assert len(fake_engine.of("index.info")) == opened + 1


def test_what_cannot_be_removed_is_said(missing_dock, fake_engine, agree):
    from scene_search.engine_link.errors import EngineCallError

    agree(True)
    missing_dock.index_actions.remove_missing()
    error = EngineCallError("i.gpkg is being indexed", "Wait until it is finished")
    fake_engine.of("index.remove")[-1].failed.emit(error)
    assert "Nothing was removed" in missing_dock.notice.text
    assert "Wait until it is finished" in missing_dock.notice.text


def test_an_edited_index_says_so_and_is_repaired(dock, fake_engine, info_message):
    fault = {"kind": "orphans", "number": 4, "problem": "4 tiles belong to no image"}
    message = info_message(faults=[{**fault, "repair": "They are removed"}])
    dock.index.open(Path(message["path"]))
    fake_engine.answer("index.info", message)
    assert "edited in another program" in dock.notice.text
    assert "4 tiles belong to no image." in dock.notice.text
    dock.notice.link_activated.emit("repair")
    assert fake_engine.of("index.check")[-1].params == {"index": message["path"], "repair": True}
    answer = {"faults": [{**fault, "repair": "They are removed"}], "repaired": True}
    fake_engine.answer("index.check", answer)
    fake_engine.answer("index.info", info_message())
    assert "The index was repaired" in dock.notice.text


def test_images_are_listed_and_the_chosen_ones_removed(
    missing_dock, fake_engine, agree, monkeypatch
):
    from qgis.PyQt.QtWidgets import QDialog
    from scene_search.gui.index.images_dialog import ImagesDialog

    seen = []

    def look(dialog):
        seen.append(dialog)
        table = dialog.table.model()
        assert table.rowCount() == 3
        assert not dialog.remove.isEnabled()
        assert dialog.remove_missing.isEnabled()
        dialog.filter.setText("OST")
        assert [table.index(row, 0).data() for row in range(table.rowCount())] == ["text.tif"]
        dialog.filter.setText("")
        dialog.choose([1, 3])
        assert {image.id for image in dialog.chosen} == {1, 3}
        dialog.remove.click()
        return QDialog.DialogCode.Accepted

    monkeypatch.setattr(ImagesDialog, "exec", look)
    asked = agree(True)
    missing_dock.index_actions.show_images()
    fake_engine.answer("index.sources", {"sources": SOURCES})
    assert seen
    assert asked == ["Remove 2 images with 64 tiles from the index?"]
    params = fake_engine.of("index.remove")[-1].params
    assert sorted(params["sources"]) == [1, 3]


def test_a_name_that_looks_like_markup_is_shown_as_it_is(qgis_app):
    from qgis.PyQt.QtCore import Qt
    from scene_search.gui.index.images_dialog import ImagesDialog
    from scene_search.gui.index.indexed_image import IndexedImage

    dialog = ImagesDialog([IndexedImage.from_message(source) for source in SOURCES])
    model = dialog.table.model()
    names = [model.index(row, 0) for row in range(3)]
    index = next(index for index in names if "wald" in index.data())
    assert index.data() == "<b>wald.tif"
    assert "&lt;b&gt;wald" in index.data(Qt.ItemDataRole.ToolTipRole)
    dialog.deleteLater()
