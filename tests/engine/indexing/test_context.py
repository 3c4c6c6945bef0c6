"""Indexing with an encoder that knows when, where and by what an image was taken."""

import json

import numpy as np
import pytest
from scene_search.engine.context.tile_context import tile_texts
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import CancelledError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import IndexOptions, index_imagery

from tests.support.indexing_support import CancelAfter
from tests.support.patchwork import write_patchwork

TILES_64 = IndexOptions(tile_size_m=64)


@pytest.fixture(scope="module")
def context_encoder(tiny_context_encoder):
    return Encoder(EncoderPackage.load(tiny_context_encoder), threads=1)


def write_item(raster, month="07"):
    properties = {"datetime": f"2023-{month}-14T10:10:31Z", "platform": "landsat-8"}
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": properties}
    raster.with_suffix(".json").write_text(json.dumps(item))


def write_imagery(folder):
    """Two rasters of the same pixels: one says its date and sensor, the other nothing."""
    write_item(write_patchwork(folder / "a.tif", 320))
    write_patchwork(folder / "b.tif", 320)


def everything(path):
    with TileIndex.open(path, read_only=True) as index:
        ids = index.load_codes().ids
        tiles = index.tiles(ids)
        return {
            (tile.source_path, tile.window): arrays
            for tile, *arrays in zip(
                tiles,
                index.load_codes().codes.tolist(),
                index.embeddings(ids).tolist(),
                index.load_codes(context=True).codes.tolist(),
                index.embeddings(ids, context=True).tolist(),
                strict=True,
            )
        }


def test_each_tile_has_a_second_code_that_knows_its_acquisition(tmp_path, context_encoder):
    write_imagery(tmp_path / "imagery")
    path = tmp_path / "i.gpkg"
    report = index_imagery([tmp_path / "imagery"], path, context_encoder, TILES_64)
    assert report.tiles == 2 * 25
    with TileIndex.open(path, read_only=True) as index:
        assert index.info.context
        plain, context = index.load_codes(), index.load_codes(context=True)
        np.testing.assert_array_equal(plain.ids, context.ids)
        embeddings = index.embeddings(plain.ids)
        for source in index.sources():
            rows = np.flatnonzero(plain.source_ids == source.id)
            footprints = index.footprints(plain.ids[rows])
            texts = tile_texts(source.acquisition, footprints)
            assert ("landsat-8" in texts[0], "summer" in texts[0]) == (
                (True, True) if source.path.endswith("a.tif") else (False, False)
            )
            expected = context_encoder.encode_context(embeddings[rows], texts)
            found = index.embeddings(plain.ids[rows], context=True)
            np.testing.assert_allclose(found, expected.embeddings, atol=2e-3)
        # the same pixels, told apart by their acquisition only
        half = len(plain) // 2
        np.testing.assert_array_equal(plain.codes[:half], plain.codes[half:])
        assert (context.codes[:half] != context.codes[half:]).any()


def test_cancelling_and_going_on_gives_the_same_index(tmp_path, context_encoder):
    write_imagery(tmp_path / "imagery")
    index_imagery([tmp_path / "imagery"], tmp_path / "whole.gpkg", context_encoder, TILES_64)
    path = tmp_path / "parts.gpkg"
    with pytest.raises(CancelledError):
        index_imagery([tmp_path / "imagery"], path, context_encoder, TILES_64, CancelAfter(16))
    with TileIndex.open(path, read_only=True) as index:
        done = index.tile_count()
        assert len(index.load_codes(context=True)) == done
    assert 0 < done < 50
    index_imagery([tmp_path / "imagery"], path, context_encoder)
    whole, parts = everything(tmp_path / "whole.gpkg"), everything(path)
    assert whole.keys() == parts.keys()
    for key, arrays in whole.items():
        for one, other in zip(arrays, parts[key], strict=True):
            assert one == pytest.approx(other, abs=2e-3)


def test_a_stac_item_that_comes_later_or_changes_is_taken_in(tmp_path, context_encoder):
    folder, path = tmp_path / "imagery", tmp_path / "i.gpkg"
    write_imagery(folder)
    index_imagery([folder], path, context_encoder, TILES_64)
    before = everything(path)
    write_item(folder / "b.tif")
    report = index_imagery([folder], path, context_encoder)
    assert (report.updated, report.unchanged) == (1, 1)
    after = everything(path)
    for (source, window), arrays in after.items():
        assert arrays[0] == before[source, window][0]  # of the pixels alone
        if source.endswith("b.tif"):
            assert arrays[3] == pytest.approx(after[str(folder / "a.tif"), window][3], abs=2e-3)
    with TileIndex.open(path, read_only=True) as index:
        assert {source.acquisition["platform"] for source in index.sources()} == {"landsat-8"}

    write_item(folder / "b.tif", month="11")
    assert index_imagery([folder], path, context_encoder).updated == 1
    with TileIndex.open(path, read_only=True) as index:
        found = {source.acquisition["datetime"][5:7] for source in index.sources()}
    assert found == {"07", "11"}
    assert index_imagery([folder], path, context_encoder).unchanged == 2


def test_an_encoder_without_the_part_makes_an_index_without(tmp_path, encoder):
    write_imagery(tmp_path / "imagery")
    index_imagery([tmp_path / "imagery"], tmp_path / "i.gpkg", encoder, TILES_64)
    with TileIndex.open(tmp_path / "i.gpkg", read_only=True) as index:
        assert not index.info.context
