"""Indexing what cannot be read: it is named and skipped, and the rest goes on."""

import contextlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import rasterio
from scene_search.engine.errors import CancelledError, RasterError
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery

from tests.support.damaged_blocks import damage
from tests.support.indexing_support import CancelAfter, Counting, contents, states
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


@pytest.mark.parametrize("content", [b"", b"not a picture", b"II*\0"])
@pytest.mark.parametrize("remove_missing", [False, True])
def test_a_file_that_cannot_be_opened_any_more_keeps_its_tiles(
    tmp_path, encoder, content, remove_missing
):
    """A copy that was interrupted, or a file that a cloud drive has emptied."""
    imagery, index = tmp_path / "imagery", tmp_path / "i.gpkg"
    write_patchwork(imagery / "a.tif")
    write_patchwork(imagery / "b.tif")
    index_imagery([imagery], index, encoder, TILES_64)
    shutil.copy2(imagery / "b.tif", tmp_path)
    (imagery / "b.tif").write_bytes(content)
    options = IndexOptions(remove_missing=remove_missing)
    for _ in range(2):
        report = index_imagery([imagery], index, encoder, options)
        assert [Path(item["path"]).name for item in report.skipped] == ["b.tif"]
        assert (report.tiles, report.removed) == (32, 0)
        assert states(index) == {"a.tif": "complete", "b.tif": "missing"}

    shutil.copy2(tmp_path / "b.tif", imagery)
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


def test_a_folder_of_archives_is_not_called_empty(tmp_path, encoder):
    (tmp_path / "scenes.zip").write_bytes(b"PK")
    with pytest.raises(RasterError, match=r"no rasters in .*Archives are not looked into \(1 here"):
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder)


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


def test_a_raster_that_goes_in_the_middle_is_failed_and_the_rest_goes_on(
    tmp_path, encoder, monkeypatch
):
    a = write_patchwork(tmp_path / "a.tif", 512)
    away = tmp_path / "away"
    write_patchwork(tmp_path / "b.tif")
    original = TileReader.read

    def breaking(self, window):
        if self.raster.path.name == "a.tif" and window.row_off >= 256:
            if a.exists():
                a.rename(away)
            raise RasterError("a.tif cannot be read: the drive is gone")
        return original(self, window)

    with monkeypatch.context() as patch:
        patch.setattr(TileReader, "read", breaking)
        report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert [Path(item["path"]).name for item in report.failed] == ["a.tif"]
    assert "does not exist" in report.failed[0]["reason"]
    assert states(tmp_path / "i.gpkg") == {"a.tif": "failed", "b.tif": "complete"}
    assert report.tiles < 32 + 16 + 1
    assert (report.damaged, report.tiles_damaged) == ([], 0)
    kept = report.tiles

    away.rename(a)
    counting = Counting(encoder)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", counting)
    assert (report.failed, report.tiles, report.resumed) == ([], 64 + 16, 1)
    assert counting.tiles == 64 + 16 - kept, "what was read before is kept"


BLOCKS_64 = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}


@pytest.mark.parametrize("blocks", [[(1, 1)], [(0, 0), (7, 7)], [(3, 4), (4, 4), (5, 4)]])
def test_tiles_on_damaged_blocks_are_left_out_and_the_rest_is_indexed(tmp_path, encoder, blocks):
    path = write_patchwork(tmp_path / "a.tif", 512, **BLOCKS_64)
    whole = index_imagery([path], tmp_path / "whole.gpkg", encoder, TILES_64)
    damage(path, *blocks)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.tiles_damaged) == (whole.tiles - len(blocks), len(blocks))
    (item,) = report.damaged
    x, y = 64 * np.array(min(blocks, key=lambda block: (block[1], block[0])))
    assert f"{len(blocks)} of 64 tiles cannot be read" in item["reason"]
    assert f"at column {x}, row {y} (64 × 64 pixels)" in item["reason"]
    assert (report.skipped, report.failed) == ([], [])
    expected = contents(tmp_path / "whole.gpkg")
    kept = contents(tmp_path / "i.gpkg")
    assert {key: expected[key] for key in kept} == kept

    counting = Counting(encoder)
    again = index_imagery([path], tmp_path / "i.gpkg", counting)
    assert (again.unchanged, counting.tiles, again.damaged) == (1, 0, report.damaged)


def test_tiles_beside_a_damaged_block_are_not_lost_to_smoothing(tmp_path, encoder):
    blocks = {**BLOCKS_64, "blockxsize": 128, "blockysize": 128}
    path = write_patchwork(tmp_path / "a.tif", 512, **blocks)  # tiles of 128 pixels become 64
    damage(path, (1, 1))
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, IndexOptions(tile_size_m=128))
    assert (report.tiles, report.tiles_damaged) == (15, 1)


def test_damage_is_counted_on_after_an_interruption(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 512, **BLOCKS_64)
    damage(path, (1, 0), (2, 7), (3, 7))
    with pytest.raises(CancelledError):
        index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64, CancelAfter(32))
    report = index_imagery([path], tmp_path / "i.gpkg", encoder)
    assert (report.resumed, report.tiles) == (1, 61)
    assert "3 of 64 tiles" in report.damaged[0]["reason"]
    assert "column 64, row 0" in report.damaged[0]["reason"]


def test_damage_all_over_is_the_reason_why_a_raster_is_skipped(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 256, **BLOCKS_64)
    write_patchwork(tmp_path / "b.tif")
    damage(path, *((x, y) for x in range(4) for y in range(4)))
    for _ in range(2):
        report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
        assert [Path(item["path"]).name for item in report.skipped] == ["a.tif"]
        assert "damaged or incomplete" in report.skipped[0]["reason"]


def test_a_mosaic_that_lacks_a_file_is_named_with_it_and_loses_nothing(tmp_path, encoder):
    for number in range(3):
        place = (500_000 + 128 * number, 5_600_000)
        write_patchwork(tmp_path / "far" / f"{number}.tif", 128, seed=number, origin=place)
    mosaic, one, away = (tmp_path / name for name in ("mosaic.vrt", "far/1.tif", "far/away"))
    write_mosaic(mosaic, [f"far/{number}.tif" for number in range(3)], 128)
    one.rename(away)
    report = index_imagery([mosaic], tmp_path / "i.gpkg", encoder, TILES_64)
    assert "mosaic.vrt is made of 1.tif, which cannot be found" in report.skipped[0]["reason"]
    assert "Copy" not in report.skipped[0]["reason"]
    away.rename(one)
    report = index_imagery([mosaic], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.added, report.skipped) == (12, 1, [])

    one.rename(away)
    report = index_imagery([mosaic], tmp_path / "i.gpkg", encoder)
    assert report.tiles == 12, "a drive that is away takes nothing with it"
    assert states(tmp_path / "i.gpkg") == {"mosaic.vrt": "missing"}
    away.rename(one)
    counting = Counting(encoder)
    report = index_imagery([mosaic], tmp_path / "i.gpkg", counting)
    assert (report.unchanged, counting.tiles) == (1, 0)
    assert states(tmp_path / "i.gpkg") == {"mosaic.vrt": "complete"}


def test_damage_behind_a_virtual_raster_is_met_by_every_tile_on_it(tmp_path, encoder):
    path = write_patchwork(tmp_path / "far" / "0.tif", 512, **{**BLOCKS_64, "blockxsize": 128})
    damage(path, (1, 1))
    write_mosaic(tmp_path / "mosaic.vrt", ["far/0.tif"], 512)
    report = index_imagery([tmp_path / "mosaic.vrt"], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.tiles_damaged) == (62, 2)


def test_a_mosaic_without_any_of_its_files_is_skipped_by_name(tmp_path, encoder):
    write_mosaic(tmp_path / "mosaic.vrt", ["gone.tif"], 128)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert "mosaic.vrt is made of gone.tif, which cannot be found" in report.skipped[0]["reason"]


def write_mosaic(path, names, size):
    """Write a virtual raster of files side by side, three bands of ``size`` squared each."""
    source = (
        '<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename>'
        "<SourceBand>{band}</SourceBand>"
        '<SourceProperties RasterXSize="{size}" RasterYSize="{size}" DataType="Byte"/>'
        '<SrcRect xOff="0" yOff="0" xSize="{size}" ySize="{size}"/>'
        '<DstRect xOff="{offset}" yOff="0" xSize="{size}" ySize="{size}"/></SimpleSource>'
    )
    bands = "".join(
        f'<VRTRasterBand dataType="Byte" band="{band}">'
        + "".join(
            source.format(name=name, band=band, size=size, offset=size * number)
            for number, name in enumerate(names)
        )
        + "</VRTRasterBand>"
        for band in (1, 2, 3)
    )
    path.write_text(
        f'<VRTDataset rasterXSize="{size * len(names)}" rasterYSize="{size}">'
        f"<SRS>EPSG:32632</SRS><GeoTransform>500000,1,0,5600000,0,-1</GeoTransform>{bands}"
        "</VRTDataset>"
    )


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


@pytest.mark.parametrize(("columns", "kept"), [(31, True), (32, True), (33, False)])
def test_a_tile_that_is_half_valid_is_kept(tmp_path, encoder, columns, kept):
    """Of the 64 columns of the first tile so many are nodata."""
    path = write_patchwork(tmp_path / "a.tif", 128, nodata=0)
    pixels = np.maximum(patchwork(128), 1)
    pixels[:, :64, :columns] = 0
    with rasterio.open(path, "r+") as dataset:
        dataset.write(pixels)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.tiles_empty) == ((4, 0) if kept else (3, 1))
