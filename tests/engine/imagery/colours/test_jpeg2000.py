"""JPEG 2000 whose end is lost: what is gone is never shown as something else."""

from __future__ import annotations

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.imagery.tiles.reader import TileReader

SIDE = 1024


@pytest.fixture
def cut(tmp_path):
    """A picture in blocks of 256 pixels, of which a third of the bytes is lost."""
    with rasterio.Env() as env:
        if "JP2OpenJPEG" not in env.drivers():
            pytest.skip("this GDAL writes no JPEG 2000")
    whole = tmp_path / "whole.jp2"
    coarse = np.random.default_rng(0).integers(20, 220, (3, SIDE // 8, SIDE // 8), dtype=np.uint8)
    values = coarse.repeat(8, axis=1).repeat(8, axis=2)
    profile = {"driver": "JP2OpenJPEG", "count": 3, "dtype": "uint8", "width": SIDE, "height": SIDE}
    profile |= {"crs": "EPSG:32633", "transform": from_origin(500_000, 5_300_000, 1, 1)}
    with rasterio.open(
        whole, "w", **profile, BLOCKXSIZE=256, BLOCKYSIZE=256, QUALITY=100, REVERSIBLE="YES"
    ) as file:
        file.write(values)
    content = whole.read_bytes()
    path = tmp_path / "cut.jp2"
    path.write_bytes(content[: len(content) * 2 // 3])
    return path


def test_what_is_lost_is_an_error_and_the_rest_is_read(cut):
    with open_raster(cut) as raster:
        stretch = estimate_stretch(raster)
    with TileReader(cut, stretch, 224) as reader:
        for row in (0, 256, 0):
            assert reader.read(TileWindow(0, row, 256, 256)).valid == 1
        for row in (512, 768, 512, 768):  # again: an error must not turn into pixels
            with pytest.raises(RasterError, match="damaged or incomplete"):
                reader.read(TileWindow(0, row, 256, 256))
