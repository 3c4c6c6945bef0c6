"""Imagery that was moved or renamed is recognised: its tiles stay, nothing is encoded."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.shutil
from scene_search.engine.errors import RasterError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.indexing.locate import locate_imagery
from scene_search.engine.progress import Progress

from tests.support.index_sql import sql
from tests.support.indexing_support import Counting, states
from tests.support.many_pictures import three_pages
from tests.support.patchwork import patchwork, write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


def tiles_of(index):
    return sql(index, "SELECT fid, source_id, code, embedding, geom FROM tiles ORDER BY fid")


def paths_of(index):
    with TileIndex.open(index, read_only=True) as opened:
        return {source.id: source.path for source in opened.sources()}


@pytest.fixture
def indexed(tmp_path, encoder):
    """An index of two rasters in a folder; returns the folder and the index."""
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    write_patchwork(folder / "a.tif")
    write_patchwork(folder / "deep" / "b.tif", seed=1)
    index_imagery([folder], index, encoder, TILES_64)
    return folder, index


def copy_without_times(folder, target):
    shutil.copytree(folder, target, copy_function=shutil.copy)
    for file in target.rglob("*.*"):
        os.utime(file, (1, 1))
    shutil.rmtree(folder)


@pytest.mark.parametrize("move", [os.rename, copy_without_times])
def test_a_moved_folder_keeps_its_tiles(indexed, encoder, move):
    folder, index = indexed
    before = tiles_of(index)
    new = folder.with_name("new place")
    move(folder, new)
    counting = Counting(encoder)
    report = index_imagery([new], index, counting)
    assert (report.moved, report.added, report.updated, report.missing) == (2, 0, 0, 0)
    assert (report.unchanged, report.tiles, counting.tiles) == (2, 32, 0)
    assert tiles_of(index) == before
    assert set(paths_of(index).values()) == {str(new / "a.tif"), str(new / "deep" / "b.tif")}
    assert index_imagery([new], index, encoder).unchanged == 2
    # what was looked at under the old name is not missed
    assert states(index) == {"a.tif": "complete", "b.tif": "complete"}


def test_a_renamed_file_keeps_its_tiles(indexed, encoder):
    folder, index = indexed
    before = tiles_of(index)
    (folder / "a.tif").rename(folder / "deep" / "Zürich 2024.tif")
    counting = Counting(encoder)
    report = index_imagery([folder], index, counting)
    assert (report.moved, report.tiles, counting.tiles) == (1, 32, 0)
    assert tiles_of(index) == before


@pytest.mark.parametrize("size", [256, 192])  # of the second: files are or are not equally large
def test_names_that_were_handed_on_keep_their_tiles(tmp_path, encoder, size):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    for number in (1, 2, 3):
        write_patchwork(folder / f"{number}.tif", size if number == 2 else 256, seed=number)
    index_imagery([folder], index, encoder, TILES_64)
    before = tiles_of(index)
    for number in (3, 2, 1):
        (folder / f"{number}.tif").rename(folder / f"{number + 1}.tif")
    counting = Counting(encoder)
    report = index_imagery([folder], index, counting)
    assert (report.moved, report.unchanged, counting.tiles) == (3, 3, 0)
    assert tiles_of(index) == before
    names = {source: Path(path).name for source, path in paths_of(index).items()}
    assert names == {1: "2.tif", 2: "3.tif", 3: "4.tif"}
    assert index_imagery([folder], index, encoder).updated == 0


def test_a_file_that_took_the_name_of_one_that_is_gone_is_a_changed_one(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    for number in (1, 2):
        write_patchwork(folder / f"{number}.tif", seed=number)
    index_imagery([folder], index, encoder, TILES_64)
    (folder / "1.tif").replace(folder / "2.tif")
    write_patchwork(folder / "3.tif", seed=3)
    report = index_imagery([folder], index, encoder)
    assert (report.moved, report.updated, report.added, report.missing) == (0, 1, 1, 1)
    assert states(index) == {"1.tif": "missing", "2.tif": "complete", "3.tif": "complete"}


def test_what_was_missing_first_is_found_elsewhere_later(indexed, encoder, tmp_path):
    folder, index = indexed
    before = tiles_of(index)
    new = tmp_path / "new"
    folder.rename(new)
    folder.mkdir()
    assert index_imagery([folder], index, encoder).missing == 2
    counting = Counting(encoder)
    assert index_imagery([new], index, counting).moved == 2
    assert counting.tiles == 0
    assert states(index) == {"a.tif": "complete", "b.tif": "complete"}
    assert tiles_of(index) == before


def test_a_copy_beside_the_original_is_new(indexed, encoder):
    folder, index = indexed
    shutil.copy2(folder / "a.tif", folder / "copy.tif")
    report = index_imagery([folder], index, encoder)
    assert (report.moved, report.added, report.unchanged) == (0, 1, 2)


@pytest.mark.parametrize("place", ["start", "middle", "end"])
def test_another_raster_of_the_same_size_is_new(tmp_path, encoder, place):
    """What differs may lie anywhere in the file, and be small."""
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    file = write_patchwork(folder / "a.tif", 512)
    index_imagery([folder], index, encoder, TILES_64)
    new = tmp_path / "new" / "a.tif"
    new.parent.mkdir()
    shutil.copy(file, new)
    pixels = patchwork(512)
    row = {"start": 0, "middle": 256, "end": 511}[place]
    pixels[:, row, 250:260] ^= 0x55
    with rasterio.open(new, "r+") as dataset:
        dataset.write(pixels)
    assert new.stat().st_size == file.stat().st_size
    file.unlink()
    report = index_imagery([tmp_path / "new"], index, encoder)
    assert (report.moved, report.added) == (0, 1)


def test_the_same_pixels_at_another_place_are_new(tmp_path, encoder):
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    for name, west in (("a", 500_000), ("b", 510_000)):
        file = write_patchwork(folder / f"{name}.tif", transform=None)
        file.with_suffix(".tfw").write_text(f"1\n0\n0\n-1\n{west}\n5600000\n")
    (folder / "b.tif").rename(tmp_path / "b.tif")
    assert index_imagery([folder], index, encoder, TILES_64).added == 1
    (folder / "a.tif").unlink()
    (tmp_path / "b.tif").rename(folder / "b.tif")
    report = index_imagery([folder], index, encoder)
    assert (report.moved, report.added, report.missing) == (0, 1, 1)


def test_side_files_that_viewers_write_do_not_hide_a_move(indexed, encoder, tmp_path):
    folder, index = indexed
    new = tmp_path / "new"
    folder.rename(new)
    (new / "a.tif.aux.xml").write_text(
        '<PAMDataset><PAMRasterBand band="1"><Metadata><MDI key="STATISTICS_MAXIMUM">9</MDI>'
        "</Metadata></PAMRasterBand></PAMDataset>"
    )
    counting = Counting(encoder)
    assert index_imagery([new], index, counting).moved == 2
    assert counting.tiles == 0


def test_equal_files_are_told_by_their_paths(tmp_path, encoder):
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    for year in ("2023", "2024"):
        write_patchwork(folder / year / "a.tif")
    index_imagery([folder], index, encoder, TILES_64)
    before = {source: Path(path).parts[-2:] for source, path in paths_of(index).items()}
    folder.rename(tmp_path / "new")
    assert index_imagery([tmp_path / "new"], index, encoder).moved == 2
    assert {source: Path(path).parts[-2:] for source, path in paths_of(index).items()} == before


def test_more_copies_than_sources_are_new(indexed, encoder, tmp_path):
    folder, index = indexed
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy2(folder / "a.tif", new / "1.tif")
    shutil.copy2(folder / "a.tif", new / "2.tif")
    (folder / "a.tif").unlink()
    report = index_imagery([new], index, encoder)
    assert (report.moved, report.added) == (1, 1)


def test_what_was_half_done_goes_on_after_a_move(tmp_path, encoder):
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    write_patchwork(folder / "a.tif", 512)
    index_imagery([folder], index, encoder, TILES_64)
    whole = [row[2:4] for row in tiles_of(index)]
    sql(
        index,
        "DELETE FROM tiles WHERE row_off >= 256",
        "UPDATE sources SET windows_done = 32, state = 'indexing'",
    )
    folder.rename(tmp_path / "new")
    counting = Counting(encoder)
    report = index_imagery([tmp_path / "new"], index, counting)
    assert (report.moved, report.resumed, counting.tiles) == (1, 1, 32)
    assert [row[2:4] for row in tiles_of(index)] == whole


def test_an_index_from_before_contents_were_kept_knows_what_was_moved(indexed, encoder, tmp_path):
    folder, index = indexed
    sql(index, "UPDATE sources SET content = NULL")
    folder.rename(tmp_path / "new")
    counting = Counting(encoder)
    assert index_imagery([tmp_path / "new"], index, counting).moved == 2
    assert counting.tiles == 0


def test_a_moved_virtual_raster_is_the_same_if_its_parts_are(tmp_path, encoder):
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    write_patchwork(folder / "a.tif")
    with rasterio.open(folder / "a.tif") as source:
        rasterio.shutil.copy(source, folder / "v.vrt", driver="VRT")
    text = (folder / "v.vrt").read_text("utf-8")
    assert 'relativeToVRT="1"' in text
    index_imagery([folder / "v.vrt"], index, encoder, TILES_64)
    shutil.copytree(folder, tmp_path / "other")
    write_patchwork(tmp_path / "other" / "a.tif", seed=5)
    folder.rename(tmp_path / "new")
    report = index_imagery([tmp_path / "other" / "v.vrt"], index, encoder)
    assert (report.moved, report.added) == (0, 1)
    assert index_imagery([tmp_path / "new" / "v.vrt"], index, encoder).moved == 1


@pytest.mark.parametrize("way", ["index", "locate"])
def test_the_pages_of_a_moved_file_stay_what_they_are(tmp_path, encoder, way):
    folder, index = tmp_path / "old", tmp_path / "i.gpkg"
    folder.mkdir()
    three_pages(folder / "scan.tif")
    shutil.rmtree(folder / "parts")
    index_imagery([folder], index, encoder, TILES_64)
    before = tiles_of(index)
    folder.rename(tmp_path / "new")
    (tmp_path / "new" / "scan.tif").rename(tmp_path / "new" / "Scan 2.tif")
    if way == "index":
        assert index_imagery([tmp_path / "new"], index, encoder).moved == 3
    else:
        assert len(locate_imagery(index, [tmp_path / "new"], Progress()).moves) == 3
    assert tiles_of(index) == before
    assert set(states(index).values()) == {"complete"}
    pages = {path.partition(str(tmp_path))[0] for path in paths_of(index).values()}
    assert len(pages) == 3
    assert all(path.endswith("new/Scan 2.tif") for path in paths_of(index).values())
    assert index_imagery([tmp_path / "new"], index, encoder).unchanged == 3


def test_locating_a_folder_moves_what_it_holds_and_nothing_else(indexed, encoder, tmp_path):
    folder, index = indexed
    before = tiles_of(index)
    new = tmp_path / "new"
    folder.rename(new)
    write_patchwork(new / "unknown.tif", seed=7)
    (new / "deep" / "b.tif").unlink()
    found = locate_imagery(index, [new], Progress())
    assert [(move.old.path, move.new.path) for move in found.moves] == [
        (str(folder / "a.tif"), str(new / "a.tif"))
    ]
    assert found.missing == (str(folder / "deep" / "b.tif"),)
    assert tiles_of(index) == before
    assert set(paths_of(index).values()) == {str(new / "a.tif"), str(folder / "deep" / "b.tif")}
    assert index_imagery([new / "a.tif"], index, encoder).unchanged == 1


def test_locating_brings_back_what_is_missing(indexed, encoder, tmp_path):
    folder, index = indexed
    folder.rename(tmp_path / "new")
    folder.mkdir()
    index_imagery([folder], index, encoder)
    assert set(states(index).values()) == {"missing"}
    locate_imagery(index, [tmp_path / "new"], Progress())
    assert set(states(index).values()) == {"complete"}


def test_locating_where_nothing_is_missing_changes_nothing(indexed):
    folder, index = indexed
    found = locate_imagery(index, [folder], Progress())
    assert (found.moves, found.missing) == ((), ())


def test_locating_in_a_folder_that_is_not_there(indexed, tmp_path):
    with pytest.raises(RasterError, match="nowhere does not exist"):
        locate_imagery(indexed[1], [tmp_path / "nowhere"], Progress())


def test_contents_are_kept_of_what_is_indexed(indexed):
    folder, index = indexed
    with TileIndex.open(index, read_only=True) as opened:
        marks = {Path(s.path).name: s.content for s in opened.sources()}
    assert marks["a.tif"].startswith(f"{(folder / 'a.tif').stat().st_size}-")
    assert len(set(marks.values())) == 2
    assert np.all([len(mark.partition("-")[2]) == 40 for mark in marks.values()])
