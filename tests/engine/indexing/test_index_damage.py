"""Indexing what cannot be read: it is named and skipped, and the rest goes on."""

import contextlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scene_search.engine.errors import (
    RasterError,
)
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery

from tests.support.indexing_support import Counting, states
from tests.support.patchwork import patchwork, write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


@contextlib.contextmanager
def may_not_enter(closed):
    """Have the system refuse a folder; modes would not do, since root may enter everything."""
    list_folder, exists = os.scandir, os.path.lexists

    def scandir(path):
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return list_folder(path)

    def lexists(path):
        return closed not in Path(path).parents and exists(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        patch.setattr(os.path, "lexists", lexists)
        yield


def test_a_folder_that_may_not_be_entered_is_named_and_keeps_its_tiles(tmp_path, encoder):
    imagery, index = tmp_path / "imagery", tmp_path / "i.gpkg"
    write_patchwork(imagery / "a.tif")
    write_patchwork(imagery / "closed" / "b.tif")
    index_imagery([imagery], index, encoder, TILES_64)
    with may_not_enter(imagery / "closed"):
        report = index_imagery([imagery], index, encoder)
    assert (report.missing, report.removed, report.tiles) == (1, 0, 32)
    (skipped,) = report.skipped
    assert skipped["path"] == str(imagery / "closed")
    assert "closed cannot be read: permission denied. Ask" in skipped["reason"]
    assert states(index) == {"a.tif": "complete", "b.tif": "missing"}

    counting = Counting(encoder)
    report = index_imagery([imagery], index, counting)
    assert (report.unchanged, report.skipped, counting.tiles) == (2, [], 0)
    assert states(index) == {"a.tif": "complete", "b.tif": "complete"}


def test_nothing_but_a_closed_folder_is_not_taken_for_an_empty_one(tmp_path, encoder):
    write_patchwork(tmp_path / "closed" / "b.tif")
    with may_not_enter(tmp_path / "closed"):
        report = index_imagery([tmp_path / "closed"], tmp_path / "i.gpkg", encoder)
    assert "permission denied" in report.skipped[0]["reason"]
    assert not (tmp_path / "i.gpkg").exists()


def test_unusable_files_are_skipped_with_the_reason_and_the_rest_goes_on(tmp_path, encoder):
    folder = tmp_path / "Luftbilder (alt) ß"
    write_patchwork(folder / "good.tif")
    write_patchwork(folder / "no crs.tif", crs=None)
    (folder / "text.tif").write_text("not a raster", "utf-8")
    (folder / "empty.tif").touch()
    os.mkfifo(folder / "pipe.tif")
    whole = write_patchwork(folder / "cut.tif", 512).read_bytes()
    (folder / "cut.tif").write_bytes(whole[: len(whole) // 2])
    write_patchwork(folder / "blank.tif", nodata=0)
    with rasterio.open(folder / "blank.tif", "r+") as dataset:
        dataset.write(np.zeros((3, 256, 256), np.uint8))

    report = index_imagery([folder], tmp_path / "i.gpkg", encoder, TILES_64)
    reasons = {Path(item["path"]).name: item["reason"] for item in report.skipped}
    assert (report.sources, report.tiles, report.failed) == (1, 16, [])
    assert "no CRS" in reasons["no crs.tif"]
    assert "not a raster" in reasons["text.tif"]
    assert "empty" in reasons["empty.tif"]
    assert "no file" in reasons["pipe.tif"]
    assert "truncated" in reasons["cut.tif"]
    assert "nodata" in reasons["blank.tif"]
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        kept = {Path(s.path).name: s.error for s in index.sources() if s.error}
    assert kept == reasons

    (folder / "text.tif").unlink()
    write_patchwork(folder / "empty.tif")
    report = index_imagery([folder], tmp_path / "i.gpkg", encoder)
    assert (report.added, report.removed, report.unchanged) == (1, 1, 1)
    assert len(report.skipped) == 4


def test_a_name_that_is_no_text_is_skipped(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif")
    name = os.fsencode(tmp_path) + b"/Stra\xdfe.tif"
    shutil.copy(tmp_path / "a.tif", name)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert report.sources == 1
    assert "not valid text. Rename" in report.skipped[0]["reason"]
    report.skipped[0]["reason"].encode("utf-8")


def test_a_raster_that_breaks_in_the_middle_is_failed_and_the_rest_goes_on(
    tmp_path, encoder, monkeypatch
):
    write_patchwork(tmp_path / "a.tif", 512)
    write_patchwork(tmp_path / "b.tif")
    original = TileReader.read

    def breaking(self, window):
        if self._raster.path.name == "a.tif" and window.row_off >= 256:
            raise RasterError("a.tif cannot be read: the drive is gone")
        return original(self, window)

    with monkeypatch.context() as patch:
        patch.setattr(TileReader, "read", breaking)
        report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert [Path(item["path"]).name for item in report.failed] == ["a.tif"]
    assert "the drive is gone" in report.failed[0]["reason"]
    assert states(tmp_path / "i.gpkg") == {"a.tif": "failed", "b.tif": "complete"}
    assert report.tiles == 32 + 16

    counting = Counting(encoder)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", counting)
    assert (report.failed, report.tiles, report.resumed) == ([], 64 + 16, 1)
    assert counting.tiles == 32, "what was read before is kept"


def test_a_damaged_block_is_named(tmp_path, encoder):
    options = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    path = write_patchwork(tmp_path / "a.tif", 512, **options)
    write_patchwork(tmp_path / "b.tif")
    broken = bytearray(path.read_bytes())
    middle = len(broken) * 3 // 4
    broken[middle : middle + 2000] = bytes(2000)
    path.write_bytes(bytes(broken))
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    (item,) = report.skipped + report.failed
    assert "a.tif" in item["reason"]
    assert report.sources == 1


def test_tiles_of_mostly_nodata_are_left_out_and_counted(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 256, nodata=0)
    pixels = np.maximum(patchwork(256), 1)
    pixels[:, :, :100] = 0  # one column of tiles is empty, the next is 36 of 64 nodata
    with rasterio.open(path, "r+") as dataset:
        dataset.write(pixels)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.tiles_empty) == (8, 8)


def test_a_raster_without_one_good_tile_is_skipped_and_stays_so(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 256, nodata=0)
    pixels = np.maximum(patchwork(256), 1) * (np.arange(256) % 8 == 0).astype(np.uint8)
    with rasterio.open(path, "r+") as dataset:
        dataset.write(pixels)
    write_patchwork(tmp_path / "b.tif")
    for _ in range(2):
        report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
        assert [Path(item["path"]).name for item in report.skipped] == ["a.tif"]
        assert "half" in report.skipped[0]["reason"]
        assert states(tmp_path / "i.gpkg") == {"a.tif": "skipped", "b.tif": "complete"}
