import json

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rasterio.enums import Resampling
from rasterio.windows import Window
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.colours.bands import BandChoice
from scene_search.engine.imagery.colours.pixels import PixelSource
from scene_search.engine.imagery.colours.stretch import Stretch, estimate_stretch, stretch_of
from scene_search.engine.imagery.raster import open_raster

from tests.support.odd_rasters import WITHOUT_TILES, quarters, write


def stretch_for(path):
    with open_raster(path) as raster:
        return estimate_stretch(raster)


def scene(low, high, *, seed=0, bands=3, dtype=np.uint16, size=200):
    rng = np.random.default_rng(seed)
    return (low + (high - low) * rng.beta(2, 3, (bands, size, size))).astype(dtype)


@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
@given(
    low=st.integers(0, 20_000),
    spans=st.lists(st.integers(500, 1500), min_size=3, max_size=3),
    nodata_share=st.floats(0, 0.9),
    seed=st.integers(0, 1000),
)
def test_shared_range_is_that_of_numpy_percentiles(
    tmp_path_factory, low, spans, nodata_share, seed
):
    data = np.concatenate([scene(low + 1, low + s, seed=seed, bands=1) for s in spans])
    data[:, : int(200 * nodata_share)] = 0
    path = write(tmp_path_factory.mktemp("s") / "a.tif", data, nodata=0)
    valid = data[:, int(200 * nodata_share) :].reshape(3, -1)
    lows, highs = np.percentile(valid, [2, 98], axis=1)
    stretch = stretch_for(path)
    assert stretch.low == pytest.approx((lows.min(),) * 3)
    assert stretch.high == pytest.approx((highs.max(),) * 3)


def test_bands_of_unlike_ranges_get_their_own(tmp_path):
    data = np.concatenate([scene(100, 300, bands=1), scene(5000, 60_000, bands=2)])
    stretch = stretch_for(write(tmp_path / "a.tif", data))
    lows, highs = np.percentile(data.reshape(3, -1), [2, 98], axis=1)
    assert stretch.low == pytest.approx(tuple(lows))
    assert stretch.high == pytest.approx(tuple(highs))


def test_eight_bit_pictures_stay_as_they_are(odd):
    assert stretch_for(odd["plain"]) == Stretch((1, 2, 3), (0.0,) * 3, (255.0,) * 3)


@pytest.mark.parametrize(("low", "high"), [(2, 40), (100, 130)])
def test_dark_or_flat_eight_bit_pictures_are_stretched(tmp_path, low, high):
    stretch = stretch_for(write(tmp_path / "a.tif", scene(low, high, dtype=np.uint8)))
    assert stretch.low[0] >= low
    assert stretch.high[0] <= high


def test_a_night_scene_with_bright_places_stays_as_it_is(tmp_path):
    data = scene(2, 40, dtype=np.uint8)
    data[:, ::7, ::5] = 220
    assert stretch_for(write(tmp_path / "a.tif", data)).high == (255.0,) * 3


def test_a_mask_of_two_values_is_black_and_white(tmp_path):
    data = np.zeros((1, 100, 100), np.uint8)
    data[0, 40:42, 40:42] = 1  # fewer than 2 percent
    stretch = stretch_for(write(tmp_path / "a.tif", data))
    assert (stretch.low, stretch.high) == ((0.0,), (1.0,))


@pytest.mark.parametrize("name", WITHOUT_TILES)
def test_rasters_that_show_nothing_say_so(odd, name):
    if name == "one_pixel":
        pytest.skip("refused by the grid")
    with pytest.raises(RasterError, match=WITHOUT_TILES[name][1]):
        stretch_for(odd[name])


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.float32, np.float64])
def test_a_constant_becomes_grey_without_dividing_by_nothing(tmp_path, dtype):
    path = write(tmp_path / "a.tif", np.full((1, 64, 64), 42, dtype))
    with rasterio.open(path) as file:
        stretch = stretch_of(file, "a.tif")
    rgb = stretch.apply(np.full((1, 4, 4), 42, dtype))
    assert (abs(rgb.astype(int) - 127) <= 1).all()


@settings(deadline=None)
@given(
    values=hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int16, np.float32, np.float64]), (3, 4, 5)
    ),
    low=st.floats(-1e5, 1e5),
    span=st.floats(1, 1e5),
)
def test_apply_is_a_clipped_line(values, low, span):
    stretch = Stretch((1, 2, 3), (low,) * 3, (low + span,) * 3)
    rgb = stretch.apply(values)
    assert rgb.shape == (4, 5, 3)
    assert rgb.dtype == np.uint8
    with np.errstate(all="ignore"):
        exact = np.clip((values.astype(np.float64) - low) / span, 0, 1) * 255
    finite = np.isfinite(values.astype(np.float64))
    error = np.abs(rgb.transpose(2, 0, 1) - exact)
    # float32 arithmetic costs a little more than rounding where low is far from 0.
    assert (error[finite] <= 0.5 + 255 * 1e-6 * (abs(low) + span) / span * 4).all()


def test_json_round_trip(odd):
    for name in ("uint16", "palette", "black_collar", "gray"):
        stretch = stretch_for(odd[name])
        assert Stretch.from_json(json.loads(json.dumps(stretch.to_json()))) == stretch


def big_scene(path, *, overviews):
    """6000 × 6000 with a gradient, striped or tiled, 4 % of it valid."""
    side = 6000
    profile = {"driver": "GTiff", "count": 1, "dtype": "uint16", "crs": "EPSG:32633"}
    profile |= {"width": side, "height": side, "tiled": True, "SPARSE_OK": True, "nodata": 0}
    transform = rasterio.transform.from_origin(5e5, 5e6, 1, 1)
    with rasterio.open(path, "w", transform=transform, **profile) as file:
        ramp = np.linspace(1000, 3000, 1200 * 1200).astype(np.uint16).reshape(1, 1200, 1200)
        file.write(ramp, window=Window(2900, 2300, 1200, 1200))
        if overviews:
            file.build_overviews([2, 4, 8], Resampling.nearest)
    return path


@pytest.mark.parametrize("overviews", [False, True])
def test_a_sample_of_a_large_raster_finds_its_valid_part(tmp_path, overviews):
    stretch = stretch_for(big_scene(tmp_path / "big.tif", overviews=overviews))
    assert stretch.low[0] == pytest.approx(1040, abs=200)
    assert stretch.high[0] == pytest.approx(2960, abs=200)


def test_a_black_object_inside_is_no_frame(tmp_path):
    data = quarters()
    data[:, 100:150, 100:150] = 0
    assert stretch_for(write(tmp_path / "a.tif", data)).fill == ()


def ramp(low, high, *, dtype, size=100):
    """One band whose 2nd and 98th percentiles are exactly these, from a tenth of it at each.

    They are scattered: an area of one value at the edge would be taken for fill.
    """
    values = np.linspace(low, high, size * size).round()
    values[: size * size // 10], values[-size * size // 10 :] = low, high
    scattered = np.random.default_rng(0).permutation(values)
    return scattered.reshape(1, size, size).astype(dtype)


@pytest.mark.parametrize(
    ("low", "high", "stays"),
    [
        (1, 64, True),  # a quarter of the range is not dark any more
        (1, 63, False),
        (60, 100, True),  # 40 of 256 are not flat any more
        (60, 99, False),
    ],
)
def test_where_an_eight_bit_picture_begins_to_be_dark_or_flat(tmp_path, low, high, stays):
    data = np.repeat(ramp(low, high, dtype=np.uint8), 3, axis=0)
    stretch = stretch_for(write(tmp_path / "a.tif", data))
    assert stretch.low == ((0.0,) * 3 if stays else (float(low),) * 3)
    assert stretch.high == ((255.0,) * 3 if stays else (float(high),) * 3)


@pytest.mark.parametrize(("span", "shared"), [(251, True), (250, True), (249, False), (200, False)])
def test_where_bands_begin_to_have_their_own_range(tmp_path, span, shared):
    """A quarter of the shared range is enough contrast for a band."""
    bands = [ramp(100, 1100, dtype=np.uint16), ramp(100, 100 + span, dtype=np.uint16)]
    data = np.concatenate([*bands, bands[0]])
    stretch = stretch_for(write(tmp_path / "a.tif", data))
    assert stretch.low == (100.0,) * 3
    assert stretch.high == (1100.0, 1100.0 if shared else 100.0 + span, 1100.0)


@pytest.mark.parametrize(
    "damage",
    [
        {"bands": None},
        {"bands": []},
        {"bands": [0, 1, 2]},
        {"low": [0]},
        {"low": ["x", 0, 0]},
        {"high": [255, float("nan"), 255]},
        {"high": 255},
        {"kind": "cmyk"},
        {"fill": "x"},
    ],
)
def test_a_stretch_that_is_none_is_told_from_one(damage):
    whole = Stretch((1, 2, 3), (0.0,) * 3, (255.0,) * 3).to_json()
    assert Stretch.from_json(whole).bands == (1, 2, 3)
    with pytest.raises(RasterError, match="is damaged") as caught:
        Stretch.from_json(whole | damage)
    assert "repair" in caught.value.hint


def test_a_stretch_of_bands_that_are_gone_says_so(tmp_path):
    path = write(tmp_path / "a.tif", scene(0, 255, bands=1, dtype=np.uint8))
    with rasterio.open(path) as file, pytest.raises(RasterError, match=r"a\.tif has no band 3"):
        PixelSource(file, BandChoice((1, 2, 3), "rgb"))
