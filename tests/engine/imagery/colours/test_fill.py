"""Fill that no tag declares, beside dark, bright and flat areas that are the picture's."""

import subprocess

import numpy as np
import pytest
import rasterio
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.imagery.tiles.reader import TileReader

from tests.support.odd_rasters import NORTH_UP, write

SIDE = 600
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]

#: Beside a scene turned by 30 degrees.
FRAME = (np.abs((COLUMNS - 300) * 0.87 + (ROWS - 300) * 0.5) > 220) | (
    np.abs((ROWS - 300) * 0.87 - (COLUMNS - 300) * 0.5) > 220
)


def scene(bands=1, *, low=20.0, high=220.0, seed=0):
    """Smooth hills and fields with a little noise, float64 (bands, SIDE, SIDE)."""
    random = np.random.default_rng(seed)
    out = np.zeros((bands, SIDE, SIDE))
    for band in out:
        for waves in (2, 5, 11, 23):
            phase = random.uniform(0, 6, 4)
            band += np.sin(COLUMNS * waves / 95 + phase[0]) * np.cos(ROWS * waves / 95 + phase[1])
        band += random.normal(0, 0.1, band.shape)
    out -= out.min(axis=(1, 2), keepdims=True)
    out /= out.max(axis=(1, 2), keepdims=True)
    return low + (high - low) * out


def framed(data, value, dtype, where=FRAME):
    data = np.round(data) if np.issubdtype(dtype, np.integer) else data
    data = data.astype(dtype)
    data[:, where] = value
    return data


def stretch_for(path):
    with open_raster(path) as raster:
        return estimate_stretch(raster)


FLOAT_MIN = float(np.finfo(np.float32).min)

FILLS = [
    (np.uint8, 0, {}),
    (np.uint8, 255, {}),
    (np.uint16, 0, {"low": 300, "high": 4000}),
    (np.uint16, 0, {"low": 8200, "high": 10_200}),
    (np.uint16, 65_535, {"low": 300, "high": 4000}),
    (np.int16, 0, {"low": 300, "high": 4000}),
    (np.int16, -32_768, {"low": -400, "high": 4000}),
    (np.int16, -9999, {"low": -400, "high": 4000}),
    (np.int16, 32_767, {"low": 0, "high": 9000}),
    (np.int32, -2_147_483_648, {"low": 0, "high": 100_000}),
    (np.uint32, 0, {"low": 4e9, "high": 4e9 + 200}),
    (np.float32, -9999, {"low": 0, "high": 1}),
    (np.float32, -999, {"low": 100, "high": 4000}),
    (np.float32, FLOAT_MIN, {"low": -20, "high": 3000}),
    (np.float32, np.float32(-3.4e38), {"low": -20, "high": 3000}),
    (np.float64, -1.7976931348623157e308, {"low": 0, "high": 1}),
    (np.float32, 1e20, {"low": 0, "high": 1}),
    (np.float32, 0, {"low": -25, "high": -3}),  # radar in decibels
    (np.float32, 0, {"low": -3.1, "high": 3.1}),  # the phase of an interferogram
    (np.float64, 0, {"low": 5_300_000, "high": 5_300_000.2}),
]


@pytest.mark.parametrize("bands", [1, 3, 4])
@pytest.mark.parametrize(("dtype", "value", "span"), FILLS)
def test_a_frame_is_found_whatever_type_and_number_of_bands(tmp_path, dtype, value, span, bands):
    data = framed(scene(bands, **span), value, dtype)
    plain = {"photometric": "minisblack"}
    stretch = stretch_for(write(tmp_path / "framed.tif", data, **plain))
    assert stretch.fill == (float(dtype(value)),)
    declared = stretch_for(write(tmp_path / "declared.tif", data, nodata=float(value), **plain))
    assert declared.fill == ()
    assert stretch.low == pytest.approx(declared.low)
    assert stretch.high == pytest.approx(declared.high)


@pytest.mark.parametrize("value", [0, -9999])
def test_tiles_of_a_framed_raster(tmp_path, value):
    """Beside the frame they are those of the whole scene; over it the fill does not seep in."""
    whole = scene(low=500, high=3000).astype(np.float32)
    path = write(tmp_path / "whole.tif", whole)
    inside, over = (TileWindow(column, 250, 100, 100) for column in (250, 60))
    with open_raster(write(tmp_path / "framed.tif", framed(whole, value, np.float32))) as raster:
        stretch = estimate_stretch(raster)
        with TileReader(raster.name, stretch, 64) as reader:
            found, edge = reader.read(inside), reader.read(over)
            nothing = reader.read(TileWindow(0, 0, 40, 40))
    with open_raster(path) as raster, TileReader(raster.name, stretch, 64) as reader:
        assert (found.rgb == reader.read(inside).rgb).all()
        expected = reader.read(over).rgb.astype(int)
    assert found.valid == 1.0
    assert nothing.valid == 0.0
    assert edge.valid == pytest.approx(1 - FRAME[250:350, 60:160].mean(), abs=0.02)
    mean = np.bincount(edge.rgb[..., 0].ravel()).argmax()  # what replaces fill
    apart = np.abs(edge.rgb.astype(int) - expected)[edge.rgb != mean]
    assert np.median(apart) <= 3
    assert np.percentile(apart, 98) < 40


def test_two_values_from_two_sources_of_a_mosaic(tmp_path):
    data = framed(scene(low=0, high=900), -9999, np.float32)
    data[:, :60] = -32_768
    assert set(stretch_for(write(tmp_path / "a.tif", data)).fill) == {-9999.0, -32_768.0}


def test_a_frame_whose_edge_compression_has_smeared(tmp_path):
    data = framed(scene(3), 0, np.uint8)
    path = write(tmp_path / "a.tif", data, compress="jpeg", photometric="ycbcr")
    with rasterio.open(path) as file:
        assert 0 < ((file.read() < 12).all(axis=0) & (file.read() > 0).any(axis=0)).mean() < 0.1
    assert stretch_for(path).fill == (0.0,)


@pytest.mark.parametrize("quality", [30, 90])
@pytest.mark.parametrize(("value", "low", "high"), [(0, 20, 60), (0, 60, 120), (255, 60, 120)])
def test_a_smeared_frame_of_a_picture_of_little_contrast(tmp_path, value, low, high, quality):
    data = framed(scene(3, low=low, high=high), value, np.uint8)
    path = write(
        *(tmp_path / "a.tif", data),
        **{"compress": "jpeg", "photometric": "ycbcr", "jpeg_quality": quality, "tiled": True},
    )
    assert stretch_for(path).fill == (float(value),)


def test_a_large_raster_without_overviews(tmp_path):
    data = np.tile(scene(3), (1, 4, 4))
    rows, columns = np.mgrid[: data.shape[1], : data.shape[2]]
    where = (rows + columns < 1600) | (rows + columns > 3200)
    data = framed(data, 255, np.uint8, where)
    assert stretch_for(write(tmp_path / "a.tif", data, tiled=True)).fill == (255.0,)


def test_a_small_picture_in_a_large_frame(tmp_path):
    data = np.zeros((1, 4000, 4000), np.uint16)
    data[:, 1500:1700, 2300:2500] = scene(low=500, high=3000)[:, :200, :200]
    path = write(tmp_path / "a.tif", data, compress="deflate")
    assert stretch_for(path).fill == (0.0,)


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_gaps_of_a_virtual_mosaic(tmp_path, dtype, bands):
    """A hole in the middle touches no edge, and so the virtual raster itself is asked."""
    names = []
    for number in range(9):
        if number == 4:
            continue
        data = scene(bands, low=0, high=200, seed=number)[:, :200, :200].astype(dtype)
        row, column = divmod(number, 3)
        transform = NORTH_UP @ rasterio.Affine.translation(200 * column, 200 * row)
        names.append(write(tmp_path / f"{number}.tif", data, transform=transform))
    mosaic = tmp_path / "mosaic.vrt"
    subprocess.run(["gdalbuildvrt", "-q", mosaic, *names], check=True)
    assert stretch_for(mosaic).fill == (0.0,)


def test_a_gap_of_a_mosaic_in_16_bit(tmp_path):
    data = scene(3, low=1050, high=5000).astype(np.uint16)
    data[:, 200:400, 200:400] = 0
    assert stretch_for(write(tmp_path / "a.tif", data)).fill == (0.0,)


def dark_water(dtype=np.uint8, bands=1):
    """A lake at the edge, of 0 to 4, and a shore that rises from it."""
    data = scene(bands, low=30)
    depth = np.clip((ROWS - 150 - 40 * np.sin(COLUMNS / 50)) / 25, 0, 1)
    noise = np.random.default_rng(5).integers(0, 3, data.shape) * (depth < 0.1)
    return np.round(data * depth + noise - 1).clip(0, 255).astype(dtype)


def burnt_clouds(dtype=np.uint8, bands=1):
    top = np.iinfo(dtype).max
    cloud = np.clip((350 - ROWS - 30 * np.sin(COLUMNS / 40)) / 60, 0, 1.6)
    return (
        np.round(scene(bands, low=top * 0.1, high=top * 0.7) + top * cloud)
        .clip(0, top)
        .astype(dtype)
    )


def sea_level():
    """Land of up to 800 m that rises from a sea of exactly 0."""
    height = scene(low=-500, high=800).clip(0, None)
    return np.where(ROWS < 200, 0, height * np.clip((ROWS - 200) / 150, 0, 1)).astype(np.float32)


def night():
    data = np.zeros((3, SIDE, SIDE))
    random = np.random.default_rng(3)
    for row, column in random.integers(0, SIDE, (60, 2)):
        data += 200 * np.exp(-np.hypot(ROWS - row, COLUMNS - column) / 9)
    return data.clip(0, 255).astype(np.uint8)


def lamps(bands=1, *, faint=0, count=150, widths=(2, 7)):
    """Soft spots of light, whatever is as faint set to 0, as products of night lights do."""
    random = np.random.default_rng(0)
    data = np.zeros((SIDE, SIDE))
    for row, column in random.integers(10, SIDE - 10, (count, 2)):
        reach = np.hypot(ROWS - row, COLUMNS - column) / random.uniform(*widths)
        data += random.uniform(60, 255) * np.exp(-(reach**2) / 2)
    data[data < faint] = 0
    return np.repeat(data.clip(0, 255).astype(np.uint8)[None], bands, axis=0)


def with_object(value, bands=3):
    data = scene(bands).astype(np.uint8)
    data[:, 200:300, 250:400] = value
    return data


RANDOM = np.random.default_rng(1)

PICTURES = {
    "dark water in one band": dark_water(),
    "dark water in three bands": dark_water(bands=3),
    "dark water in 16 bits": dark_water(np.uint16),
    "burnt-out clouds in one band": burnt_clouds(),
    "burnt-out clouds in three bands": burnt_clouds(bands=3),
    "burnt-out clouds in 16 bits": burnt_clouds(np.uint16, 3),
    "sea level": sea_level(),
    "lights at night": night(),
    "street lamps": lamps(3),
    "street lamps in one band": lamps(),
    "many small lamps": lamps(3, count=600, widths=(1, 3)),
    "night lights without the faint": lamps(faint=15),
    "a black hall": with_object(0),
    "a white hall": with_object(255),
    "a black hall in one band": with_object(0, 1),
    "a mask": (scene() > 120).astype(np.uint8),
    "a mask of 0 and 255": (scene() > 120).astype(np.uint8) * np.uint8(255),
    "classes": (scene(low=0, high=8)).astype(np.uint8),
    "scaled vegetation index": scene(low=-10_000, high=10_000).round().astype(np.int16),
    "counts, most of them 0": RANDOM.poisson(0.4, (1, SIDE, SIDE)).astype(np.uint16),
    "bright spots": np.where(
        RANDOM.random((1, SIDE, SIDE)) < 0.02, 4095, scene(low=100, high=900)
    ).astype(np.uint16),
}


@pytest.mark.parametrize("name", PICTURES)
def test_what_is_the_picture_stays(tmp_path, name):
    path = write(tmp_path / "a.tif", PICTURES[name])
    assert stretch_for(path).fill == ()


def test_a_mask_of_the_file_is_believed(tmp_path):
    data = framed(scene(3), 0, np.uint8)
    path = write(tmp_path / "a.tif", data)
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "r+") as file:
        file.write_mask(np.full((SIDE, SIDE), 255, np.uint8))
    assert stretch_for(path).fill == ()


@pytest.mark.parametrize("pixels", [0, 40])
def test_a_nodata_value_that_hardly_occurs_says_nothing(tmp_path, pixels):
    data = framed(scene(3), 0, np.uint8)
    data[:, 300, 300 : 300 + pixels] = 255
    assert stretch_for(write(tmp_path / "a.tif", data, nodata=255)).fill == (0.0,)


def test_far_values_are_found_beside_declared_nodata(tmp_path):
    data = framed(scene(), -9999, np.float32)
    data[:, :, :30] = FLOAT_MIN
    assert stretch_for(write(tmp_path / "a.tif", data, nodata=-9999)).fill == (FLOAT_MIN,)


def test_colours_of_a_palette(tmp_path):
    """A scanned map of many colours in a white frame."""
    indices = framed(scene(low=0, high=199), 255, np.uint8)
    path = write(tmp_path / "a.tif", indices, photometric="palette")
    with rasterio.open(path, "r+") as file:
        colours = {i: (i, 200 - i // 2, 40 + i // 3, 255) for i in range(200)}
        file.write_colormap(1, colours | {255: (255, 255, 255, 255)})
    with open_raster(path) as raster:
        stretch = estimate_stretch(raster)
        with TileReader(raster.name, stretch, 64) as reader:
            assert reader.read(TileWindow(0, 0, 40, 40)).valid == 0.0
            assert reader.read(TileWindow(250, 250, 80, 80)).valid == 1.0
    assert stretch.fill == (255.0,)
