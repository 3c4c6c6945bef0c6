from pathlib import Path

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


def test_a_loop_of_links_ends(tmp_path):
    touch(tmp_path, "below/a.tif")
    (tmp_path / "below" / "up").symlink_to(tmp_path, target_is_directory=True)
    assert len(list(find_rasters([tmp_path]))) == 1


def test_an_empty_folder_gives_nothing(tmp_path):
    assert list(find_rasters([tmp_path])) == []
    assert list(find_rasters([])) == []


def test_real_folder(real_rasters: list[Path]):
    folder = real_rasters[0].parent
    found = list(find_rasters([folder]))
    assert set(found) <= set(folder.rglob("*"))
    assert len(found) >= 10
