"""Rasters of every odd kind, made on the spot.

All readable ones show the same picture, so that orientation and colours can be checked: its
north-west quarter is red, north-east green, south-west blue, south-east white, with a little
noise.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rasterio
from rasterio.control import GroundControlPoint
from rasterio.enums import ColorInterp, Resampling, WktVersion
from rasterio.errors import NotGeoreferencedWarning
from rasterio.rpc import RPC
from rasterio.transform import Affine, from_origin

UTM33 = "EPSG:32633"
NORTH_UP = from_origin(500_000, 5_300_000, 2.0, 2.0)
SIZE = 256


def quarters(width=SIZE, height=SIZE, *, level=200, seed=0):
    """Picture (3, height, width) uint8: red, green / blue, white quarters with noise."""
    picture = np.full((3, height, width), 20, np.int16)
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    picture[0, top, left] = level
    picture[1, top, right] = level
    picture[2, bottom, left] = level
    picture[:, bottom, right] = level
    noise = np.random.default_rng(seed).integers(-8, 9, picture.shape)
    return (picture + noise).clip(1, 255).astype(np.uint8)


def write(path, data, *, crs=UTM33, transform=NORTH_UP, overviews=(), colorinterp=None, **profile):
    """Write (bands, rows, columns) as a raster; returns the path."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(
            path,
            "w",
            driver=profile.pop("driver", "GTiff"),
            count=data.shape[0],
            height=data.shape[1],
            width=data.shape[2],
            dtype=data.dtype,
            crs=crs,
            transform=transform,
            **profile,
        ) as file:
            if colorinterp is not None:
                file.colorinterp = colorinterp
            file.write(data)
            if overviews:
                file.build_overviews(list(overviews), Resampling.average)
    return path


def _plain(path):
    return write(path, quarters())


def _tiled_with_overviews(path):
    data = quarters(1024, 1024)
    return write(path, data, tiled=True, blockxsize=128, blockysize=128, overviews=(2, 4, 8))


def _external_overviews(path):
    write(path, quarters(1024, 1024))
    with rasterio.Env(TIFF_USE_OVR="YES"), rasterio.open(path, "r+") as file:
        file.build_overviews([2, 4, 8], Resampling.average)
    return path


def _degrees(path):
    return write(path, quarters(), crs="EPSG:4326", transform=from_origin(15, 60, 4e-5, 2e-5))


def _feet(path):
    # US survey feet, New York Long Island.
    return write(path, quarters(), crs="EPSG:2263", transform=from_origin(980_000, 200_000, 6, 6))


def _mercator(path):
    transform = from_origin(1_700_000, 8_400_000, 4, 4)
    return write(path, quarters(), crs="EPSG:3857", transform=transform)


def _rotated(path):
    transform = NORTH_UP @ Affine.rotation(-30)
    return write(path, quarters(), transform=transform)


def _quarter_turn(path):
    # Rows run east, columns run south: the picture lies transposed in the file.
    transform = Affine(0, 2, 500_000, -2, 0, 5_300_000)
    return write(path, quarters().transpose(0, 2, 1).copy(), transform=transform)


def _south_up(path):
    transform = Affine(2, 0, 500_000, 0, 2, 5_299_488)
    return write(path, quarters()[:, ::-1].copy(), transform=transform)


def _with_points(path, crs):
    size = SIZE
    corners = [(0, 0), (0, size), (size, 0), (size, size), (size // 2, size // 2)]
    tilted = NORTH_UP @ Affine.rotation(-5)
    points = [GroundControlPoint(row, col, *(tilted @ (col, row))) for row, col in corners]
    write(path, quarters(), crs=None, transform=Affine.identity())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with rasterio.open(path, "r+") as file:
            file.gcps = (points, rasterio.CRS.from_string(crs) if crs else rasterio.CRS())
    return path


def _gcps(path):
    return _with_points(path, UTM33)


def _gcps_no_crs(path):
    return _with_points(path, None)


def _rpc_only(path):
    coefficients = [1.0] + [0.0] * 19
    rpc = RPC(
        err_bias=0.0, err_rand=0.0,
        height_off=100.0, height_scale=500.0, lat_off=47.0, lat_scale=0.1, long_off=15.0,
        long_scale=0.1, line_off=128.0, line_scale=128.0, samp_off=128.0, samp_scale=128.0,
        line_num_coeff=[0.0, 0.0, 1.0] + [0.0] * 17, line_den_coeff=coefficients,
        samp_num_coeff=[0.0, 1.0] + [0.0] * 18, samp_den_coeff=coefficients,
    )  # fmt: skip
    return write(path, quarters(), crs=None, transform=Affine.identity(), rpcs=rpc)


def _float_nan(path):
    data = quarters().astype(np.float32) / 255.0
    data[:, :, :64] = np.nan
    data[:, 10:12, 100:110] = np.inf
    return write(path, data)


def _float_nodata(path):
    data = quarters().astype(np.float32) / 255.0
    data[:, :, :64] = -9999.0
    return write(path, data, nodata=-9999.0)


def _uint16(path):
    return write(path, quarters().astype(np.uint16) * 12 + 400)


def _int16_nodata(path):
    data = quarters().astype(np.int16) * 10 - 1000
    data[:, :, :64] = -32768
    return write(path, data, nodata=-32768)


def _int8(path):
    return write(path, (quarters().astype(np.int16) // 2 - 60).astype(np.int8))


def _nodata_zero(path):
    data = quarters()
    data[:, :, :64] = 0
    return write(path, data, nodata=0)


def _alpha(path):
    data = quarters()
    alpha = np.full((1, SIZE, SIZE), 255, np.uint8)
    alpha[:, :, :64] = 0
    interpretation = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
    return write(path, np.concatenate([data, alpha]), colorinterp=interpretation)


def _dataset_mask(path, internal):
    write(path, quarters())
    mask = np.full((SIZE, SIZE), 255, np.uint8)
    mask[:, :64] = 0
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=internal), rasterio.open(path, "r+") as file:
        file.write_mask(mask)
    return path


def _internal_mask(path):
    return _dataset_mask(path, True)


def _external_mask(path):
    return _dataset_mask(path, False)


def _black_collar(path):
    data = quarters()
    data[:, :, :64] = 0
    return write(path, data)


def _palette(path):
    indices = np.zeros((1, SIZE, SIZE), np.uint8)
    indices[0, : SIZE // 2, SIZE // 2 :] = 1
    indices[0, SIZE // 2 :, : SIZE // 2] = 2
    indices[0, SIZE // 2 :, SIZE // 2 :] = 3
    colours = {0: (200, 20, 20), 1: (20, 200, 20), 2: (20, 20, 200), 3: (200, 200, 200)}
    write(path, indices, photometric="palette")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {i: (*c, 255) for i, c in colours.items()})
    return path


def _gray(path):
    return write(path, quarters()[:1])


def _two_bands(path):
    return write(path, quarters()[:2].astype(np.float32))


def _sentinel_names(path):
    r, g, b = quarters().astype(np.uint16) * 10
    filler = np.full_like(r, 900)
    data = np.stack([filler, b, g, r, filler, filler])
    write(path, data, photometric="minisblack")
    with rasterio.open(path, "r+") as file:
        file.descriptions = ("B01", "B02", "B03", "B04", "B05", "B8A")
    return path


def _rgb_nir(path):
    data = np.concatenate([quarters(), np.full((1, SIZE, SIZE), 90, np.uint8)])
    return write(path, data, photometric="RGB", alpha="unspecified")


def _bgr(path):
    interpretation = (ColorInterp.blue, ColorInterp.green, ColorInterp.red)
    return write(
        path, quarters()[::-1].copy(), photometric="minisblack", colorinterp=interpretation
    )


def _date_line(path):
    return write(path, quarters(), crs="EPSG:4326", transform=from_origin(179.99, -17, 1e-4, 1e-4))


def _date_line_utm(path):
    transform = from_origin(799_000, 8_100_000, 100, 100)
    return write(path, quarters(), crs="EPSG:32760", transform=transform)


def _constant(path):
    return write(path, np.full((3, SIZE, SIZE), 700, np.uint16))


def _polar(path):
    # The north pole lies in the middle.
    transform = from_origin(-1_280_000, 1_280_000, 10_000, 10_000)
    return write(path, quarters(), crs="EPSG:3413", transform=transform)


def _strip(path):
    return write(path, quarters(2000, 40))


def _ascii_grid(path):
    data = quarters()[0].astype(int)
    head = f"ncols {SIZE}\nnrows {SIZE}\nxllcorner 500000\nyllcorner 5299488\ncellsize 2\n"
    path = path.with_suffix(".asc")
    path.write_text(head + "\n".join(" ".join(map(str, row)) for row in data))
    path.with_suffix(".prj").write_text(
        rasterio.CRS.from_string(UTM33).to_wkt(version=WktVersion.WKT1_ESRI)
    )
    return path


def _no_crs(path):
    return write(path, quarters(), crs=None)


def _no_position(path):
    return write(path, quarters(), transform=Affine.identity())


def _nothing(path):
    return write(path, quarters(), crs=None, transform=Affine.identity())


def _local_crs(path):
    return write(path, quarters(), crs='LOCAL_CS["drawing",UNIT["metre",1]]')


def _truncated(path):
    data = np.random.default_rng(1).integers(1, 255, (3, 512, 512), np.uint8)
    write(path, data, tiled=True, blockxsize=128, blockysize=128)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    return path


def _truncated_header(path):
    _plain(path)
    path.write_bytes(path.read_bytes()[:60])
    return path


def _empty_file(path):
    path.write_bytes(b"")
    return path


def _text_file(path):
    path.write_text("This is not a raster.\n" * 30)
    return path


def _complex(path):
    return write(path, quarters().astype(np.complex64))


def _all_nodata(path):
    return write(path, np.zeros((3, SIZE, SIZE), np.uint8), nodata=0)


def _all_nan(path):
    return write(path, np.full((1, SIZE, SIZE), np.nan, np.float32))


def _one_pixel(path):
    return write(path, np.full((3, 1, 1), 99, np.uint8))


def _container(path):
    path = path.with_suffix(".gpkg")
    for table in ("north", "south"):
        more = {"APPEND_SUBDATASET": "YES"} if path.exists() else {}
        write(path, quarters(), driver="GPKG", RASTER_TABLE=table, **more)
    return path


def _missing(path):
    return path


#: Readable rasters: name → function that writes it to a path and returns where it is.
READABLE: dict[str, Callable[[Path], Path]] = {
    "plain": _plain,
    "tiled_with_overviews": _tiled_with_overviews,
    "external_overviews": _external_overviews,
    "degrees": _degrees,
    "feet": _feet,
    "mercator": _mercator,
    "rotated": _rotated,
    "quarter_turn": _quarter_turn,
    "south_up": _south_up,
    "gcps": _gcps,
    "float_nan": _float_nan,
    "float_nodata": _float_nodata,
    "uint16": _uint16,
    "int16_nodata": _int16_nodata,
    "int8": _int8,
    "nodata_zero": _nodata_zero,
    "alpha": _alpha,
    "internal_mask": _internal_mask,
    "external_mask": _external_mask,
    "black_collar": _black_collar,
    "palette": _palette,
    "gray": _gray,
    "two_bands": _two_bands,
    "sentinel_names": _sentinel_names,
    "rgb_nir": _rgb_nir,
    "bgr": _bgr,
    "date_line": _date_line,
    "date_line_utm": _date_line_utm,
    "polar": _polar,
    "strip": _strip,
    "ascii_grid": _ascii_grid,
}

#: Rasters with the first 64 columns of 256 nodata, each said in another way.
QUARTER_NODATA = (
    "float_nan",
    "float_nodata",
    "int16_nodata",
    "nodata_zero",
    "alpha",
    "internal_mask",
    "external_mask",
    "black_collar",
)

#: Rasters that ``open_raster`` refuses: name → function, and a pattern of the reason.
REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "gcps_no_crs": (_gcps_no_crs, "ground control points but no CRS"),
    "rpc_only": (_rpc_only, "rational polynomial coefficients only"),
    "no_crs": (_no_crs, "has no CRS"),
    "no_position": (_no_position, "a CRS but no position"),
    "nothing": (_nothing, "no CRS and no position"),
    "local_crs": (_local_crs, "cannot be placed on the map"),
    "truncated": (_truncated, "truncated: it should have at least [0-9,]+ bytes"),
    "truncated_header": (_truncated_header, "not a raster that can be read"),
    "empty_file": (_empty_file, r"empty \(0 bytes\)"),
    "text_file": (_text_file, "not a raster that can be read"),
    "complex": (_complex, "complex numbers"),
    "container": (_container, "container of 2 rasters"),
    "missing": (_missing, "does not exist"),
}

#: Rasters that open but give no tiles: name → function, and a pattern of the reason.
WITHOUT_TILES: dict[str, tuple[Callable[[Path], Path], str]] = {
    "all_nodata": (_all_nodata, "every pixel is nodata"),
    "all_nan": (_all_nan, "every pixel is nodata"),
    "constant": (_constant, "all its valid pixels are alike"),
    "one_pixel": (_one_pixel, "too small to show a scene"),
}


def make(name: str, directory: Path) -> Path:
    """Write the named raster to a directory; returns its path."""
    factory = READABLE.get(name) or {**REFUSED, **WITHOUT_TILES}[name][0]
    directory.mkdir(parents=True, exist_ok=True)
    return factory(directory / f"{name}.tif")


def odd_rasters(directory: Path) -> dict[str, Path]:
    """Write every odd raster to a directory: name → path; ``missing`` is not there."""
    return {name: make(name, directory) for name in (*READABLE, *REFUSED, *WITHOUT_TILES)}
