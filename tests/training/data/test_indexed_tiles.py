"""An index's tiles as training images: which are taken, and that they look as they were indexed."""

import shutil

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.progress import Progress
from scene_search.training.data import indexed_tiles
from scene_search.training.data.benchmarks import TrainingDataError
from scene_search.training.data.indexed_tiles import choose_tiles, side_by_side

from tests.support.patchwork import write_patchwork


@pytest.fixture(scope="module")
def encoder(tiny_encoder):
    return Encoder(EncoderPackage.load(tiny_encoder), threads=1)


@pytest.fixture(scope="module")
def imagery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("Übersicht 東京")
    write_patchwork(folder / "first.tif", 512)
    write_patchwork(folder / "zweites.tif", 256, seed=1, origin=(510_000, 5_600_000))
    return folder


@pytest.fixture(scope="module")
def index(imagery, encoder, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "ß index.gpkg"
    index_imagery([imagery], path, encoder, IndexOptions(tile_size_m=64))
    return path


def test_tiles_look_as_they_were_indexed(index, encoder, tmp_path):
    size = encoder.package.input_size
    pixels, labels = choose_tiles(index).read(size, tmp_path)
    with TileIndex.open(index, read_only=True) as opened:
        ids = opened.load_codes().ids
        assert pixels.shape == (len(ids), size, size, 3)
        again = encoder.encode_images(np.asarray(pixels)).embeddings
        cosines = (again * opened.embeddings(ids)).sum(axis=1)
    assert cosines.min() > 0.999
    assert len(labels) == len(ids)


def test_pixels_are_read_once(index, tmp_path, monkeypatch):
    first, labels = choose_tiles(index).read(32, tmp_path)
    monkeypatch.setattr(indexed_tiles, "read_pictures", lambda *_: pytest.fail("read again"))
    again, same = choose_tiles(index).read(32, tmp_path)
    assert same == labels
    np.testing.assert_array_equal(again, first)
    assert len(list(tmp_path.glob("*.npy"))) == 1


def test_equal_pixels_are_one_instance(imagery, encoder, tmp_path):
    folder = tmp_path / "twice"
    folder.mkdir()
    for name in ("a.tif", "b.tif"):
        shutil.copy(imagery / "zweites.tif", folder / name)
    index_imagery([folder], tmp_path / "i.gpkg", encoder, IndexOptions(tile_size_m=64))
    _, labels = choose_tiles(tmp_path / "i.gpkg").read(32, tmp_path)
    half = len(labels) // 2
    assert labels[:half] == labels[half:]
    assert len(set(labels)) == half


def test_overlapping_tiles_are_not_instances_of_their_own(imagery, encoder, tmp_path):
    path = tmp_path / "i.gpkg"
    options = IndexOptions(tile_size_m=64, overlap=0.5, scales=(1, 2))
    index_imagery([imagery / "first.tif"], path, encoder, options)
    tiles = choose_tiles(path).tiles
    with TileIndex.open(path, read_only=True) as opened:
        assert len(tiles) < opened.tile_count() / 3
    for scale in (1, 2):
        own = [tile.window for tile in tiles if tile.scale == scale]
        assert own
        for i, one in enumerate(own):
            for other in own[i + 1 :]:
                across = min(one.col_off + one.width, other.col_off + other.width) - max(
                    one.col_off, other.col_off
                )
                down = min(one.row_off + one.height, other.row_off + other.height) - max(
                    one.row_off, other.row_off
                )
                shared = max(across, 0) * max(down, 0)
                assert shared <= 0.1 * one.width * one.height


@pytest.mark.parametrize(("overlap", "every"), [(0.0, 1), (0.25, 2), (0.5, 2), (0.75, 4)])
def test_every_second_or_fourth_tile_lies_apart(overlap, every):
    step = int(100 * (1 - overlap))
    columns = np.arange(12) * step
    windows = np.array([(column, 0, 100, 100) for column in columns])
    assert np.flatnonzero(side_by_side(windows, overlap)).tolist() == list(range(0, 12, every))


def test_of_many_tiles_some_are_drawn(index):
    all_of_them = choose_tiles(index).tiles
    some = choose_tiles(index, most=7, seed=3)
    assert len(some.tiles) == some.count == 7
    assert {tile.id for tile in some.tiles} < {tile.id for tile in all_of_them}
    assert some.digest() == choose_tiles(index, most=7, seed=3).digest()
    assert some.digest() != choose_tiles(index, most=7, seed=4).digest()


def test_a_source_that_is_gone_is_left_out(imagery, encoder, tmp_path):
    folder = tmp_path / "moved"
    shutil.copytree(imagery, folder)
    path = tmp_path / "i.gpkg"
    index_imagery([folder], path, encoder, IndexOptions(tile_size_m=64))
    (folder / "zweites.tif").unlink()
    chosen = choose_tiles(path)
    pixels, labels = chosen.read(32, tmp_path)
    assert 0 < len(pixels) == len(labels) < chosen.count
    assert pixels.any(axis=(1, 2, 3)).all()  # no row was left empty
    (folder / "first.tif").unlink()
    with pytest.raises(TrainingDataError, match=r"fewer than two.*missing from disk"):
        choose_tiles(path).read(16, tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_samples_are_files_of_the_tiles(index, tmp_path):
    chosen = choose_tiles(index)
    pixels, _ = chosen.read(32, tmp_path)
    facts = chosen.facts(pixels, tmp_path)
    from PIL import Image

    assert (facts["items"], facts["classes"], facts["name"]) == (len(pixels), 0, "ß index")
    for name in facts["names"]:
        row = int(name.split("-")[1].split(".")[0])
        shown = np.asarray(Image.open(tmp_path / "samples" / name))
        np.testing.assert_array_equal(shown, pixels[row])


def test_progress_counts_tiles(index, tmp_path):
    reports = []
    tiles = choose_tiles(index, progress=Progress(reports.append, interval=0))
    tiles.read(32, tmp_path)
    assert (reports[-1].done, reports[-1].total, reports[-1].unit) == (
        tiles.count,
        tiles.count,
        "tiles",
    )


def test_what_cannot_be_done_is_told(index, tmp_path, monkeypatch):
    with pytest.raises(IndexFileError):
        choose_tiles(tmp_path / "none.gpkg")
    with pytest.raises(TrainingDataError, match="fewer than two"):
        choose_tiles(index, most=1)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(indexed_tiles.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(StorageError, match="no room"):
        choose_tiles(index).read(32, tmp_path)
