"""Indexing that is cancelled and goes on, its progress and its pace."""

import contextlib
import json
import threading
import time

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import CancelledError
from scene_search.engine.imagery.colours.stretch import Stretch
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress, governing_progress

from tests.support.index_sql import sql
from tests.support.indexing_support import CancelAfter, Counting, contents
from tests.support.patchwork import patchwork, write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


def write_with_holes(path, size, seed):
    """A raster of which some tiles are nodata: at its beginning, in between and at its end."""
    write_patchwork(path, size, seed=seed, nodata=0)
    pixels = np.maximum(patchwork(size, seed=seed), 1)
    pixels[:, :64, :192] = 0
    pixels[:, 128:256, 100:250] = 0
    pixels[:, -70:, -130:] = 0
    with rasterio.open(path, "r+") as dataset:
        dataset.write(pixels)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(first=st.integers(0, 90), second=st.integers(0, 90))
@example(first=16, second=16)  # within the holes at the beginning of the first raster
@example(first=0, second=80)
def test_cancelling_anywhere_and_going_on_gives_the_same_index(
    tmp_path_factory, encoder, first, second
):
    folder = tmp_path_factory.mktemp("cancel")
    write_with_holes(folder / "a.tif", 512, seed=0)
    write_with_holes(folder / "b.tif", 300, seed=1)
    whole = index_imagery([folder], folder / "whole.gpkg", encoder, TILES_64)
    assert whole.tiles_added + whole.tiles_empty == 64 + 25
    assert whole.tiles_empty > 15, "windows and tiles must not be the same number"
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
    assert counting.tiles == whole.tiles - tiles, "finished tiles are not encoded again"
    assert report.tiles == whole.tiles
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


def test_going_on_stretches_as_the_index_says(tmp_path, encoder):
    """Tiles of one raster are coloured alike, though another stretch would be found by now."""
    path, index = tmp_path / "a.tif", tmp_path / "i.gpkg"
    write_patchwork(path, 512)
    with pytest.raises(CancelledError):
        index_imagery([path], index, encoder, TILES_64, CancelAfter(16))
    with TileIndex.open(index, read_only=True) as opened:
        done = opened.tile_count()
        before = {tile.window for tile in opened.tiles(opened.load_codes().ids)}
    assert 0 < done < 64
    other = Stretch((3, 2, 1), (50.0, 40.0, 30.0), (200.0, 210.0, 220.0))
    sql(index, f"UPDATE sources SET stretch = '{json.dumps(other.to_json())}'")
    index_imagery([path], index, encoder)
    with open_raster(path) as raster, TileReader(raster.name, other, 64) as reader:
        for (_, window), (code, vector) in contents(index).items():
            if window not in before:
                encoded = encoder.encode_images(reader.read(window).rgb[np.newaxis])
                assert code == encoded.codes[0].tobytes()
                assert np.frombuffer(vector, np.float32) == pytest.approx(
                    encoded.embeddings[0], abs=2e-3
                )
    with TileIndex.open(index, read_only=True) as opened:
        assert opened.sources()[0].stretch == other.to_json()
        assert opened.tile_count() == 64


def test_an_encoder_that_does_not_return_is_stopped_with_the_run(tmp_path, encoder):
    """What runs long deep in the encoding thread asks the progress that governs it."""
    write_patchwork(tmp_path / "a.tif", 256)
    stopped = threading.Event()

    class Endless(Counting):
        def encode_images(self, rgb):
            threading.Timer(0.1, progress.cancel).start()
            while not governing_progress().is_cancelled:
                time.sleep(0.01)
            stopped.set()
            raise CancelledError

    progress = Progress()
    with pytest.raises(CancelledError):
        index_imagery([tmp_path], tmp_path / "i.gpkg", Endless(encoder), TILES_64, progress)
    assert stopped.wait(10)
