import json

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


def made(tmp_path, names, *, dtype=np.uint16, tags=None, file="bands.tif", **profile):
    data = np.ones((len(names), 8, 8), dtype)
    path = write(tmp_path / file, data, **{"photometric": "minisblack", **profile})
    with rasterio.open(path, "r+") as opened:
        opened.descriptions = names
        for band, values in (tags or {}).items():
            opened.update_tags(band, **values)
    return path


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("blue", "green", "red", "nir"), (3, 2, 1)),
        (("b", "g", "r", "n"), (3, 2, 1)),
        (("BAND_B", "BAND_G", "BAND_R", "BAND_N"), (3, 2, 1)),
        (("sr_blue", "sr_green", "sr_red", "sr_nir"), (3, 2, 1)),
        (("Band 1 - Blue", "Band 2 - Green", "Band 3 - Red", "Band 4 - NIR"), (3, 2, 1)),
        (("Coastal", "Blue", "Green", "Yellow", "Red", "Red Edge", "NIR1"), (5, 3, 2)),
        (("Red Edge", "NIR", "Blue band", "Green band", "Red band"), (5, 4, 3)),
        (("near infra-red", "RedEdge", "Red", "Green", "Blue"), (3, 4, 5)),
        # PlanetScope's eight bands
        (
            ("coastal_blue", "blue", "green_i", "green", "yellow", "red", "rededge", "nir"),
            (6, 4, 2),
        ),
        (("Red-Green ratio", "green", "blue", "red"), (4, 2, 3)),
        (("B4, central wavelength 665 nm", "B3, 560 nm", "B2, 490 nm", "B8, 842 nm"), (1, 2, 3)),
        (("442.7 nm", "Blue (0.49 um)", "0.56 micrometers", "665.0 Nanometers"), (4, 3, 2)),
        (("one", "two", "three", "four"), (1, 2, 3)),
        (("VV", "VH", "ratio"), (1, 2, 3)),
        ((None, None, None, None), (1, 2, 3)),
    ],
)
def test_colours_are_found_by_name(tmp_path, names, expected):
    assert choice(made(tmp_path, names)) == (expected, "rgb")


@pytest.mark.parametrize(
    "names",
    [
        ("Band 1", "Band 2", "Band 3", "Band 4"),
        ("Band_1", "Band_2", "Band_3", "Band_4"),
        ("B1", "B2", "B3", "B4"),
        ("B01", "B02", "B03", "B04"),
        ("b1", "b2", "b3", "b4", "b5", "b6", "b7"),
        ("1", "2", "3", "4"),
        # surface reflectance of Landsat 8, or of Landsat 5?
        ("SR_B2", "SR_B3", "SR_B4"),
    ],
)
def test_numbers_alone_say_nothing(tmp_path, names):
    assert choice(made(tmp_path, names)) == ((1, 2, 3), "rgb")


SEVEN = tuple(f"SR_B{number}" for number in range(1, 8))
TM = ("SR_B1", "SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B7")
SENTINEL_2 = ("B01", "B02", "B03", "B04", "B05", "B06", "B08", "B8A")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (SEVEN, (4, 3, 2)),
        (TM, (3, 2, 1)),
        (SENTINEL_2, (4, 3, 2)),
        (("B2", "B3", "B4", "B8"), (3, 2, 1)),
        (("B8", "B4", "B3", "B2"), (2, 3, 4)),
        (("B2", "B3", "B4", "B5", "B6", "B7"), (3, 2, 1)),
        (("B1", "B2", "B3", "B4", "B5", "B7"), (3, 2, 1)),
    ],
)
def test_a_set_of_numbers_that_one_sensor_has(tmp_path, names, expected):
    assert choice(made(tmp_path, names)) == (expected, "rgb")


FOUR = ("Band 1", "Band 2", "Band 3", "Band 4")
MSS = ("B4", "B5", "B6", "B7")


@pytest.mark.parametrize(
    ("file", "names", "expected"),
    [
        ("LC08_L2SP_190027_20200506_02_T1.tif", SEVEN[:5], (4, 3, 2)),
        ("LC09_L1TP_190027_20220506_02_T1.tif", FOUR, (4, 3, 2)),
        ("LC81900272014123LGN00.tif", FOUR, (4, 3, 2)),
        ("LT05_L2SP_190027_19900506_02_T1.tif", TM[:4], (3, 2, 1)),
        ("LE07_L1TP_190027_20010506_02_T1.tif", FOUR, (3, 2, 1)),
        ("landsat7 mosaic.tif", FOUR, (3, 2, 1)),
        ("LM01_L1TP_190027_19730506_02_T2.tif", MSS, (4, 2, 1)),
        ("LM05_L1TP_190027_19850506_02_T2.tif", FOUR, (4, 2, 1)),
        ("S2A_MSIL2A_20200506T101031_N0500_R022_T33TWM.tif", FOUR, (4, 3, 2)),
        ("T33TWM_20200506T101031_stack.tif", FOUR, (4, 3, 2)),
        ("MOD09GA.A2020127.h18v04.tif", tuple(f"sur_refl_b0{n}" for n in range(1, 8)), (1, 4, 3)),
        # a number of the picture, not of a band
        ("ortho 2015 8.tif", FOUR, (1, 2, 3)),
    ],
)
def test_numbers_of_a_sensor_that_the_name_tells(tmp_path, file, names, expected):
    assert choice(made(tmp_path, names, file=file)) == (expected, "rgb")


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"SATELLITE": "LANDSAT_8"}, (4, 3, 2)),
        ({"SPACECRAFT_ID": "LANDSAT_5", "SENSOR_ID": "TM"}, (3, 2, 1)),
        ({"SPACECRAFT_ID": "LANDSAT_5", "SENSOR_ID": "MSS"}, (4, 2, 1)),
        ({"platform": "Sentinel-2B"}, (4, 3, 2)),
        ({"AREA_OR_POINT": "Area", "COMMENT": "not Sentinel-2"}, (1, 2, 3)),
    ],
)
def test_numbers_of_a_sensor_that_the_metadata_tells(tmp_path, tags, expected):
    path = made(tmp_path, FOUR)
    with rasterio.open(path, "r+") as file:
        file.update_tags(**tags)
    assert choice(path)[0] == expected


def test_numbers_of_a_sensor_that_a_stac_item_tells(tmp_path):
    path = made(tmp_path, FOUR)
    assert choice(path)[0] == (1, 2, 3)
    item = {"type": "Feature", "stac_version": "1.0.0", "properties": {"platform": "landsat-5"}}
    path.with_suffix(".json").write_text(json.dumps(item))
    assert choice(path)[0] == (3, 2, 1)


def test_names_of_bands_that_are_names_of_products(tmp_path):
    """QGIS and others call the bands of a stack after the files it was made of."""
    names = tuple(f"LT05_L1TP_190027_19900506_02_T1_B{number}" for number in range(1, 6))
    assert choice(made(tmp_path, names))[0] == (3, 2, 1)
    names = tuple(f"T33TWM_20200506T101031_B{number}_10m" for number in ("08", "04", "03", "02"))
    assert choice(made(tmp_path, names))[0] == (2, 3, 4)


def test_words_overrule_what_gdal_calls_the_bands_of_any_8_bit_tiff(tmp_path):
    made_so = {"dtype": np.uint8, "photometric": "rgb"}
    assert choice(made(tmp_path, ("blue", "green", "red"), **made_so))[0] == (3, 2, 1)
    assert choice(made(tmp_path, ("one", "two", "three"), **made_so))[0] == (1, 2, 3)
    assert choice(made(tmp_path, ("B1", "B2", "B3", "B4"), **made_so))[0] == (1, 2, 3)


def test_a_colour_interpretation_that_someone_chose_counts(tmp_path):
    path = made(tmp_path, ("blue", "green", "red", "nir"))
    with rasterio.open(path, "r+") as file:
        nothing, colours = ColorInterp.undefined, (ColorInterp.blue, ColorInterp.green)
        file.colorinterp = (nothing, *colours, ColorInterp.red)
    assert choice(path) == ((4, 3, 2), "rgb")


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


@pytest.mark.parametrize(
    ("file", "count", "expected"),
    [
        ("20190614_104200_1_0f4c_3B_AnalyticMS.tif", 4, (3, 2, 1)),
        ("20190614_104200_1_0f4c_3B_AnalyticMS_SR_clip.tif", 4, (3, 2, 1)),
        ("20230614_104200_00_2444_3B_AnalyticMS_SR_8b.tif", 8, (6, 4, 2)),
        ("20230614_104200_00_2444_3B_AnalyticMS_SR_8b.tif", 5, (1, 2, 3)),
        ("20230614_104200_00_2444_3B_Visual.tif", 4, (1, 2, 3)),
        ("my_3B_AnalyticMSX.tif", 4, (1, 2, 3)),
    ],
)
def test_products_that_do_not_name_their_bands(tmp_path, file, count, expected):
    assert choice(made(tmp_path, ("",) * count, file=file)) == (expected, "rgb")


def test_names_of_bands_go_before_the_name_of_the_product(tmp_path):
    file = "20190614_104200_1_0f4c_3B_AnalyticMS.tif"
    names = ("red", "green", "blue", "nir")
    assert choice(made(tmp_path, names, file=file)) == ((1, 2, 3), "rgb")
