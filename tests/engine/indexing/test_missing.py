"""Imagery that is not found any more: kept as missing, back without encoding, removed if asked."""

import os
import shutil
from pathlib import Path

import pytest
from scene_search import same_path
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery

from tests.support.indexing_support import Counting, contents, states
from tests.support.patchwork import write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)
REMOVE = IndexOptions(remove_missing=True)


def unplug(folder, away):
    """Leave the empty folder that a drive was mounted at; return what brings the drive back."""
    folder.rename(away)
    folder.mkdir()

    def plug():
        folder.rmdir()
        away.rename(folder)

    return plug


@pytest.mark.parametrize("drive", ["drive B", "drive B/deep/below", "."])
def test_a_drive_that_is_away_loses_nothing_and_is_back_at_once(tmp_path, encoder, drive):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    write_patchwork(folder / "drive A" / "a.tif")
    write_patchwork(folder / drive / "b.tif", seed=1)
    index_imagery([folder], index, encoder, TILES_64)
    before = contents(index)
    plug = unplug(folder / drive, tmp_path / "away")
    report = index_imagery([folder], index, encoder)
    assert report.removed == 0
    assert states(index)["b.tif"] == "missing"
    assert contents(index) == before

    plug()
    counting = Counting(encoder)
    report = index_imagery([folder], index, counting)
    assert (report.unchanged, report.missing, report.tiles, counting.tiles) == (2, 0, 32, 0)
    assert states(index) == {"a.tif": "complete", "b.tif": "complete"}
    assert contents(index) == before


@pytest.mark.parametrize("given", ["folder", "file"])
def test_a_single_file_that_is_gone_is_missing_until_it_is_back(tmp_path, encoder, given):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    file = write_patchwork(folder / "a.tif")
    write_patchwork(folder / "b.tif")
    index_imagery([folder], index, encoder, TILES_64)
    file.rename(tmp_path / "kept")
    report = index_imagery([folder if given == "folder" else file], index, encoder)
    assert (report.missing, report.removed, report.tiles, report.skipped) == (1, 0, 32, [])
    assert states(index) == {"a.tif": "missing", "b.tif": "complete"}
    with TileIndex.open(index, read_only=True) as opened:
        assert opened.source_by_path(file).error == "The file is not there"

    (tmp_path / "kept").rename(file)
    counting = Counting(encoder)
    report = index_imagery([file], index, counting)
    assert (report.unchanged, counting.tiles) == (1, 0)
    assert states(index)["a.tif"] == "complete"


def test_only_the_option_removes_what_is_gone(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    for name in ("a", "deep/b", "c"):
        write_patchwork(folder / f"{name}.tif")
    index_imagery([folder], index, encoder, TILES_64)
    (folder / "a.tif").unlink()
    shutil.rmtree(folder / "deep")
    assert index_imagery([folder], index, encoder).missing == 2
    report = index_imagery([folder], index, encoder, REMOVE)
    assert (report.removed, report.missing, report.tiles) == (2, 0, 16)
    assert states(index) == {"c.tif": "complete"}


def test_a_given_file_that_is_gone_is_removed_where_asked(tmp_path, encoder):
    index = tmp_path / "i.gpkg"
    file = write_patchwork(tmp_path / "a.tif")
    index_imagery([file], index, encoder, TILES_64)
    file.unlink()
    report = index_imagery([file], index, encoder, REMOVE)
    assert (report.removed, report.tiles, states(index)) == (1, 0, {})


def test_an_empty_folder_is_emptied_in_the_index_where_asked(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    write_patchwork(folder / "a.tif")
    index_imagery([folder], index, encoder, TILES_64)
    (folder / "a.tif").unlink()
    assert index_imagery([folder], index, encoder, REMOVE).removed == 1


def test_a_folder_that_is_not_there_loses_nothing_even_where_asked(tmp_path, encoder):
    share, index = tmp_path / "share", tmp_path / "i.gpkg"
    write_patchwork(share / "imagery" / "a.tif")
    write_patchwork(tmp_path / "b.tif")
    index_imagery([share, tmp_path / "b.tif"], index, encoder, TILES_64)
    share.rename(tmp_path / "away")
    report = index_imagery([share], index, encoder, REMOVE)
    assert (report.removed, report.missing, report.tiles) == (0, 1, 32)
    assert "does not exist" in report.skipped[0]["reason"]
    assert states(index) == {"a.tif": "missing", "b.tif": "complete"}


def test_what_was_never_usable_is_forgotten_with_its_file(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    write_patchwork(folder / "a.tif")
    (folder / "text.tif").write_text("not a raster", "utf-8")
    index_imagery([folder], index, encoder, TILES_64)
    (folder / "text.tif").unlink()
    report = index_imagery([folder], index, encoder)
    assert (report.removed, report.missing) == (1, 0)
    assert states(index) == {"a.tif": "complete"}


def test_what_came_to_its_middle_goes_on_there_when_it_is_back(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    file = write_patchwork(folder / "a.tif", 512)
    write_patchwork(folder / "b.tif")
    index_imagery([folder], index, encoder, TILES_64)
    whole = contents(index)
    with TileIndex.open(index) as opened:
        source = opened.source_by_path(file)
        connection = opened._connection
        connection.execute("DELETE FROM tiles WHERE source_id = ? AND row_off >= 256", [source.id])
        connection.execute("UPDATE sources SET windows_done = 32, state = 'indexing' WHERE fid = 1")
    file.rename(tmp_path / "kept")
    assert index_imagery([folder], index, encoder).missing == 1
    (tmp_path / "kept").rename(file)
    counting = Counting(encoder)
    report = index_imagery([folder], index, counting)
    assert (report.resumed, counting.tiles) == (1, 32)
    assert contents(index) == whole


def test_other_folders_are_left_alone(tmp_path, encoder):
    write_patchwork(tmp_path / "one" / "a.tif")
    write_patchwork(tmp_path / "one more" / "b.tif")
    both = [tmp_path / "one", tmp_path / "one more"]
    index_imagery(both, tmp_path / "i.gpkg", encoder, TILES_64)
    (tmp_path / "one more" / "b.tif").unlink()
    report = index_imagery([tmp_path / "one"], tmp_path / "i.gpkg", encoder, REMOVE)
    assert (report.removed, report.missing, report.tiles) == (0, 0, 32)


def test_a_folder_in_another_spelling_is_the_same_where_case_does_not_count(
    tmp_path, encoder, monkeypatch
):
    index = tmp_path / "i.gpkg"
    write_patchwork(tmp_path / "Img" / "A.tif")
    index_imagery([tmp_path / "Img"], index, encoder, TILES_64)
    # what such a drive shows under the other spelling, links that keep size and time
    (tmp_path / "img").mkdir()
    os.link(tmp_path / "Img" / "A.tif", tmp_path / "img" / "a.TIF")
    monkeypatch.setattr(same_path, "_tried", lambda _folder: True)
    counting = Counting(encoder)
    report = index_imagery([tmp_path / "img"], index, counting)
    assert (report.unchanged, report.added, counting.tiles) == (1, 0, 0)
    for file in (tmp_path / "img" / "a.TIF", tmp_path / "Img" / "A.tif"):
        file.unlink()
    assert index_imagery([tmp_path / "img"], index, encoder).missing == 1
    with TileIndex.open(index, read_only=True) as opened:
        assert [Path(source.path).name for source in opened.sources()] == ["A.tif"]
