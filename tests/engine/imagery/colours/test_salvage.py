"""Reading around damaged blocks, with the whole file as the oracle."""

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.windows import Window
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.colours.bands import choose_bands
from scene_search.engine.imagery.colours.pixels import PixelSource
from scene_search.engine.imagery.colours.salvage import read_around_damage
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.raster import open_raster

from tests.support.damaged_blocks import damage
from tests.support.patchwork import write_patchwork

BLOCKS = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
CELLS = [(x, y) for y in range(4) for x in range(4)]


def damaged(path, blocks):
    """Write a raster of 4 × 4 blocks, some of them noise; return the pixels as they were."""
    write_patchwork(path, 256, **BLOCKS)
    with rasterio.open(path) as file:
        whole = file.read()
    damage(path, *blocks)
    return whole


@settings(derandomize=True, max_examples=15, deadline=None)
@given(st.sets(st.sampled_from(CELLS), min_size=1, max_size=15))
def test_all_but_the_damaged_blocks_is_read(tmp_path_factory, blocks):
    path = tmp_path_factory.mktemp("damaged") / "a.tif"
    whole = damaged(path, blocks)
    lost = np.zeros((256, 256), bool)
    for x, y in blocks:
        lost[64 * y : 64 * y + 64, 64 * x : 64 * x + 64] = True
    with open_raster(path) as raster:
        source = PixelSource(raster.dataset, choose_bands(raster.dataset))
        block, readable = read_around_damage(source, Window(0, 0, 256, 256), 256, 256)
    assert (readable == ~lost).all()
    assert (block.valid == ~lost).all()
    assert (block.values[:, ~lost] == whole[:, ~lost]).all()


def test_a_sample_at_lower_resolution_is_read_around_damage_too(tmp_path):
    whole = damaged(tmp_path / "a.tif", [(1, 2)])
    with open_raster(tmp_path / "a.tif") as raster:
        source = PixelSource(raster.dataset, choose_bands(raster.dataset))
        block, readable = read_around_damage(source, Window(0, 0, 256, 256), 64, 64)
    assert (~readable).sum() == 16 * 16
    assert (block.values[:, readable] == whole[:, 2::4, 2::4][:, readable]).all()


def test_nothing_to_read_is_an_error(tmp_path):
    damaged(tmp_path / "a.tif", CELLS)
    with open_raster(tmp_path / "a.tif") as raster:
        source = PixelSource(raster.dataset, choose_bands(raster.dataset))
        with pytest.raises(RasterError, match="damaged or incomplete"):
            read_around_damage(source, Window(0, 0, 256, 256), 256, 256)


@pytest.mark.parametrize("size", [256, 2048])
def test_a_stretch_is_estimated_from_what_can_be_read(tmp_path, size):
    path = write_patchwork(tmp_path / "a.tif", size, dtype="uint16", **BLOCKS)
    with open_raster(path) as raster:
        before = estimate_stretch(raster)
    count = size // 64
    rows = (0, count // 2)
    damage(path, *((x, y) for y in rows for x in range(count)))
    with open_raster(path) as raster:
        after = estimate_stretch(raster)
    assert after.bands == before.bands
    assert np.allclose(after.low, before.low, atol=4)
    assert np.allclose(after.high, before.high, atol=4)
