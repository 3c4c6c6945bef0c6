from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def dialog(fake_engine, profile, tmp_path):
    from scene_search.gui.index.new_index_dialog import NewIndexDialog
    from scene_search.layers.raster_source import RasterSource

    sources = [
        RasterSource("a", "Ortho", tmp_path / "ortho.tif"),
        RasterSource("b", "World imagery", None, "a service or virtual layer, not a file"),
    ]
    made = NewIndexDialog(sources, tmp_path / "new.gpkg", fake_engine.start)
    yield made
    made.close()


def test_defaults_are_enough(dialog, tmp_path):
    request = dialog.request()
    assert dialog._ok.isEnabled()
    assert request.index == tmp_path / "new.gpkg"
    assert request.paths == (str(tmp_path / "ortho.tif"),)
    assert request.as_params() == {
        "index": str(tmp_path / "new.gpkg"),
        "paths": [str(tmp_path / "ortho.tif")],
        "remove_missing": False,
        "encoder": None,
        "tile_size": None,
        "scales": [1.0],
        "overlap": 0.0,
    }


def test_a_service_is_listed_with_its_reason_but_cannot_be_ticked(dialog):
    from qgis.PyQt.QtCore import Qt

    item = dialog.picker.list.item(1)
    assert "not a file" in item.text()
    assert not item.flags() & Qt.ItemFlag.ItemIsEnabled


def test_options_are_passed_on(dialog, fake_engine):
    fake_engine.answer(
        "encoder.list", {"encoders": [{"name": "Mine", "path": "/encoders/mine", "summary": "…"}]}
    )
    dialog.encoder.setCurrentIndex(dialog.encoder.findText("Mine"))
    dialog.tile_size.setValue(300)
    dialog.scales[2].setChecked(True)
    dialog.overlap.setValue(25)
    request = dialog.request()
    assert request.encoder == "/encoders/mine"
    assert request.tile_size == 300
    assert request.scales == (1.0, 4.0)
    assert request.overlap == 0.25


def test_what_cannot_work_is_said_before_it_is_tried(dialog, tmp_path):
    (tmp_path / "there.gpkg").touch()
    dialog.file.setFilePath(str(tmp_path / "there.gpkg"))
    assert not dialog._ok.isEnabled()
    assert "exists" in dialog._note.text()
    dialog.file.setFilePath(str(tmp_path / "no folder" / "a.gpkg"))
    assert not dialog._ok.isEnabled()
    dialog.file.setFilePath(str(tmp_path / "ohne endung"))
    assert dialog._ok.isEnabled()
    assert dialog.index_path() == tmp_path / "ohne endung.gpkg"


@pytest.mark.parametrize("text", ["/", ".", "..", "C:", "C:/", "sub/", "~", "x" * 300])
def test_typing_what_names_no_file_is_answered_in_words(dialog, tmp_path, text):
    from qgis.PyQt.QtTest import QTest

    (tmp_path / "sub").mkdir()
    line = dialog.file.lineEdit()
    line.clear()
    QTest.keyClicks(line, text)
    assert not dialog._ok.isEnabled()
    assert dialog._note.text().endswith(".")
    QTest.keyClicks(line, "")
    line.setText("städte")
    assert dialog._ok.isEnabled()
    assert str(tmp_path / "städte.gpkg") in dialog._note.text()
    assert dialog.request().index == tmp_path / "städte.gpkg"


def test_nothing_to_index_cannot_be_created(dialog):
    from qgis.PyQt.QtCore import Qt

    dialog.picker.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog._ok.isEnabled()
    dialog.picker.add_paths([str(Path.home())])
    assert dialog._ok.isEnabled()
