"""Outlines made many at a time are, bit for bit, those made one by one."""

from __future__ import annotations

import numpy as np
import pytest
from affine import Affine
from hypothesis import given
from hypothesis import strategies as st
from rasterio.crs import CRS
from scene_search.engine.imagery.ground.footprint import lonlat_polygon, plain_polygons
from scene_search.engine.imagery.ground.ground import Ground
from scene_search.engine.imagery.raster import Raster

angles = st.one_of(
    st.floats(-400, 400), st.sampled_from([180.0, -180.0, 90.0, np.inf, -np.inf, np.nan])
)


@given(st.lists(st.tuples(*[angles] * 8), max_size=6))
def test_rings_of_any_sort(rings: list[tuple[float, ...]]) -> None:
    numbers = np.array(rings, float).reshape(-1, 2, 4)
    lon, lat = numbers[:, 0], numbers[:, 1]
    for ring, polygon in enumerate(plain_polygons(lon, lat)):
        if polygon is not None:
            assert polygon.wkb == lonlat_polygon(lon[ring], lat[ring]).wkb


@pytest.mark.parametrize(
    ("epsg", "transform"),
    [
        (32631, Affine(10.0, 0.0, 4e5, 0.0, -10.0, 5.5e6)),
        (32631, Affine(8.0, 6.0, 4e5, 6.0, -8.0, 5.5e6)),
        (4326, Affine(0.05, 0.0, 178.0, 0.0, -0.05, 89.9)),
        (32601, Affine(100.0, 0.0, 2e5, 0.0, -100.0, 1e5)),
        (3995, Affine(1000.0, 0.0, -1e5, 0.0, -1000.0, 1e5)),
        (3857, Affine(1e5, 0.0, -2e7, 0.0, -1e5, 2e7)),
    ],
    ids=["utm", "rotated", "date line in degrees", "date line in utm", "pole", "world"],
)
@pytest.mark.parametrize("points", [1, 8])
def test_windows_anywhere(epsg: int, transform: Affine, points: int) -> None:
    raster = Raster.__new__(Raster)
    raster.ground = Ground(CRS.from_epsg(epsg), transform, 400, 400)
    windows = [(c, r, 37, 37) for r in range(0, 360, 37) for c in range(0, 360, 37)]
    together = raster.window_footprints(np.array(windows, np.int64), points)
    assert [f.wkb for f in together] == [
        raster.window_footprint(*window, points).wkb for window in windows
    ]
