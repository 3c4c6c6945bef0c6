"""Files of several pictures, from indexing to search, thumbnails and queries by region."""

from dataclasses import replace

import numpy as np
import pytest
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.reader import TileReader, read_image
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval.query import Region
from scene_search.engine.retrieval.region_example import encode_regions
from scene_search.engine.retrieval.thumbnails import make_thumbnails
from scene_search.engine.retrieval.tile_pictures import read_pictures
from scene_search.source_files import names
from shapely.geometry import box

from tests.support.indexing_support import Counting
from tests.support.many_pictures import (
    PLACES,
    three_pages,
    write_pages,
    write_tables,
    write_variables,
)
from tests.support.patchwork import write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


def sources(path):
    with TileIndex.open(path, read_only=True) as index:
        return {names.shown(s.path): s for s in index.sources()}


@pytest.fixture
def scan(tmp_path):
    (tmp_path / "in").mkdir()
    path = three_pages(tmp_path / "made.tif")
    return path.rename(tmp_path / "in" / "scan.tif")


def test_every_page_is_a_source_of_its_own(tmp_path, scan, encoder):
    report = index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.added, report.tiles, report.skipped, report.notes) == (3, 12, [], [])
    found = sources(tmp_path / "i.gpkg")
    assert {name: s.path for name, s in found.items()} == {
        "scan.tif": str(scan),
        "scan.tif [2]": f"GTIFF_DIR:2:{scan}",
        "scan.tif [3]": f"GTIFF_DIR:3:{scan}",
    }
    for number, source in enumerate(found.values()):
        whole = write_patchwork(tmp_path / "one.tif", 128, seed=number, origin=PLACES[number])
        with (
            open_raster(whole) as raster,
            TileReader(raster.name, estimate_stretch(raster), 64) as one,
        ):
            expected = [one.read(w).rgb for w in tiles_of(tmp_path / "i.gpkg", source)]
        with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
            tiles = [t for t in index.tiles(index.load_codes().ids) if t.source_id == source.id]
            (chunk,) = read_pictures(tiles, {source.id: source}, 64, Progress())
            thumbnails = make_thumbnails(index, [t.id for t in tiles], 32, tmp_path / "t")
        assert chunk.lost == {}
        assert np.array_equal(chunk.rgb, expected)
        assert (len(thumbnails.paths), thumbnails.missing) == (4, {})


def tiles_of(path, source):
    with TileIndex.open(path, read_only=True) as index:
        tiles = index.tiles(index.load_codes().ids)
        return [t.window for t in tiles if t.source_id == source.id]


def test_a_second_run_does_nothing_and_a_changed_file_is_indexed_anew(tmp_path, scan, encoder):
    index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder, TILES_64)
    counting = Counting(encoder)
    report = index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", counting)
    assert (report.unchanged, counting.tiles) == (3, 0)
    parts = [tmp_path / "parts" / f"{number}.tif" for number in (2, 1)]
    scan.unlink()
    write_pages(scan, parts)
    report = index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder)
    assert (report.updated, report.missing, report.removed) == (2, 1, 0)
    assert sources(tmp_path / "i.gpkg")["scan.tif [3]"].state == "missing"


def test_a_moved_file_takes_its_pages_along(tmp_path, scan, encoder):
    index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder, TILES_64)
    (tmp_path / "elsewhere").mkdir()
    scan.rename(tmp_path / "elsewhere" / "other.tif")
    counting = Counting(encoder)
    report = index_imagery([tmp_path / "elsewhere"], tmp_path / "i.gpkg", counting)
    assert (report.moved, counting.tiles, report.tiles) == (3, 0, 12)
    assert set(sources(tmp_path / "i.gpkg")) == {"other.tif", "other.tif [2]", "other.tif [3]"}


def test_a_page_can_be_named_alone(tmp_path, scan, encoder):
    name = f"GTIFF_DIR:2:{scan}"
    report = index_imagery([name], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.added, report.tiles) == (1, 4)
    assert [s.path for s in sources(tmp_path / "i.gpkg").values()] == [name]
    report = index_imagery([scan], tmp_path / "i.gpkg", encoder)
    assert (report.added, report.unchanged) == (2, 1)


def test_a_damaged_file_leaves_its_pages_alone(tmp_path, scan, encoder):
    index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder, TILES_64)
    scan.write_bytes(b"no raster any more")
    report = index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder)
    assert report.missing == 0
    found = sources(tmp_path / "i.gpkg")
    assert [found[f"scan.tif [{page}]"].state for page in (2, 3)] == ["complete"] * 2


@pytest.mark.parametrize(
    ("write", "parts", "labels"),
    [
        (write_tables, ["NORTH", "SOUTH"], ["a.gpkg [NORTH]", "a.gpkg [SOUTH]"]),
        (write_variables, ["sst", "chlor", "qa"], ["a.nc [chlor2]", "a.nc [sst1]"]),
    ],
)
def test_containers_without_a_picture_of_their_own(tmp_path, encoder, write, parts, labels):
    path = write(tmp_path / ("a.gpkg" if write is write_tables else "a.nc"), parts)
    report = index_imagery([path], tmp_path / "i.gpkg", encoder, TILES_64)
    assert (report.added, report.skipped) == (2, [])
    assert sorted(sources(tmp_path / "i.gpkg")) == labels
    assert len(report.notes) == (len(parts) - 2)
    counting = Counting(encoder)
    report = index_imagery([path], tmp_path / "i.gpkg", counting)
    assert (report.unchanged, counting.tiles) == (2, 0)


def test_a_container_skipped_by_an_earlier_version_is_not_left_behind(tmp_path, encoder):
    path = write_tables(tmp_path / "a.gpkg", ["NORTH", "SOUTH"])
    other = write_patchwork(tmp_path / "b.tif")
    index_imagery([other], tmp_path / "i.gpkg", encoder, TILES_64)
    with TileIndex.open(tmp_path / "i.gpkg") as index:
        (record,) = index.sources()
        old = replace(record, path=str(path), state="skipped", error="is a container", id=None)
        index.upsert_source(replace(old, windows_done=0))
    index_imagery([path], tmp_path / "i.gpkg", encoder)
    assert sorted(sources(tmp_path / "i.gpkg")) == ["a.gpkg [NORTH]", "a.gpkg [SOUTH]", "b.tif"]


def test_a_region_is_read_from_the_page_it_is_on(tmp_path, scan, encoder):
    index_imagery([tmp_path / "in"], tmp_path / "i.gpkg", encoder, TILES_64)
    west, north = PLACES[1]
    place = box(west + 64, north - 64, west + 128, north)
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        second = index.source_by_path(f"GTIFF_DIR:2:{scan}")
        for source in (None, f"GTIFF_DIR:2:{scan}"):
            region = Region(place, "EPSG:32632", source)
            (example,) = encode_regions(index, encoder, [region], Progress())
            assert example.source_id == second.id


def test_a_part_serves_as_a_picture_to_search_by(tmp_path, scan):
    whole = write_patchwork(tmp_path / "one.tif", 128, seed=1, origin=PLACES[1])
    assert np.array_equal(read_image(f"GTIFF_DIR:2:{scan}", 64), read_image(whole, 64))
    tables = write_tables(tmp_path / "a.gpkg", ["NORTH", "SOUTH"])
    with pytest.raises(RasterError, match=r"2 rasters \(NORTH, SOUTH\). Name one of them, such as"):
        read_image(tables, 64)
