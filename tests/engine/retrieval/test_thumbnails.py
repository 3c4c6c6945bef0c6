import json
import os
import shutil

import numpy as np
import pytest
import rasterio
from PIL import Image
from scene_search.engine.errors import CancelledError, QueryError, StorageError
from scene_search.engine.imagery.colours.stretch import Stretch
from scene_search.engine.imagery.fingerprint import fingerprint
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.reader import TileReader
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.progress import Progress
from scene_search.engine.retrieval.thumbnails import make_thumbnails


@pytest.fixture
def index(patchwork_index):
    with TileIndex.open(patchwork_index, read_only=True) as opened:
        yield opened


def test_pictures_are_the_tiles_as_the_index_stretches_them(tmp_path, index):
    result = make_thumbnails(index, [5, 66], 40, tmp_path / "new" / "folder")
    assert result.missing == {}
    for tile in index.tiles([5, 66]):
        record = index.source(tile.source_id)
        with (
            open_raster(record.path) as raster,
            TileReader(raster.name, Stretch.from_json(record.stretch), 40) as reader,
        ):
            expected = reader.read(tile.window).rgb
        with Image.open(result.paths[tile.id]) as picture:
            assert np.array_equal(np.asarray(picture), expected)


def test_pictures_are_drawn_once(tmp_path, index, monkeypatch):
    first = make_thumbnails(index, [1, 2, 3], 32, tmp_path)

    def refuse(*_):
        raise AssertionError("drawn again")

    monkeypatch.setattr(TileReader, "read", refuse)
    assert make_thumbnails(index, [3, 2, 1], 32, tmp_path).paths == first.paths
    assert len(list(tmp_path.iterdir())) == 3


def test_another_size_is_another_picture(tmp_path, index):
    small = make_thumbnails(index, [1], 32, tmp_path).paths[1]
    large = make_thumbnails(index, [1], 64, tmp_path).paths[1]
    assert small != large


def test_a_source_that_is_gone_is_named_and_the_others_come(tmp_path, patchwork_index):
    copy = tmp_path / "i.gpkg"
    shutil.copy(patchwork_index, copy)
    with TileIndex.open(copy) as index:
        source = index.source_by_path(patchwork_index.parent / "imagery" / "zweites.tif")
        (gone,) = [t for t in index.tiles(range(1, 81)) if t.source_id == source.id][:1]
        (there,) = [t for t in index.tiles(range(1, 81)) if t.source_id != source.id][:1]
        connection = index._connection
        connection.execute("UPDATE sources SET path = '/gone.tif' WHERE fid = ?", (source.id,))
        result = make_thumbnails(index, [gone.id, there.id], 32, tmp_path / "thumbs")
    assert set(result.paths) == {there.id}
    assert "gone.tif does not exist" in result.missing[gone.id]


@pytest.fixture
def copied(tmp_path, patchwork_index):
    """An index of one raster that may be spoiled."""
    raster = tmp_path / "a.tif"
    shutil.copy2(patchwork_index.parent / "imagery" / "zweites.tif", raster)
    copy = tmp_path / "i.gpkg"
    shutil.copy(patchwork_index, copy)
    with TileIndex.open(copy) as index:
        source = index.source_by_path(patchwork_index.parent / "imagery" / "zweites.tif")
        connection = index._connection
        values = (str(raster), fingerprint(raster), source.id)
        connection.execute("UPDATE sources SET path = ?, fingerprint = ? WHERE fid = ?", values)
        tiles = [t.id for t in index.tiles(range(1, 81)) if t.source_id == source.id][:3]
        yield index, raster, tiles


@pytest.mark.parametrize("drawn_before", [True, False])
def test_a_source_that_was_changed_has_no_pictures(tmp_path, copied, drawn_before):
    index, raster, tiles = copied
    if drawn_before:
        assert len(make_thumbnails(index, tiles, 32, tmp_path / "thumbs").paths) == 3
    with rasterio.open(raster, "r+") as file:
        file.write(255 - file.read())
    result = make_thumbnails(index, tiles, 32, tmp_path / "thumbs")
    assert result.paths == {}
    assert all("a.tif was changed since it was indexed" in r for r in result.missing.values())
    assert set(result.missing) == set(tiles)


def test_what_was_drawn_is_shown_while_its_drive_is_away(tmp_path, copied):
    index, raster, tiles = copied
    drawn = make_thumbnails(index, tiles[:2], 32, tmp_path / "thumbs").paths
    raster.unlink()
    result = make_thumbnails(index, tiles, 32, tmp_path / "thumbs")
    assert result.paths == drawn
    assert set(result.missing) == {tiles[2]}


def test_another_stretch_is_another_picture(tmp_path, copied):
    index, _, tiles = copied
    first = make_thumbnails(index, tiles[:1], 32, tmp_path / "thumbs").paths
    stretch = json.dumps(Stretch((1, 2, 3), (50.0,) * 3, (100.0,) * 3).to_json())
    index._connection.execute("UPDATE sources SET stretch = ?", (stretch,))
    assert make_thumbnails(index, tiles[:1], 32, tmp_path / "thumbs").paths != first


def test_cancelling(tmp_path, index):
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        make_thumbnails(index, [1], 32, tmp_path, progress)


def test_an_unknown_tile_is_refused(tmp_path, index):
    with pytest.raises(QueryError):
        make_thumbnails(index, [10_000], 32, tmp_path)


@pytest.mark.parametrize("size", [0, 5, 5000])
def test_sizes_that_make_no_sense_are_refused(tmp_path, index, size):
    with pytest.raises(QueryError, match=f"{size} pixels"):
        make_thumbnails(index, [1], size, tmp_path)


def test_a_folder_that_cannot_be_written(tmp_path, index):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written") as caught:
        make_thumbnails(index, [1], 32, tmp_path / "file" / "thumbs")
    assert caught.value.hint


def test_nothing_half_written_stays(tmp_path, index, monkeypatch):
    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full)
    with pytest.raises(StorageError, match="no space left"):
        make_thumbnails(index, [1], 32, tmp_path)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
