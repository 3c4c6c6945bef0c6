"""Results are there again when a project is opened again, wherever it went."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


def file_of(layer) -> Path:
    from scene_search.layers.results.places import table_of

    return table_of(layer)[0]


def tiles(layer) -> list[int]:
    return sorted(feature["tile"] for feature in layer.getFeatures())


def tables(path: Path) -> list[str]:
    from scene_search.layers.results.store import ResultStore

    return sorted(ResultStore(path).tables())


@pytest.mark.parametrize("name", ["karte.qgz", "karte.qgs", "Küste – 漁港 №1.qgz"])
def test_results_and_their_style_are_there_again(desk, tmp_path, name):
    layer = desk.search("“boats in a harbor”", 5)
    layer.renderer().updateRangeLabel(0, "the best")
    layer.setOpacity(0.5)
    path = tmp_path / name
    desk.save(path)
    assert not desk.project.isDirty()
    desk.open(path)
    again = desk.layer("“boats in a harbor”")
    assert again.isValid()
    assert tiles(again) == [100, 101, 102, 103, 104]
    assert again.renderer().ranges()[0].label() == "the best"
    assert again.opacity() == 0.5
    assert again.labelsEnabled()
    assert again.attributeDisplayName(again.fields().indexOf("hamming")) == "Bits that differ"
    assert file_of(again) == tmp_path / f"{name}_results.gpkg"
    assert desk.group.layers() == [again]


def test_a_result_is_in_a_file_at_once_and_not_beside_the_project(desk, tmp_path, folder):
    desk.save(tmp_path / "karte.qgz")
    layer = desk.search("“harbor”")
    assert file_of(layer).parent == folder / "unsaved"
    columns = layer.attributeTableConfig().columns()
    assert {column.name for column in columns if column.hidden and column.name} == {"fid", "match"}
    assert layer.fields().names()[1:] == [
        "rank",
        "score",
        "hamming",
        "match",
        "tile",
        "source",
        "acquired",
        "scale",
    ]
    assert {path.name for path in tmp_path.iterdir()} == {"karte.qgz", folder.parent.name}


def test_a_project_without_results_gets_no_file(desk, tmp_path):
    desk.save(tmp_path / "karte.qgz")
    assert not (tmp_path / "karte.qgz_results.gpkg").exists()


def test_after_save_as_both_projects_work_for_themselves(desk, tmp_path):
    desk.search("“harbor”")
    (tmp_path / "other").mkdir()
    desk.save(tmp_path / "a.qgz")
    desk.save(tmp_path / "other" / "b.qgs")
    copy = desk.layer("“harbor”")
    assert file_of(copy) == tmp_path / "other" / "b.qgs_results.gpkg"
    assert copy.startEditing()
    assert copy.deleteFeature(next(copy.getFeatures()).id())
    assert copy.commitChanges()
    desk.save()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4
    # … and without the other's files, as on another computer
    shutil.rmtree(tmp_path / "other")
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4


def test_save_as_onto_the_same_stem_keeps_two_projects_apart(desk, tmp_path):
    desk.search("“harbor”")
    desk.save(tmp_path / "a.qgz")
    desk.save(tmp_path / "a.qgs")
    desk.group.clear()
    desk.save()
    desk.save()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4


def test_a_folder_can_be_moved(desk, tmp_path):
    (tmp_path / "before").mkdir()
    desk.search("“harbor”")
    desk.save(tmp_path / "before" / "a.qgz")
    desk.project.clear()
    (tmp_path / "before").rename(tmp_path / "später")
    desk.open(tmp_path / "später" / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4


def test_saving_there_and_back_takes_the_newest(desk, tmp_path):
    """Both files have a table of that name by then, and the features differ."""
    desk.search("“harbor”")
    desk.save(tmp_path / "a.qgz")
    desk.save(tmp_path / "b.qgz")
    layer = desk.layer("“harbor”")
    layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    layer.commitChanges()
    desk.save(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 3
    desk.open(tmp_path / "b.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 3
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 3
    desk.save()
    desk.save()
    assert len(tables(tmp_path / "a.qgz_results.gpkg")) == 1  # the first one is gone


def test_a_project_in_a_geopackage_has_its_results_in_the_profile(desk, tmp_path, folder):
    home = tmp_path / "daten.gpkg"
    other = desk.search("“other”")
    desk.keeper.session.store()
    shutil.copy(file_of(other), home)  # any GeoPackage
    desk.group.clear()
    desk.search("“harbor”")
    uri = f"geopackage:{home}?projectName=karte"
    desk.save(uri)
    assert file_of(desk.layer("“harbor”")).parent == folder
    desk.open(uri)
    assert len(tiles(desk.layer("“harbor”"))) == 4
    # … and out of the database into a file
    desk.save(tmp_path / "a.qgz")
    assert file_of(desk.layer("“harbor”")) == tmp_path / "a.qgz_results.gpkg"


def test_where_nothing_can_be_beside_the_project_the_profile_has_the_results(
    desk, tmp_path, folder
):
    # Someone's folder of that name; root may write everywhere else, as in a container.
    (tmp_path / "a.qgz_results.gpkg").mkdir()
    desk.search("“harbor”")
    desk.save(tmp_path / "a.qgz")
    assert file_of(desk.layer("“harbor”")).parent == folder
    assert len(desk.told) == 1
    assert "profile" in desk.told[0]
    desk.save()
    assert len(desk.told) == 1  # said once
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4
    # When it has become possible, they move.
    (tmp_path / "a.qgz_results.gpkg").rmdir()
    desk.save()
    assert file_of(desk.layer("“harbor”")) == tmp_path / "a.qgz_results.gpkg"
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 4


def test_a_read_only_folder(desk, tmp_path, folder, read_only):
    (tmp_path / "p").mkdir()
    desk.save(tmp_path / "p" / "a.qgs")  # exists already, and may be written
    desk.search("“harbor”")
    read_only(tmp_path / "p")
    desk.save()
    assert file_of(desk.layer("“harbor”")).parent == folder


def test_edits_that_are_not_committed_survive_saving(desk, tmp_path):
    layer = desk.search("“harbor”")
    layer.startEditing()
    layer.deleteFeature(next(layer.getFeatures()).id())
    desk.save(tmp_path / "a.qgz")
    assert layer.isEditable()
    assert layer.isModified()
    assert layer.commitChanges()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“harbor”"))) == 3


def test_filters_and_copies_move_along(desk, tmp_path):
    layer = desk.search("“harbor”")
    copy = layer.clone()
    copy.setName("the best two")
    copy.setSubsetString('"rank" <= 2')
    desk.project.addMapLayer(copy)
    desk.save(tmp_path / "a.qgz")
    desk.group.clear()
    desk.save()
    desk.save()
    desk.open(tmp_path / "a.qgz")
    again = desk.layer("the best two")
    assert tiles(again) == [100, 101]
    assert file_of(again) == tmp_path / "a.qgz_results.gpkg"
    assert len(tables(tmp_path / "a.qgz_results.gpkg")) == 1


def test_what_a_project_has_let_go_of_is_removed_in_two_steps(desk, tmp_path):
    """QGIS keeps a backup of the project file, which must still find its results."""
    desk.search("“one”")
    desk.search("“two”")
    desk.save(tmp_path / "a.qgs")
    store = tmp_path / "a.qgs_results.gpkg"
    desk.project.removeMapLayer(desk.layer("“one”"))
    desk.save()
    assert len(tables(store)) == 2
    backup = Path(str(tmp_path / "a.qgs") + "~")
    assert backup.exists()
    desk.open(tmp_path / "a.qgs")  # the list is in the project, not in the running QGIS
    desk.save()
    assert len(tables(store)) == 1
    assert len(tiles(desk.layer("“two”"))) == 4


def test_a_removal_that_is_not_saved_is_no_removal(desk, tmp_path):
    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    desk.group.clear()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“one”"))) == 4


def test_a_file_that_holds_nothing_any_more_goes(desk, tmp_path):
    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    desk.group.clear()
    desk.save()
    desk.save()
    assert not (tmp_path / "a.qgz_results.gpkg").exists()


def test_other_layers_in_the_file_stay(desk, tmp_path):
    from osgeo import ogr

    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    store = tmp_path / "a.qgz_results.gpkg"
    data = ogr.Open(str(store), 1)
    data.CreateLayer("meine Notizen", None, ogr.wkbPoint)
    data = None
    desk.group.clear()
    desk.save()
    desk.save()
    data = ogr.Open(str(store))
    assert [data.GetLayer(place).GetName() for place in range(data.GetLayerCount())] == [
        "meine Notizen"
    ]


def test_two_qgis_save_the_same_project(make_desk, tmp_path):
    first, second = make_desk(), make_desk()
    first.search("“first”")
    first.save(tmp_path / "a.qgz")
    second.open(tmp_path / "a.qgz")
    second.search("“second”")
    first.search("“third”")
    second.save()
    first.save()  # the last one wins, as with any project
    first.save()
    first.save()
    assert len(tiles(second.layer("“second”"))) == 4  # its table was not taken from under it
    second.save()
    first.open(tmp_path / "a.qgz")
    names = {layer.name() for layer in first.project.mapLayers().values()}
    assert names == {"“first”", "“second”"}
    for name in names:
        assert len(tiles(first.layer(name))) == 4


def test_a_store_that_the_analyst_deleted(desk, tmp_path):
    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    desk.project.clear()
    (tmp_path / "a.qgz_results.gpkg").unlink()
    desk.project.read(str(tmp_path / "a.qgz"))
    assert not desk.layer("“one”").isValid()
    desk.search("“two”")
    desk.save()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“two”"))) == 4
    assert not desk.layer("“one”").isValid()
    desk.group.clear()
    assert not desk.project.mapLayers()


def test_a_store_that_vanishes_under_the_open_project(desk, tmp_path):
    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    list(desk.layer("“one”").getFeatures())
    for path in tmp_path.glob("a.qgz_results.gpkg*"):
        path.unlink()
    desk.search("“two”")
    desk.save()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“two”"))) == 4
    assert not desk.layer("“one”").isValid()  # it is gone, and QGIS says so


def test_a_copy_handed_on_and_deleted_leaves_the_project_whole(desk, tmp_path):
    """Some plugins save the open project elsewhere to pack it, and go on with the first one."""
    desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    (tmp_path / "packed").mkdir()
    desk.save(tmp_path / "packed" / "a.qgz")
    desk.project.setFileName(str(tmp_path / "a.qgz"))
    shutil.rmtree(tmp_path / "packed")
    desk.save()
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“one”"))) == 4
    assert file_of(desk.layer("“one”")) == tmp_path / "a.qgz_results.gpkg"


def test_a_table_that_the_analyst_moved_to_a_file_of_their_own_stays_there(desk, tmp_path):
    from scene_search.layers.results.places import move_to, table_of

    layer = desk.search("“one”")
    desk.save(tmp_path / "a.qgz")
    mine = tmp_path / "Fundstellen.gpkg"
    shutil.copy(tmp_path / "a.qgz_results.gpkg", mine)
    move_to(layer, mine, table_of(layer)[1])
    desk.save()
    desk.save()
    assert file_of(layer) == mine


def test_a_project_opened_through_a_link(desk, tmp_path):
    desk.search("“one”")
    (tmp_path / "real").mkdir()
    desk.save(tmp_path / "real" / "a.qgz")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    desk.open(tmp_path / "link" / "a.qgz")
    desk.search("“two”")
    desk.save()
    assert len(tables(tmp_path / "real" / "a.qgz_results.gpkg")) == 2
    desk.open(tmp_path / "real" / "a.qgz")
    for name in ("“one”", "“two”"):
        assert len(tiles(desk.layer(name))) == 4


def test_a_full_disk_leaves_the_result_in_memory_and_says_so(desk, folder, tmp_path):
    folder.parent.mkdir(parents=True)
    folder.write_text("a file where the folder should be")
    layer = desk.search("“one”")
    assert layer.providerType() == "memory"
    assert not layer.customProperty("skipMemoryLayersCheck")  # QGIS asks when it closes
    assert "memory" in desk.told[0]
    desk.save(tmp_path / "a.qgz")  # … but beside the project there is room
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“one”"))) == 4


def test_the_region_is_kept_with_its_crs(desk, tmp_path):
    from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry
    from scene_search.layers.region_layer import build_region_layer

    own = QgsCoordinateReferenceSystem.fromWkt(
        'PROJCS["Bauwerk 7",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,'
        '298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",50],'
        'PARAMETER["central_meridian",10.3],PARAMETER["scale_factor",1],'
        'PARAMETER["false_easting",7000],PARAMETER["false_northing",0],UNIT["metre",1]]'
    )
    for name, wkt, crs in (
        ("point", "POINT(2600000 1200000)", QgsCoordinateReferenceSystem("EPSG:2056")),
        ("own", "POLYGON((7000 0,7100 0,7100 90,7000 0))", own),
        ("none", "POLYGON((0 0,1 0,1 1,0 0))", QgsCoordinateReferenceSystem()),
    ):
        layer = build_region_layer(QgsGeometry.fromWkt(wkt), crs, name)
        desk.keeper.keep(layer)
        desk.group.add([layer])
        desk.save(tmp_path / "a.qgz")
        desk.open(tmp_path / "a.qgz")
        again = desk.layer(name)
        (feature,) = again.getFeatures()
        assert again.crs() == crs
        assert feature.geometry().equals(QgsGeometry.fromWkt(wkt))
        assert again.renderer().type() == "singleSymbol"


def test_what_a_killed_qgis_had_saved_is_there(tmp_path, qgis_app, make_desk):
    """A process of its own saves and is killed at once."""
    import os
    import signal
    import subprocess
    import sys

    script = Path(__file__).with_name("save_and_die.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path), str(tmp_path / "results"), "saved"],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    desk = make_desk()
    for path in tmp_path.glob("*-wal"):  # as when someone copies project and GeoPackage only
        os.unlink(path)  # noqa: PTH108
    desk.open(tmp_path / "a.qgz")
    assert len(tiles(desk.layer("“one”"))) == 4
    assert len(tiles(desk.layer("“two”"))) == 4


def test_very_many_searches_leave_few_layers(desk, tmp_path):
    for number in range(12):
        desk.search(f"“{number}”", 1)
        desk.group.forget_oldest(5)
    assert [layer.name() for layer in desk.group.layers()] == [
        "“11”", "“10”", "“9”", "“8”", "“7”", "“6”",
    ]  # fmt: skip
    # What was saved, renamed, edited or moved out of the group is never taken away.
    desk.save(tmp_path / "a.qgz")
    desk.search("“renamed”").setName("mine")
    edited = desk.search("“edited”")
    edited.startEditing()
    edited.deleteFeature(next(edited.getFeatures()).id())
    edited.commitChanges()
    for number in range(20, 28):
        desk.search(f"“{number}”", 1)
        desk.group.forget_oldest(5)
    names = [layer.name() for layer in desk.group.layers()]
    assert names == [
        "“27”", "“26”", "“25”", "“24”", "“23”", "“22”", "“edited”", "mine",
        "“11”", "“10”", "“9”", "“8”", "“7”", "“6”",
    ]  # fmt: skip
