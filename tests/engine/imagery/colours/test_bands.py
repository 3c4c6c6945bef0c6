import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from scene_search.engine.imagery.colours.bands import choose_bands

from tests.support.odd_rasters import write


def choice(path):
    with rasterio.open(path) as file:
        found = choose_bands(file)
    return found.bands, found.kind


def made(tmp_path, names, *, dtype=np.uint16, tags=None):
    data = np.ones((len(names), 8, 8), dtype)
    path = write(tmp_path / "bands.tif", data, photometric="minisblack")
    with rasterio.open(path, "r+") as file:
        file.descriptions = names
        for band, values in (tags or {}).items():
            file.update_tags(band, **values)
    return path


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("B01", "B02", "B03", "B04", "B05", "B06", "B08", "B8A"), (4, 3, 2)),
        (("B2", "B3", "B4", "B8"), (3, 2, 1)),
        (("SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5"), (4, 3, 2)),
        (("blue", "green", "red", "nir"), (3, 2, 1)),
        (("Coastal", "Blue", "Green", "Yellow", "Red", "Red Edge", "NIR1"), (5, 3, 2)),
        (("Red Edge", "NIR", "Blue band", "Green band", "Red band"), (5, 4, 3)),
        (("B4, central wavelength 665 nm", "B3, 560 nm", "B2, 490 nm", "B8, 842 nm"), (1, 2, 3)),
        (("band_4", "band_3", "band_2", "band_8"), (1, 2, 3)),
        (("one", "two", "three", "four"), (1, 2, 3)),
        (("VV", "VH", "ratio"), (1, 2, 3)),
        ((None, None, None, None), (1, 2, 3)),
    ],
)
def test_colours_are_found_by_name(tmp_path, names, expected):
    assert choice(made(tmp_path, names)) == (expected, "rgb")


def test_colours_are_found_by_wavelength(tmp_path):
    tags = {1: {"wavelength": "443"}, 2: {"wavelength": "482.6"}, 3: {"wavelength": "561"}}
    tags |= {4: {"wavelength": "655"}, 5: {"wavelength": "865"}}
    assert choice(made(tmp_path, (None,) * 5, tags=tags)) == ((4, 3, 2), "rgb")


def test_wavelengths_without_blue_are_not_forced(tmp_path):
    tags = {band: {"wavelength": str(700 + 100 * band)} for band in (1, 2, 3)}
    assert choice(made(tmp_path, (None,) * 3, tags=tags)) == ((1, 2, 3), "rgb")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain", ((1, 2, 3), "rgb")),
        ("alpha", ((1, 2, 3), "rgb")),
        ("bgr", ((3, 2, 1), "rgb")),
        ("rgb_nir", ((1, 2, 3), "rgb")),
        ("palette", ((1,), "palette")),
        ("gray", ((1,), "gray")),
        ("two_bands", ((1,), "gray")),
        ("sentinel_names", ((4, 3, 2), "rgb")),
    ],
)
def test_odd_rasters(odd, name, expected):
    assert choice(odd[name]) == expected


def test_alpha_is_never_a_colour(tmp_path):
    alpha_first = (ColorInterp.alpha, ColorInterp.gray, ColorInterp.undefined)
    path = write(
        tmp_path / "a.tif",
        np.ones((3, 8, 8), np.uint8),
        photometric="minisblack",
        colorinterp=alpha_first,
    )
    assert choice(path) == ((2,), "gray")
