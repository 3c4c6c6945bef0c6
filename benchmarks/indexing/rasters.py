"""Large rasters of several kinds, repeated from one small sample landscape."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window
from scene_search.engine.sample import write_sample

#: What is written: creation options, CRS, pixel size, type, nodata border, overviews.
_TILED = {"driver": "GTiff", "tiled": True, "blockxsize": 256, "blockysize": 256}
_DEFLATE = {**_TILED, "compress": "DEFLATE", "zlevel": 1, "predictor": 2}
_UTM = ("EPSG:32631", 500_000.0, 5_700_000.0, 0.5)
_DEGREES = ("EPSG:4326", 4.0, 51.0, 0.5 / 111_320)
KINDS = {
    "8-bit": (_DEFLATE, _UTM, "uint8", False, True),
    "16-bit": (_DEFLATE, _UTM, "uint16", False, True),
    "degrees": (_DEFLATE, _DEGREES, "uint8", True, True),
    "jpeg": ({"driver": "COG", "compress": "JPEG", "quality": 85}, _UTM, "uint8", False, True),
    "no overviews": ({**_DEFLATE, "tiled": False, "blockysize": 1}, _UTM, "uint8", False, False),
}


def write_kinds(folder: Path, size: int, names: list[str]) -> dict[str, Path]:
    """Write rasters of ``size`` pixels on a side, unless they are there, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name.replace(' ', '_')}_{size}.tif" for name in names}
    missing = [name for name in names if not paths[name].exists()]
    if missing:
        landscape = _landscape(folder, min(max(size, 512), 2048))
        for name in missing:
            _write(paths[name], landscape, size, *KINDS[name])
    return paths


def _landscape(folder: Path, side: int) -> np.ndarray:
    """Return uint8 (3, side, side) of a sample landscape."""
    kept = folder / f"landscape_{side}.npy"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as made:
            write_sample(Path(made), side, 0)
            path = next(Path(made).glob("coast_utm_2023*.tif"))
            with rasterio.open(path) as raster:
                np.save(kept, raster.read([1, 2, 3]))
    return np.load(kept)


def _write(path, landscape, size, options, place, dtype, border, overviews):
    crs, west, north, pixel = place
    height = pixel
    width = pixel / np.cos(np.radians(north)) if crs == "EPSG:4326" else pixel
    transform = from_origin(west, north, width, height)
    profile = {"width": size, "height": size, "count": 3, "dtype": dtype, "crs": crs}
    profile.update(transform=transform, nodata=0 if border else None, BIGTIFF="IF_SAFER")
    first = path.with_suffix(".part.tif")
    options = {key: value for key, value in options.items() if key != "tiled" or value}
    if options["driver"] != "GTiff" or "tiled" not in options:
        options = {k: v for k, v in options.items() if not k.startswith("block")}
    direct = options if options["driver"] == "GTiff" else _DEFLATE
    with rasterio.open(first, "w", num_threads="all_cpus", **profile, **direct) as target:
        side = landscape.shape[1]
        for row in range(0, size, side):
            values = np.tile(landscape, (1, 1, -(-size // side)))[:, : size - row, :size]
            # turned each time, so that no two parts of the raster compress alike
            values = np.maximum(np.roll(values, 37 * row // side, axis=2), 1)
            if dtype == "uint16":
                noise = np.random.default_rng(row).integers(0, 7, values.shape, np.uint16)
                values = values.astype(np.uint16) * 7 + 190 + noise
            if border:
                values[:, :, : size // 16] = 0
            target.write(values, window=Window(0, row, size, values.shape[1]))
        if overviews and direct is options:
            target.build_overviews([2, 4, 8, 16], rasterio.enums.Resampling.average)
    if direct is options:
        first.rename(path)
    else:
        from rasterio.shutil import copy

        copy(first, path, num_threads="all_cpus", **options)
        first.unlink()
    for leftover in path.parent.glob(f"{first.name}*"):
        leftover.unlink()


def remove(folder: Path) -> None:
    """Delete what was written."""
    shutil.rmtree(folder, ignore_errors=True)
