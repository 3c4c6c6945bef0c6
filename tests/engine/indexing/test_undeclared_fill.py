"""Undeclared fill in an index: what of it the report says, and what a query makes of it."""

import dataclasses

import numpy as np
import pytest
import rasterio
from scene_search.engine.errors import RegionError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval.query import Region
from scene_search.engine.retrieval.region_example import encode_regions
from shapely.geometry import Point

from tests.support.patchwork import write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


def write_framed(path, value, **profile):
    """Write a patchwork in 16 bits with its left half filled; returns the path."""
    write_patchwork(path, 512)
    with rasterio.open(path) as file:
        data = file.read().astype(np.uint16) * 20 + 3000
        kept = {name: file.profile[name] for name in ("driver", "crs", "transform")}
    data[:, :, :256] = value
    shape = {"count": 3, "height": 512, "width": 512, "dtype": "uint16"}
    with rasterio.open(path, "w", **kept, **shape, **profile) as file:
        file.write(data)
    return path


@pytest.mark.parametrize("value", [0, 65_535])
def test_the_report_names_it_and_no_tile_shows_it(tmp_path, encoder, value):
    path = write_framed(tmp_path / "a.tif", value)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert report.tiles == report.tiles_empty == 32
    [note] = report.notes
    assert note["path"] == str(path)
    assert note["reason"].startswith(f"{value} was taken for nodata")
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        [source] = index.sources()
        assert source.stretch["fill"] == [value]
        assert all(tile.window.col_off >= 256 for tile in index.tiles(range(1, 33)))
    assert index_imagery([path], tmp_path / "i.gpkg", encoder).notes == []  # nothing done


def test_declared_nodata_needs_no_note(tmp_path, encoder):
    path = write_framed(tmp_path / "a.tif", 0, nodata=0)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.tiles, report.tiles_empty, report.notes) == (32, 32, [])


def example(index, encoder, path, column, row):
    region = Region(Point(500_000 + column, 5_600_000 - row), "EPSG:32632", path)
    [found] = encode_regions(index, encoder, [region], Progress())
    return found.embedding


def test_a_region_is_masked_and_stretched_as_the_tiles_are(tmp_path, encoder):
    path = write_framed(tmp_path / "a.tif", 65_535)
    other = write_framed(tmp_path / "not indexed.tif", 65_535)
    index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        [tile] = [t for t in index.tiles(range(1, 33)) if t.window.col_off == 320][:1]
        stored = index.embeddings([tile.id])[0]
        row = tile.window.row_off + 32
        for raster in (path, other):
            found = example(index, encoder, raster, 352, row)
            assert found @ (stored / np.linalg.norm(stored)) == pytest.approx(1, abs=1e-3)
            with pytest.raises(RegionError, match="no valid pixels"):
                example(index, encoder, raster, 100, row)


def test_a_region_of_a_changed_raster_is_stretched_anew(tmp_path, encoder):
    """The kept stretch would make all of it white."""
    path = write_framed(tmp_path / "a.tif", 0)
    index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        before = example(index, encoder, path, 352, 96)
        with rasterio.open(path, "r+") as file:
            data = file.read()
            file.write(np.where(data > 0, data + 20_000, 0).astype(np.uint16))
        assert before @ example(index, encoder, path, 352, 96) == pytest.approx(1, abs=1e-3)


def test_indexes_of_earlier_versions_keep_their_one_value(tmp_path, encoder):
    path = write_framed(tmp_path / "a.tif", 0)
    index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    with TileIndex.open(tmp_path / "i.gpkg") as index:
        [source] = index.sources()
        earlier = {k: v for k, v in source.stretch.items() if k != "fill"} | {"empty": 0.0}
        index.upsert_source(dataclasses.replace(source, stretch=earlier))
        index.set_source_state(source.id, "complete")
        with pytest.raises(RegionError, match="no valid pixels"):
            example(index, encoder, path, 100, 96)
