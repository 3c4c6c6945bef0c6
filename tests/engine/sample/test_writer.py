"""Sample files: CRS, types, nodata, dates, truth; cancelling and bad places leave nothing half."""

import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import Geod
from rasterio.warp import transform as warp
from scene_search.engine.errors import CancelledError, StorageError, UsageError
from scene_search.engine.progress import Progress
from scene_search.engine.sample import SCENE_CLASSES, Landscape, write_sample
from scene_search.engine.sample.acquisitions import ACQUISITIONS, light_at
from scene_search.engine.sample.raster_writer import inside_strip

SIZE = 1100


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("Bilder für Größe 1")
    seen = []
    report = write_sample(folder, SIZE, 2, Progress(seen.append, interval=0))
    return folder, report, seen


def test_the_folder_holds_what_the_report_says(sample):
    folder, report, seen = sample
    names = {Path(r["path"]).name for r in report["rasters"]} | {"truth.gpkg"}
    assert {p.name for p in folder.iterdir()} == names
    assert report["directory"] == str(folder)
    assert seen[-1].done == seen[-1].total
    assert [s.done for s in seen] == sorted(s.done for s in seen)
    assert set(report["classes"]) <= set(SCENE_CLASSES)


def test_kinds_of_rasters(sample):
    _, report, _ = sample
    opened = [rasterio.open(r["path"]) for r in report["rasters"]]
    assert {d.crs.to_epsg() for d in opened} == {32629, 4326, 3857}
    assert {d.dtypes[0] for d in opened} == {"uint8", "uint16"}
    assert sorted(d.nodata is None for d in opened) == [False, True, True, True]
    for dataset, entry, acquisition in zip(opened, report["rasters"], ACQUISITIONS, strict=True):
        assert dataset.count == 3
        assert (dataset.width, dataset.height) == (entry["width"], entry["height"])
        assert dataset.profile["tiled"]
        assert dataset.compression.name == "deflate"
        assert dataset.overviews(1)
        taken = datetime.strptime(dataset.tags()["TIFFTAG_DATETIME"], "%Y:%m:%d %H:%M:%S")
        assert taken == acquisition.taken
        assert f"{taken:%Y-%m-%d}" in entry["path"]
        assert entry["acquired"] == taken.isoformat()
        dataset.close()


def test_two_dates_of_one_place(sample):
    _, report, _ = sample
    first, second = (entry["path"] for entry in report["rasters"][:2])
    with rasterio.open(first) as summer, rasterio.open(second) as winter:
        assert summer.bounds == winter.bounds
        assert summer.dtypes != winter.dtypes


def test_pixels_have_the_promised_size_on_the_ground(sample):
    """Oracle: geodesic distance between neighbouring pixels on the ellipsoid."""
    geod = Geod(ellps="WGS84")
    for entry in sample[1]["rasters"]:
        with rasterio.open(entry["path"]) as dataset:
            row, col = dataset.height // 2, dataset.width // 2
            corners = [dataset.xy(row, col), dataset.xy(row, col + 100), dataset.xy(row + 100, col)]
            lon, lat = warp(dataset.crs, "EPSG:4326", *zip(*corners, strict=True))
        for k in (1, 2):
            metres = geod.inv(lon[0], lat[0], lon[k], lat[k])[2] / 100
            assert metres == pytest.approx(entry["gsd_m"], rel=0.006)


def test_nodata_border_is_outside_the_strip_only(sample):
    entry = next(r for r in sample[1]["rasters"] if r["nodata"] is not None)
    with rasterio.open(entry["path"]) as dataset:
        pixels = dataset.read()
        mask = dataset.dataset_mask() > 0
    inside = inside_strip(0, 0, entry["width"], entry["height"], (entry["width"], entry["height"]))
    assert np.array_equal(mask, inside)
    assert (pixels[:, ~inside] == 0).all()
    assert 0.7 < inside.mean() < 0.95


def test_pixels_are_those_of_the_landscape(sample):
    entry, acquisition = sample[1]["rasters"][0], ACQUISITIONS[0]
    light = light_at(acquisition.taken, acquisition.lat, acquisition.dryness, 2)
    land = Landscape(2, SIZE, SIZE, 0.4, light=light, coast=True)
    with rasterio.open(entry["path"]) as dataset:
        window = rasterio.windows.Window(500, 480, 130, 90)
        pixels = np.moveaxis(dataset.read(window=window), 0, 2)
    # The writer keeps 0 for nodata.
    assert np.array_equal(pixels, np.maximum(land.read(500, 480, 130, 90), 1))


def test_truth_lies_on_its_raster(sample):
    folder, report, _ = sample
    layers = pyogrio.list_layers(folder / "truth.gpkg")
    assert [row[0] for row in layers] == ["truth"]
    meta, _, geometry, fields = pyogrio.raw.read(folder / "truth.gpkg", layer="truth")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert set(columns) == {"scene_class", "raster", "date"}
    assert meta["crs"] == "EPSG:4326"
    polygons = shapely.from_wkb(geometry)
    assert shapely.is_valid(polygons).all()
    assert len(polygons) == sum(report["classes"].values())
    for entry, acquisition in zip(report["rasters"], ACQUISITIONS, strict=True):
        name = Path(entry["path"]).name
        mine = columns["raster"] == name
        assert mine.any()
        assert set(columns["date"][mine]) == {acquisition.taken.date().isoformat()}
        with rasterio.open(entry["path"]) as dataset:
            x, y = zip(*[(p.representative_point().x, p.representative_point().y)
                         for p in polygons[mine]], strict=True)  # fmt: skip
            xs, ys = warp("EPSG:4326", dataset.crs, x, y)
            rows, cols = rasterio.transform.rowcol(dataset.transform, xs, ys)
        light = light_at(acquisition.taken, acquisition.lat, acquisition.dryness, 2)
        land = Landscape(2 + acquisition.place_seed, entry["width"], entry["height"], 0.4,
                         light=light, coast=acquisition.coast)  # fmt: skip
        for row, col, scene_class in zip(rows, cols, columns["scene_class"][mine], strict=True):
            assert land.class_at(col + 0.5, row + 0.5) == scene_class


def test_same_seed_same_files(sample, tmp_path):
    first = sample[1]["rasters"][2]
    again = write_sample(tmp_path, SIZE, 2)["rasters"][2]
    with rasterio.open(first["path"]) as a, rasterio.open(again["path"]) as b:
        assert a.checksum(1) == b.checksum(1)
        assert a.transform == b.transform


def test_cancelling_leaves_whole_files_only(tmp_path):
    progress = Progress(interval=0)

    def stop_in_the_second(report):
        if report.done >= 12:
            progress.cancel()

    progress._listener = stop_in_the_second
    with pytest.raises(CancelledError):
        write_sample(tmp_path, SIZE, 0, progress)
    names = [p.name for p in tmp_path.iterdir()]
    assert names == [ACQUISITIONS[0].file_name]
    with rasterio.open(tmp_path / names[0]) as dataset:
        assert dataset.read(1)[-1, -1] > 0


def test_an_existing_file_survives_a_cancelled_run(tmp_path):
    kept = tmp_path / ACQUISITIONS[0].file_name
    kept.write_bytes(b"mine")
    progress = Progress()
    progress.cancel()
    with pytest.raises(CancelledError):
        write_sample(tmp_path, SIZE, 0, progress)
    assert kept.read_bytes() == b"mine"


@pytest.mark.parametrize("size", [-1, 0, 511, 40_001])
def test_silly_sizes(tmp_path, size):
    with pytest.raises(UsageError, match=str(size)) as caught:
        write_sample(tmp_path / "new", size)
    assert "40000" in caught.value.hint
    assert not (tmp_path / "new").exists()


def test_negative_seed(tmp_path):
    with pytest.raises(UsageError, match="negative"):
        write_sample(tmp_path, SIZE, -1)


def test_a_file_in_the_way(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StorageError, match="file"):
        write_sample(tmp_path / "file" / "sample", SIZE)


def test_too_little_space(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("scene_search.engine.sample.writer.shutil.disk_usage", lambda _: usage())
    with pytest.raises(StorageError, match="needs about") as caught:
        write_sample(tmp_path, SIZE)
    assert "smaller" in caught.value.hint


def test_a_disk_that_fills_up_while_writing(tmp_path, monkeypatch):
    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scene_search.engine.sample.raster_writer.rasterio.open", full)
    with pytest.raises(StorageError, match="No space left"):
        write_sample(tmp_path, SIZE)
    assert list(tmp_path.iterdir()) == []


def test_tile_count(sample):
    expected = sum(math.ceil(r["width"] / 256) ** 2 for r in sample[1]["rasters"])
    assert sample[1]["tiles"] == expected
