"""What goes wrong with one source, in its file or in the index, ends that source and no run."""

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from scene_search.engine.errors import CancelledError
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery, plan

from tests.support.indexing_support import CancelAfter, Counting, contents, states
from tests.support.patchwork import patchwork, write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


def edit(path, statement):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


def reasons(items):
    return {Path(item["path"]).name: item["reason"] for item in items}


@pytest.mark.parametrize(
    ("crs", "corner", "pixel", "width", "height"),
    [
        ("EPSG:3035", (2897399, 4781302), 1400.5, 935, 76),
        ("EPSG:3413", (467952, -981136), 1063.2, 490, 255),
    ],
)
def test_coarse_rasters_whose_rows_nearly_coincide_are_indexed(
    tmp_path, encoder, crs, corner, pixel, width, height
):
    place = from_origin(*corner, pixel, pixel)
    profile = {"driver": "GTiff", "count": 3, "dtype": "uint8", "crs": crs, "transform": place}
    file = tmp_path / "a.tif"
    with rasterio.open(file, "w", width=width, height=height, **profile) as dataset:
        dataset.write(patchwork(max(width, height))[:, :height, :width])
    write_patchwork(tmp_path / "b.tif")
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder)
    assert (report.added, report.failed, report.skipped) == (2, [], [])
    assert states(tmp_path / "i.gpkg") == {"a.tif": "complete", "b.tif": "complete"}


def test_a_tile_that_is_there_already_fails_its_source_alone(tmp_path, encoder):
    """As when another program, or another run on a share without locks, wrote it."""
    index = tmp_path / "i.gpkg"
    write_patchwork(tmp_path / "a.tif", 512)
    write_patchwork(tmp_path / "c.tif")
    index_imagery([tmp_path], index, encoder, TILES_64)
    before = contents(index)
    edit(index, "UPDATE sources SET state = 'indexing', windows_done = 32 WHERE path LIKE '%a.tif'")
    write_patchwork(tmp_path / "b.tif", seed=1)
    report = index_imagery([tmp_path], index, encoder)
    assert "Tiles of it are in the index already" in reasons(report.failed)["a.tif"]
    assert "remove it from the index" in reasons(report.failed)["a.tif"]
    assert (report.added, report.unchanged, report.tiles) == (1, 1, 64 + 16 + 16)
    assert states(index) == {"a.tif": "failed", "b.tif": "complete", "c.tif": "complete"}
    after = contents(index)
    assert all(after[key] == before[key] for key in before), "no tile is lost"


def test_a_source_deleted_while_it_is_indexed_ends_alone(tmp_path, encoder):
    index = tmp_path / "i.gpkg"

    class Deleting(Counting):
        def encode_images(self, rgb):
            if self.tiles == 32:
                edit(index, "DELETE FROM sources WHERE path LIKE '%a.tif'")
            return super().encode_images(rgb)

    write_patchwork(tmp_path / "a.tif", 512)
    write_patchwork(tmp_path / "b.tif")
    report = index_imagery([tmp_path], index, Deleting(encoder), TILES_64)
    assert list(reasons(report.failed)) == ["a.tif"]
    assert (report.added, states(index)) == (1, {"b.tif": "complete"})


def test_an_error_that_nobody_foresaw_is_told_and_the_rest_goes_on(
    tmp_path, encoder, monkeypatch, caplog
):
    write_patchwork(tmp_path / "a.tif", 512)
    write_patchwork(tmp_path / "b.tif")
    original = TileReader.read

    def breaking(self, window):
        if self.raster.path.name == "a.tif" and window.row_off >= 256:
            raise ZeroDivisionError("division by zero")
        return original(self, window)

    monkeypatch.setattr(TileReader, "read", breaking)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert reasons(report.failed)["a.tif"].startswith("Unexpected ZeroDivisionError: division by")
    assert report.tiles == 32 + 16
    assert "a.tif failed" in caplog.text
    assert "in breaking" in caplog.text, "the log says where it came from"


def test_an_error_while_looking_at_a_file_skips_it(tmp_path, encoder, monkeypatch):
    write_patchwork(tmp_path / "a.tif")
    write_patchwork(tmp_path / "b.tif")
    original = plan.open_raster

    def breaking(name):
        if Path(name).name == "a.tif":
            raise MemoryError
        return original(name)

    monkeypatch.setattr(plan, "open_raster", breaking)
    report = index_imagery([tmp_path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert "memory does not suffice" in reasons(report.skipped)["a.tif"]
    assert (report.added, report.tiles) == (1, 16)


def write_sparse(path, rows):
    """Write 512 × 512 pixels whose every eighth column is valid, and the first rows wholly."""
    pixels = np.maximum(patchwork(512), 1) * (np.arange(512) % 8 == 0).astype(np.uint8)
    pixels[:, :rows] = np.maximum(patchwork(512), 1)[:, :rows]
    write_patchwork(path, 512, nodata=0)
    with rasterio.open(path, "r+") as dataset:
        dataset.write(pixels)
    return path


@pytest.mark.parametrize(("rows", "tiles"), [(0, 0), (64, 8), (256, 32)])
def test_going_on_into_nodata_counts_the_tiles_there_are(tmp_path, encoder, rows, tiles):
    """Windows that were looked at are no tiles: without one the raster is skipped."""
    path, index = write_sparse(tmp_path / "a.tif", rows), tmp_path / "i.gpkg"
    with pytest.raises(CancelledError):
        index_imagery([path], index, encoder, TILES_64, CancelAfter(32))
    with TileIndex.open(index, read_only=True) as opened:
        assert opened.sources()[0].windows_done >= 32, "else nothing is resumed"
    for _ in range(2):
        report = index_imagery([path], index, encoder)
        assert report.tiles == tiles
        assert states(index) == {"a.tif": "complete" if tiles else "skipped"}
        assert ("half of its area" in reasons(report.skipped).get("a.tif", "")) == (not tiles)
    assert report.unchanged == (1 if tiles else 0)


@pytest.mark.parametrize(("rows", "state"), [(0, "skipped"), (64, "complete")])
@pytest.mark.parametrize("left", ["indexing", "missing", "failed"])
def test_the_last_word_is_said_by_the_next_run(tmp_path, encoder, rows, state, left):
    """All windows are done, but the run was killed before it noted that, or the file was away."""
    path, index = write_sparse(tmp_path / "a.tif", rows), tmp_path / "i.gpkg"
    index_imagery([path], index, encoder, TILES_64)
    edit(index, f"UPDATE sources SET state = '{left}', error = NULL")
    counting = Counting(encoder)
    index_imagery([path], index, counting)
    assert (states(index), counting.tiles) == ({"a.tif": state}, 0)
