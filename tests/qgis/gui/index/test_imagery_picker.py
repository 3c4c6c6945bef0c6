"""Layers offered for an index: those in it already, and those that are no files, are marked."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt


def test_layers_of_the_index_are_marked_and_cannot_be_ticked(qgis_app, tmp_path):
    from scene_search.gui.index.add_layers_dialog import AddLayersDialog
    from scene_search.layers.raster_source import RasterSource

    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    sources = [
        RasterSource("a", "Old", tmp_path / "old.tif"),
        RasterSource("b", "New", tmp_path / "new.tif"),
        RasterSource("c", "Web", None, "a service"),
    ]
    indexed = (str(tmp_path / "link" / "old.tif"), str(tmp_path / "other" / "new.tif"))
    dialog = AddLayersDialog(sources, indexed=indexed)
    items = [dialog.picker.list.item(row) for row in range(3)]
    assert [item.text() for item in items] == [
        "Old — already in the index",
        "New",
        "Web — a service",
    ]
    assert [bool(item.flags() & Qt.ItemFlag.ItemIsEnabled) for item in items] == [
        False,
        True,
        False,
    ]
    assert not dialog._ok.isEnabled()
    items[1].setCheckState(Qt.CheckState.Checked)
    assert dialog.picker.paths() == [str(tmp_path / "new.tif")]
    dialog.deleteLater()


def test_a_file_that_a_layer_shows_can_be_added_by_name_only_once(qgis_app, tmp_path):
    from scene_search.gui.index.imagery_picker import ImageryPicker
    from scene_search.layers.raster_source import RasterSource

    picker = ImageryPicker([RasterSource("a", "Old", tmp_path / "old.tif")])
    picker.add_paths([str(tmp_path / "old.tif")])
    assert picker.list.count() == 1
    assert picker.paths() == [str(tmp_path / "old.tif")]
    picker.deleteLater()
