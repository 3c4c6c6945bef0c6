from pathlib import Path

import pytest
from scene_search.engine.imagery.discovery import find_rasters


def touch(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_folders_are_searched_in_a_fixed_order_without_side_files(tmp_path):
    touch(
        tmp_path,
        *("b.tif", "a.TIF", "a.TIF.ovr", "a.TIF.aux.xml", "b.tif.msk", "b.tfw", "notes.txt"),
        *("index.gpkg", "year 2020/ünì.jp2", "year 2020/mosaic.vrt", ".trash/c.tif", ".d.tif"),
    )
    found = [path.relative_to(tmp_path).as_posix() for path in find_rasters([tmp_path])]
    assert found == ["a.TIF", "b.tif", "year 2020/mosaic.vrt", "year 2020/ünì.jp2"]


def test_files_are_taken_as_given_even_if_missing(tmp_path):
    touch(tmp_path, "raster.gpkg", "data.xyz")
    given = [tmp_path / "raster.gpkg", tmp_path / "gone.tif", tmp_path / "data.xyz"]
    assert list(find_rasters(given)) == given


def test_nothing_is_found_twice(tmp_path):
    touch(tmp_path, "a.tif", "below/b.tif")
    paths = [tmp_path / "below" / "b.tif", tmp_path, tmp_path / "below", f"{tmp_path}/./a.tif"]
    assert [path.name for path in find_rasters(paths)] == ["b.tif", "a.tif"]


def test_links_to_folders_are_followed_last_and_loops_end(tmp_path):
    touch(tmp_path, "real/a.tif", "project/below/b.tif", "real/deep/c.tif")
    for link, target in {
        "project/below/up": "..",
        "project/below/top": "../../..",
        "project/below/self": ".",
        "project/imagery": "../real",
        "project/again": "../real/deep",
        "real/back": "../project",
        "project/gone": "../nowhere",
    }.items():
        (tmp_path / link).symlink_to(target, target_is_directory=True)
    found = [path.relative_to(tmp_path).as_posix() for path in find_rasters([tmp_path / "project"])]
    assert found == ["project/below/b.tif", "project/again/c.tif", "project/imagery/a.tif"]
    found = [path.relative_to(tmp_path).as_posix() for path in find_rasters([tmp_path])]
    assert found == ["project/below/b.tif", "real/a.tif", "real/deep/c.tif"]


def test_the_search_can_be_stopped_at_every_folder(tmp_path):
    touch(tmp_path, "a/b/c/x.txt", "d/x.txt")
    looked = []
    assert list(find_rasters([tmp_path], check=lambda: looked.append(1))) == []
    assert len(looked) == 5


SCENE = "S2B_MSIL2A_20200101T000000_N0213_R022_T33UWP_20200101T000000.SAFE"
GRANULE = "T33UWP_20200101T000000"


def products_of(tmp_path, *names):
    touch(tmp_path, *names)
    notes = {}
    found = find_rasters([tmp_path], on_left_out=lambda path, text: notes.update({path: text}))
    return [path.relative_to(tmp_path).as_posix() for path in found], notes


@pytest.mark.parametrize("product", [SCENE, SCENE.removesuffix(".SAFE"), "s2.safe", "anything"])
def test_a_sentinel_2_product_is_one_picture(tmp_path, product):
    images = f"{product}/GRANULE/L2A_{GRANULE}/IMG_DATA"
    found, notes = products_of(
        tmp_path,
        *(f"{images}/R10m/{GRANULE}_{kind}_10m.jp2" for kind in ("AOT", "B02", "B08", "TCI")),
        *(f"{images}/R20m/{GRANULE}_{kind}_20m.jp2" for kind in ("SCL", "B8A", "TCI")),
        f"{product}/GRANULE/L2A_{GRANULE}/QI_DATA/MSK_CLDPRB_20m.jp2",
        f"{product}/preview/TCI.png",
        "other/plain.tif",
    )
    assert found == sorted([f"{images}/R10m/{GRANULE}_TCI_10m.jp2", "other/plain.tif"])
    ((folder, note),) = notes.items()
    assert folder == tmp_path / product
    assert note.startswith("8 bands, masks and previews of it are left out")


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["R20m/T33UWP_20200101T000000_TCI_20m.jp2", "R10m/T33UWP_20200101T000000_B04_10m.jp2"], 0),
        (["T33UWP_20200101T000000_B02.jp2", "T33UWP_20200101T000000_B04.jp2"], 1),
        (["QI_DATA/MSK_CLDPRB_20m.jp2", "IMG_DATA/T33UWP_20200101T000000_B12.jp2"], 1),
        (["S2A_OPER_MSI_L1C_TL_EPA__20160605T113933_A000734_T33UWP_B01.jp2"], 0),
        (["measurement/s1a-iw-grd-vh-20200101-002.tiff", "measurement/s1a-iw-grd-vv-2.tiff"], 1),
    ],
)
def test_a_reduced_product_is_one_picture_all_the_same(tmp_path, files, chosen):
    found, notes = products_of(tmp_path, *(f"x.SAFE/{name}" for name in files))
    assert found == [f"x.SAFE/{files[chosen]}"]
    assert len(notes) == (len(files) > 1)


def test_a_product_of_two_granules_is_two_pictures(tmp_path):
    names = [
        f"x.SAFE/GRANULE/{tile}/IMG_DATA/{tile}_20160101T000000_{kind}.jp2"
        for tile in ("T33UWP", "T33UWQ")
        for kind in ("B02", "TCI")
    ]
    found, _ = products_of(tmp_path, *names)
    assert found == [names[1], names[3]]


def test_bands_beside_the_true_colour_image_are_left_out_in_any_folder(tmp_path):
    found, notes = products_of(
        tmp_path,
        *(f"flat/{GRANULE}_{kind}_10m.jp2" for kind in ("B02", "B04", "TCI")),
        "flat/T33UWQ_20200101T000000_B04_10m.jp2",
        "flat/mine.tif",
    )
    assert found == [
        *("flat/T33UWP_20200101T000000_TCI_10m.jp2", "flat/T33UWQ_20200101T000000_B04_10m.jp2"),
        "flat/mine.tif",
    ]
    assert list(notes.values()) == ["2 bands of scenes that have a true-colour image are left out"]


def test_archives_are_named(tmp_path):
    found, notes = products_of(tmp_path, "a/x.zip", "a/y.TAR.GZ", "a/z.tif", "b/notes.txt")
    assert found == ["a/z.tif"]
    assert notes == {tmp_path / "a": "Archives are not looked into (2 here): unpack them"}


def test_a_band_that_is_named_is_taken(tmp_path):
    touch(tmp_path, f"{SCENE}/{GRANULE}_B02_10m.jp2", f"{SCENE}/{GRANULE}_TCI_10m.jp2")
    band = tmp_path / SCENE / f"{GRANULE}_B02_10m.jp2"
    assert list(find_rasters([band])) == [band]


def test_an_empty_folder_gives_nothing(tmp_path):
    assert list(find_rasters([tmp_path])) == []
    assert list(find_rasters([])) == []


def test_real_folder(real_rasters: list[Path]):
    folder = real_rasters[0].parent
    found = list(find_rasters([folder]))
    assert set(found) <= set(folder.rglob("*"))
    assert len(found) >= 10
