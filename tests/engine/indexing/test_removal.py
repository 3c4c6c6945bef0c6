"""Taking imagery out of an index."""

import pytest
import rasterio
import rasterio.shutil
from scene_search.engine.errors import IndexFileError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.indexing.lock import IndexLock
from scene_search.engine.indexing.removal import remove_sources

from tests.support.indexing_support import states
from tests.support.patchwork import write_patchwork


@pytest.fixture
def indexed(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    for number, name in enumerate(("a", "deep/b", "deep/c", "d")):
        write_patchwork(folder / f"{name}.tif", seed=number)
    index_imagery([folder], index, encoder, IndexOptions(tile_size_m=64))
    return folder, index


def test_files_and_folders_are_taken_out_and_stay_on_disk(indexed, encoder):
    folder, index = indexed
    removal = remove_sources(index, files=[folder / "a.tif"])
    assert removal.as_dict() == {
        "index": str(index),
        "removed": 1,
        "paths": [str(folder / "a.tif")],
        "tiles": 16,
    }
    assert len(remove_sources(index, files=[folder / "deep"]).removed) == 2
    assert states(index) == {"d.tif": "complete"}
    with TileIndex.open(index, read_only=True) as opened:
        assert len(opened.load_codes()) == opened.tile_count() == 16
    assert index_imagery([folder], index, encoder).added == 3


def test_what_is_named_twice_goes_once(indexed):
    folder, index = indexed
    removal = remove_sources(
        index, sources=[1, 1], files=[folder, folder / "a.tif", f"{folder}/deep/../a.tif"]
    )
    assert len(removal.removed) == len(set(removal.removed)) == 4
    assert states(index) == {}


def test_all_that_is_missing_goes_and_no_more(indexed, encoder):
    folder, index = indexed
    assert remove_sources(index, missing=True).removed == ()
    (folder / "a.tif").unlink()
    assert remove_sources(index, missing=True).removed == (), "nobody has noticed yet"
    (folder / "d.tif").rename(folder.parent / "away.tif")
    index_imagery([folder], index, encoder)
    (folder.parent / "away.tif").rename(folder / "d.tif")  # a drive is back since
    assert remove_sources(index, missing=True).removed == (str(folder / "a.tif"),)
    assert states(index) == {"b.tif": "complete", "c.tif": "complete", "d.tif": "missing"}


def test_a_virtual_raster_whose_part_is_missing_counts_as_missing(tmp_path, encoder):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    part = write_patchwork(folder / "parts" / "a.tif")
    with rasterio.open(part) as source:
        rasterio.shutil.copy(source, folder / "v.vrt", driver="VRT")
    index_imagery([folder / "v.vrt"], index, encoder, IndexOptions(tile_size_m=64))
    part.rename(tmp_path / "away.tif")
    index_imagery([folder / "v.vrt"], index, encoder)
    assert states(index) == {"v.vrt": "missing"}
    assert remove_sources(index, missing=True).removed == (str(folder / "v.vrt"),)


@pytest.mark.parametrize("wrong", [{"sources": [1, 99]}, {"files": ["a.tif", "/nowhere/x.tif"]}])
def test_where_one_is_not_there_none_goes(indexed, wrong, monkeypatch):
    folder, index = indexed
    monkeypatch.chdir(folder)
    with pytest.raises(IndexFileError, match=r"99|nowhere"):
        remove_sources(index, **wrong)
    assert len(states(index)) == 4


def test_not_while_it_is_being_indexed(indexed):
    folder, index = indexed
    with IndexLock(index), pytest.raises(IndexFileError, match="being indexed"):
        remove_sources(index, files=[folder])
