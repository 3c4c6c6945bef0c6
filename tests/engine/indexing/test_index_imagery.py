"""Indexing as a whole: what is in the file afterwards, compared with reading tile by tile."""

import os
import shutil

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import (
    CancelledError,
    EncoderMismatchError,
    IndexFileError,
    RasterError,
    StorageError,
    UsageError,
)
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import TileGrid
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery

from tests.support.indexing_support import CancelAfter, Counting, contents
from tests.support.patchwork import write_patchwork
from tests.support.tiny_encoder import write_tiny_encoder

TILES_64 = IndexOptions(tile_size_m=64)


def test_the_index_holds_every_tile_as_reading_and_encoding_it_alone_gives(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 300)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, IndexOptions(64, (1, 2), 0.25))
    found = contents(tmp_path / "i.gpkg")
    with (
        open_raster(path) as raster,
        TileReader(raster.name, estimate_stretch(raster), 64) as reader,
    ):
        windows = list(TileGrid(raster, 64, (1, 2), 0.25))
        assert report.tiles == report.tiles_added == len(windows) == len(found) > 30
        for window in windows:
            encoded = encoder.encode_images(reader.read(window).rgb[np.newaxis])
            code, vector = found["a.tif", window]
            assert code == encoded.codes[0].tobytes()
            assert np.frombuffer(vector, np.float32) == pytest.approx(
                encoded.embeddings[0], abs=2e-3
            )


def test_a_second_run_does_nothing(tmp_path, encoder):
    write_patchwork(tmp_path / "imagery" / "a.tif")
    write_patchwork(tmp_path / "imagery" / "b.tif", seed=1, crs="EPSG:4326")
    index_imagery([tmp_path / "imagery"], tmp_path / "i.gpkg", encoder, TILES_64)
    before = contents(tmp_path / "i.gpkg")
    counting = Counting(encoder)
    report = index_imagery([tmp_path / "imagery"], tmp_path / "i.gpkg", counting)
    assert counting.tiles == 0
    assert (report.unchanged, report.added, report.updated, report.removed) == (2, 0, 0, 0)
    assert contents(tmp_path / "i.gpkg") == before


def test_only_what_changed_is_indexed(tmp_path, encoder):
    folder = tmp_path / "imagery"
    for number in range(4):
        write_patchwork(folder / f"{number}.tif", seed=number)
    index_imagery([folder], tmp_path / "i.gpkg", encoder, TILES_64)
    before = contents(tmp_path / "i.gpkg")

    (folder / "0.tif").unlink()
    write_patchwork(folder / "1.tif", seed=11, size=128)
    write_patchwork(folder / "new" / "4.tif", seed=4)
    counting = Counting(encoder)
    options = IndexOptions(remove_missing=True)
    report = index_imagery([folder], tmp_path / "i.gpkg", counting, options)
    after = contents(tmp_path / "i.gpkg")

    assert (report.added, report.updated, report.removed, report.unchanged) == (1, 1, 1, 2)
    assert counting.tiles == report.tiles_added == 4 + 16
    assert report.tiles == 4 + 16 + 16 + 16
    assert {name for name, _ in after} == {"1.tif", "2.tif", "3.tif", "4.tif"}
    assert all(after[key] == before[key] for key in after if key[0] in ("2.tif", "3.tif"))


def test_a_touched_file_of_the_same_pixels_is_indexed_again_to_the_same(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif")
    index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    before = contents(tmp_path / "i.gpkg")
    os.utime(path, (1, 1))
    report = index_imagery([path], tmp_path / "i.gpkg", encoder)
    assert report.updated == 1
    assert contents(tmp_path / "i.gpkg") == before


def ids(path):
    with TileIndex.open(path, read_only=True) as index:
        return {tile.window: tile.id for tile in index.tiles(index.load_codes().ids)}


@pytest.mark.parametrize("interrupted", [False, True])
def test_a_changed_raster_is_encoded_again_under_the_same_ids(tmp_path, encoder, interrupted):
    path, index = write_patchwork(tmp_path / "a.tif", 512), tmp_path / "i.gpkg"
    index_imagery([path], index, encoder, TILES_64)
    before, pixels = ids(index), contents(index)
    write_patchwork(path, 512, seed=5)
    if interrupted:
        with pytest.raises(CancelledError):
            index_imagery([path], index, encoder, progress=CancelAfter(20))
        assert 0 < len(ids(index)) < 64
    index_imagery([path], index, encoder)
    assert ids(index) == before
    assert contents(index) != pixels


def test_a_moved_index_goes_on(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif")
    index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    (tmp_path / "Büro 2").mkdir()
    moved = tmp_path / "Büro 2" / "j.gpkg"
    shutil.move(tmp_path / "i.gpkg", moved)
    assert not list(tmp_path.glob("i.gpkg*")), "nothing belongs to an index but its one file"
    assert index_imagery([path], moved, encoder).unchanged == 1


def test_a_file_reached_by_several_ways_is_indexed_once(tmp_path, encoder, monkeypatch):
    path = write_patchwork(tmp_path / "imagery" / "deep" / "a.tif")
    (tmp_path / "link.tif").symlink_to(path)
    (tmp_path / "imagery" / "linked").symlink_to(path.parent)
    monkeypatch.chdir(tmp_path / "imagery")
    paths = [
        *(path, path, tmp_path / "imagery", path.parent, tmp_path / "link.tif"),
        *("deep/a.tif", "linked/../deep/a.tif"),
    ]
    report = index_imagery(paths, tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.sources, report.tiles) == (1, 16)
    again = index_imagery([tmp_path / "link.tif"], tmp_path / "i.gpkg", encoder)
    assert (again.sources, again.unchanged) == (1, 1)


def test_another_encoder_is_refused(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif")
    index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    other = write_tiny_encoder(tmp_path / "other", code_bits=32)
    with pytest.raises(EncoderMismatchError, match="Tiny test encoder") as caught:
        index_imagery([tmp_path], tmp_path / "i.gpkg", Encoder(EncoderPackage.load(other)))
    assert "another index" in caught.value.hint


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (IndexOptions(tile_size_m=128), "tile size"),
        (IndexOptions(scales=(1, 2)), "scales"),
        (IndexOptions(overlap=0.5), "overlap"),
    ],
)
def test_other_tile_parameters_are_refused(tmp_path, encoder, options, name):
    write_patchwork(tmp_path / "a.tif")
    index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    with pytest.raises(UsageError, match=f"The {name} of i.gpkg is"):
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, options)


@pytest.mark.parametrize(
    "options", [IndexOptions(tile_size_m=0), IndexOptions(overlap=1), IndexOptions(scales=())]
)
def test_numbers_out_of_range_are_refused_before_anything_is_made(tmp_path, encoder, options):
    write_patchwork(tmp_path / "a.tif")
    with pytest.raises(UsageError):
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, options)
    assert not (tmp_path / "i.gpkg").exists()


def test_two_runs_on_one_index_at_once_are_refused(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif", 512)
    second = []

    class Intruding(Counting):
        def encode_images(self, rgb):
            if not second:
                with pytest.raises(IndexFileError, match="being indexed") as caught:
                    index_imagery([tmp_path], tmp_path / "i.gpkg", encoder)
                second.append(caught.value)
            return super().encode_images(rgb)

    report = index_imagery([tmp_path], tmp_path / "i.gpkg", Intruding(encoder), TILES_64)
    assert report.tiles == 64
    assert str(os.getpid()) in second[0].message
    assert not list(tmp_path.glob("*.lock"))


def test_a_folder_without_rasters_says_so_and_makes_no_index(tmp_path, encoder):
    (tmp_path / "notes.txt").write_text("nothing here", "utf-8")
    with pytest.raises(RasterError, match="no rasters in") as caught:
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder)
    assert caught.value.hint
    assert not (tmp_path / "i.gpkg").exists()


def test_a_missing_file_is_named_and_makes_no_index(tmp_path, encoder):
    report = index_imagery([tmp_path / "nowhere.tif"], tmp_path / "i.gpkg", encoder)
    assert "nowhere.tif does not exist" in report.skipped[0]["reason"]
    assert not (tmp_path / "i.gpkg").exists()


def test_a_folder_that_is_missing_for_the_index_is_named(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif")
    with pytest.raises(StorageError, match="missing folder does not exist"):
        index_imagery([tmp_path], tmp_path / "missing folder" / "i.gpkg", encoder)


def test_a_file_that_is_no_index_is_left_alone(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif")
    (tmp_path / "i.gpkg").write_text("my diary", "utf-8")
    with pytest.raises(IndexFileError, match="not a GeoPackage"):
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder)
    assert (tmp_path / "i.gpkg").read_text("utf-8") == "my diary"
