"""Indexing as a whole: what is in the file afterwards, compared with reading tile by tile."""

import contextlib
import os
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package import EncoderPackage
from scene_search.engine.errors import (
    CancelledError,
    EncoderMismatchError,
    IndexFileError,
    RasterError,
    StorageError,
    UsageError,
)
from scene_search.engine.imagery.grid import TileGrid
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.reader import TileReader
from scene_search.engine.imagery.stretch import estimate_stretch
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress

from tests.support.patchwork import patchwork, write_patchwork
from tests.support.tiny_encoder import write_tiny_encoder

TILES_64 = IndexOptions(tile_size_m=64)


class Counting:
    """An encoder that counts what it encodes."""

    def __init__(self, encoder):
        self._encoder = encoder
        self.tiles = 0

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def encode_images(self, rgb):
        self.tiles += len(rgb)
        return self._encoder.encode_images(rgb)


class CancelAfter(Progress):
    """Progress that is cancelled once some windows are done."""

    def __init__(self, windows):
        super().__init__()
        self._windows = windows

    def report(self, done, total=None, *, unit="tiles", message="", force=False):
        if unit == "tiles" and done >= self._windows:
            self.cancel()
        super().report(done, total, unit=unit, message=message, force=force)


def contents(path):
    """Return code and embedding of every tile, by source name and window."""
    with TileIndex.open(path, read_only=True) as index:
        table = index.load_codes()
        tiles = index.tiles(table.ids)
        embeddings = index.embeddings(table.ids)
        return {
            (Path(t.source_path).name, t.window): (code.tobytes(), vector.tobytes())
            for t, code, vector in zip(tiles, table.codes, embeddings, strict=True)
        }


def states(path):
    with TileIndex.open(path, read_only=True) as index:
        return {Path(s.path).name: s.state for s in index.sources()}


def test_the_index_holds_every_tile_as_reading_and_encoding_it_alone_gives(tmp_path, encoder):
    path = write_patchwork(tmp_path / "a.tif", 300)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, IndexOptions(64, (1, 2), 0.25))
    found = contents(tmp_path / "i.gpkg")
    with open_raster(path) as raster, TileReader(raster, estimate_stretch(raster), 64) as reader:
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
    report = index_imagery([folder], tmp_path / "i.gpkg", counting)
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


def test_an_unplugged_drive_does_not_empty_the_index(tmp_path, encoder):
    folder = tmp_path / "drive"
    write_patchwork(folder / "a.tif")
    index_imagery([folder], tmp_path / "i.gpkg", encoder, TILES_64)
    shutil.move(folder / "a.tif", tmp_path / "a.tif")
    report = index_imagery([folder], tmp_path / "i.gpkg", encoder)
    assert (report.missing, report.removed, report.tiles) == (1, 0, 16)
    assert states(tmp_path / "i.gpkg") == {"a.tif": "missing"}

    shutil.move(tmp_path / "a.tif", folder / "a.tif")
    counting = Counting(encoder)
    report = index_imagery([folder], tmp_path / "i.gpkg", counting)
    assert (report.unchanged, counting.tiles) == (1, 0)
    assert states(tmp_path / "i.gpkg") == {"a.tif": "complete"}


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


def test_files_gone_are_kept_as_missing_where_asked(tmp_path, encoder):
    write_patchwork(tmp_path / "imagery" / "a.tif")
    write_patchwork(tmp_path / "imagery" / "b.tif")
    index_imagery([tmp_path / "imagery"], tmp_path / "i.gpkg", encoder, TILES_64)
    (tmp_path / "imagery" / "a.tif").unlink()
    options = IndexOptions(remove_missing=False)
    report = index_imagery([tmp_path / "imagery"], tmp_path / "i.gpkg", encoder, options)
    assert (report.missing, report.removed, report.tiles) == (1, 0, 32)


def test_other_folders_are_left_alone(tmp_path, encoder):
    write_patchwork(tmp_path / "one" / "a.tif")
    write_patchwork(tmp_path / "one more" / "b.tif")
    both = [tmp_path / "one", tmp_path / "one more"]
    index_imagery(both, tmp_path / "i.gpkg", encoder, TILES_64)
    (tmp_path / "one more" / "b.tif").unlink()
    report = index_imagery([tmp_path / "one"], tmp_path / "i.gpkg", encoder)
    assert (report.removed, report.missing, report.tiles) == (0, 0, 32)


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


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=st.integers(0, 90), second=st.integers(0, 90))
def test_cancelling_anywhere_and_going_on_gives_the_same_index(
    tmp_path_factory, encoder, first, second
):
    folder = tmp_path_factory.mktemp("cancel")
    write_patchwork(folder / "a.tif", 512)
    write_patchwork(folder / "b.tif", 300, seed=1)
    index_imagery([folder], folder / "whole.gpkg", encoder, TILES_64)
    tiles = 0
    for windows in (first, second):
        counting = Counting(encoder)
        with contextlib.suppress(CancelledError):
            index_imagery([folder], folder / "i.gpkg", counting, TILES_64, CancelAfter(windows))
        if (folder / "i.gpkg").exists():
            with TileIndex.open(folder / "i.gpkg", read_only=True) as index:
                assert index.tile_count() >= tiles
                tiles = index.tile_count()
    counting = Counting(encoder)
    report = index_imagery([folder], folder / "i.gpkg", counting, TILES_64)
    assert counting.tiles == 64 + 25 - tiles, "finished tiles are not encoded again"
    assert report.tiles == 64 + 25
    assert contents(folder / "i.gpkg") == contents(folder / "whole.gpkg")


def test_progress_counts_all_windows_and_those_of_earlier_runs(tmp_path, encoder):
    write_patchwork(tmp_path / "a.tif", 512)
    write_patchwork(tmp_path / "b.tif", 256, seed=1)
    with pytest.raises(CancelledError):
        index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64, CancelAfter(32))
    reports = []
    progress = Progress(reports.append, interval=0)
    index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64, progress)
    tiles = [report for report in reports if report.unit == "tiles"]
    assert {report.total for report in tiles} == {80}
    assert tiles[0].done >= 32
    assert [r.done for r in tiles] == sorted(r.done for r in tiles)
    assert tiles[-1].done == 80
    assert {report.message for report in tiles} == {"a.tif", "b.tif"}
    assert all(report.rate < 1e5 for report in tiles), "earlier tiles do not count in the rate"


def test_cancelling_is_quick_though_the_encoder_is_slow(tmp_path, encoder):
    class Slow(Counting):
        def encode_images(self, rgb):
            started.set()
            time.sleep(1.5)
            return super().encode_images(rgb)

    write_patchwork(tmp_path / "a.tif", 512)
    started = threading.Event()
    progress = Progress()
    outcome = []

    def build():
        try:
            index_imagery([tmp_path], tmp_path / "i.gpkg", Slow(encoder), TILES_64, progress)
        except CancelledError:
            outcome.append(time.monotonic())

    thread = threading.Thread(target=build)
    thread.start()
    assert started.wait(20)
    cancelled = time.monotonic()
    progress.cancel()
    thread.join(10)
    assert outcome[0] - cancelled < 1.0


def test_reading_stays_only_a_little_ahead_of_encoding(tmp_path, encoder, monkeypatch):
    """Memory does not grow with the raster, however slow the encoder."""
    read = []
    original = TileReader.read

    def counted(self, window):
        read.append(window)
        return original(self, window)

    monkeypatch.setattr(TileReader, "read", counted)
    ahead = []

    class Slow(Counting):
        def encode_images(self, rgb):
            time.sleep(0.05)
            ahead.append(len(read) - self.tiles)
            return super().encode_images(rgb)

    write_patchwork(tmp_path / "a.tif", 1600)
    index_imagery([tmp_path], tmp_path / "i.gpkg", Slow(encoder), TILES_64)
    assert len(read) == 625
    assert max(ahead) <= 16 * 12


def test_many_small_rasters_are_encoded_in_full_batches(tmp_path, encoder):
    calls = []

    class Watching(Counting):
        def encode_images(self, rgb):
            calls.append(len(rgb))
            return super().encode_images(rgb)

    for number in range(40):
        write_patchwork(tmp_path / f"{number}.tif", 64, seed=number)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", Watching(encoder), TILES_64)
    assert report.tiles == report.added == 40
    assert len(calls) <= 4


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
