"""Indexing that is cancelled and goes on, its progress and its pace."""

import contextlib
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import (
    CancelledError,
)
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress

from tests.support.indexing_support import CancelAfter, Counting, contents
from tests.support.patchwork import write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


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
