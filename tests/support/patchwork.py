"""Small rasters of coloured patches, so that tiles differ and the tiny encoder tells them apart."""

from __future__ import annotations

import numpy as np
import rasterio
from rasterio.transform import Affine

#: Forest, water, sand, roofs, tarmac, grass.
COLOURS = np.array(
    [(38, 62, 34), (36, 78, 112), (206, 186, 144), (164, 84, 66), (80, 80, 82), (140, 168, 96)]
)


def patchwork(size, *, patch=64, seed=0):
    """Return uint8 (3, size, size) of noisy squares of one colour each."""
    random = np.random.default_rng(seed)
    cells = -(-size // patch)
    kinds = random.integers(len(COLOURS), size=(cells, cells))
    image = COLOURS[kinds].repeat(patch, 0).repeat(patch, 1)[:size, :size]
    noise = random.integers(-12, 13, size=(size, size, 1))
    return np.clip(image + noise, 0, 255).astype(np.uint8).transpose(2, 0, 1)


def write_patchwork(path, size=256, *, seed=0, patch=64, crs="EPSG:32632", origin=None, **profile):
    """Write a GeoTIFF with pixels of 1 m (or degrees of about that size); return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixel = 1.0 if crs != "EPSG:4326" else 1e-5
    west, north = origin or ((500_000, 5_600_000) if crs != "EPSG:4326" else (10.0, 50.0))
    profile = {
        "driver": "GTiff",
        "width": size,
        "height": size,
        "count": 3,
        "dtype": "uint8",
        "crs": crs,
        "transform": Affine(pixel, 0.0, west, 0.0, -pixel, north),
        **profile,
    }
    with rasterio.open(path, "w", **profile) as dataset:
        dataset.write(patchwork(size, patch=patch, seed=seed))
    return path
