"""The file itself: what other programs see, and what happens when it is not as it should be."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pyogrio
import pytest
import shapely
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.index.tile_index import TileIndex

from tests.support.made_index import INFO, make_batch, make_source


def fill(index, tiles=200):
    source_id = index.upsert_source(make_source())
    index.append(source_id, make_batch(tiles))
    return source_id


def edit(path, statement):
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


def test_gdal_opens_it_as_a_layer(index):
    fill(index)
    index.checkpoint()
    assert pyogrio.list_layers(index.path).tolist() == [
        ["tiles", "MultiPolygon"],
        ["sources", None],
        ["index_info", None],
    ]
    info = pyogrio.read_info(index.path, layer="tiles")
    assert info["crs"] == "EPSG:4326"
    assert info["features"] == 200
    assert info["total_bounds"] == pytest.approx((8.5, 47.3, 8.9, 47.302))
    assert info["capabilities"]["fast_spatial_filter"]
    meta, fids, geometry, columns = pyogrio.raw.read(
        index.path, layer="tiles", bbox=(8.5, 47.3, 8.5039, 47.31), return_fids=True
    )
    assert fids.tolist() == [1, 2]
    assert shapely.from_wkb(geometry[0]).bounds == pytest.approx((8.5, 47.3, 8.502, 47.302))
    acquired = columns[meta["fields"].tolist().index("acquired")]
    assert str(acquired[0]) == "2021-05-04T10:20:30.000"


@pytest.mark.skipif(not Path("/usr/bin/python3").exists(), reason="no system Python")
def test_qgis_opens_it_as_a_layer(index):
    if subprocess.run(
        ["/usr/bin/python3", "-c", "import qgis.core"], capture_output=True
    ).returncode:
        pytest.skip("no QGIS")
    fill(index)
    index.checkpoint()
    script = """
import sys
from qgis.core import QgsApplication, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
layer = QgsVectorLayer(f"{sys.argv[1]}|layername=tiles", "tiles", "ogr")
extent = layer.extent()
print(layer.isValid(), layer.featureCount(), layer.crs().authid(), layer.wkbType(),
      round(extent.xMaximum(), 3), next(layer.getFeatures())["acquired"].toString("yyyy-MM-dd"))
del layer
app.exitQgis()
"""
    result = subprocess.run(
        ["/usr/bin/python3", "-c", script, str(index.path)],
        capture_output=True,
        text=True,
        env={"QT_QPA_PLATFORM": "offscreen", "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        check=False,
    )
    assert result.stdout.split()[:1] == ["True"], result.stderr
    assert result.stdout.split()[1:3] == ["200", "EPSG:4326"]
    assert result.stdout.split()[-2:] == ["8.9", "2021-05-04"]
    # QGIS leaves the file in another journal mode; the index goes on all the same
    index.append(index.upsert_source(make_source("/two.tif")), make_batch(2))
    index.close()
    with TileIndex.open(index.path) as again:
        assert again.tile_count() == 202


def test_after_a_checkpoint_the_file_alone_is_complete(index, tmp_path):
    fill(index)
    index.checkpoint()
    copy = tmp_path / "copy.gpkg"
    shutil.copy(index.path, copy)
    with TileIndex.open(copy, read_only=True) as again:
        assert again.tile_count() == 200
        assert len(again.load_codes()) == 200


def test_a_writer_leaves_the_file_complete_even_while_it_is_read(index, tmp_path):
    with TileIndex.open(index.path, read_only=True) as reader:
        reader.tile_count()
        fill(index)
        index.close()
        copy = tmp_path / "copy.gpkg"
        shutil.copy(index.path, copy)
        assert reader.tile_count() == 200
    with TileIndex.open(copy, read_only=True) as again:
        assert again.tile_count() == 200
    index.close()  # twice does no harm


def test_closing_leaves_one_file(index):
    fill(index)
    index.close()
    assert [path.name for path in index.path.parent.iterdir()] == [index.path.name]


@pytest.mark.parametrize("name", ["a b.gpkg", "ünïcödé 索引.gpkg", "100%25 #1?.gpkg", "x.GPKG"])
def test_odd_names(tmp_path, name):
    folder = tmp_path / "with space & ümlaut"
    folder.mkdir()
    with TileIndex.create(folder / name, INFO) as index:
        fill(index, 3)
    with TileIndex.open(folder / name, read_only=True) as index:
        assert index.tile_count() == 3
    assert [path.name for path in folder.iterdir()] == [name]


def test_name_without_gpkg(tmp_path):
    with pytest.raises(IndexFileError, match=r"end it in \.gpkg"):
        TileIndex.create(tmp_path / "index.sqlite", INFO)


def test_existing_file_is_not_overwritten(index):
    with pytest.raises(IndexFileError, match="exists already"):
        TileIndex.create(index.path, INFO)


def test_folder_that_does_not_exist(tmp_path):
    with pytest.raises(StorageError, match="does not exist"):
        TileIndex.create(tmp_path / "no" / "i.gpkg", INFO)


def test_failed_creation_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StorageError, match="No space left"):
        TileIndex.create(tmp_path / "i.gpkg", INFO)
    assert list(tmp_path.iterdir()) == []


def test_missing(tmp_path):
    with pytest.raises(IndexFileError, match=r"does not exist.*create the index"):
        TileIndex.open(tmp_path / "i.gpkg")
    assert list(tmp_path.iterdir()) == []


def test_folder_instead_of_a_file(tmp_path):
    with pytest.raises(IndexFileError, match="is a folder"):
        TileIndex.open(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "is empty"), (b"text\n", "not a GeoPackage")]
)
def test_rubbish(tmp_path, content, reason):
    path = tmp_path / "i.gpkg"
    path.write_bytes(content)
    for read_only in (True, False):
        with pytest.raises(IndexFileError, match=reason):
            TileIndex.open(path, read_only=read_only)
    assert path.read_bytes() == content


def test_header_without_a_database(tmp_path):
    path = tmp_path / "i.gpkg"
    path.write_bytes(b"SQLite format 3\x00" + bytes(5000))
    for read_only in (True, False):
        with pytest.raises(IndexFileError, match=r"damaged|not an index"):
            TileIndex.open(path, read_only=read_only)


def test_another_kind_of_geopackage(tmp_path):
    path = tmp_path / "roads.gpkg"
    pyogrio.raw.write(
        path,
        geometry=shapely.to_wkb([shapely.Point(1, 2)]),
        field_data=[],
        fields=[],
        geometry_type="Point",
        crs="EPSG:4326",
    )
    with pytest.raises(IndexFileError, match="not an index of Scene Search"):
        TileIndex.open(path)


def test_newer_schema(index):
    index.close()
    edit(index.path, "ALTER TABLE index_info DROP COLUMN overlap")
    edit(index.path, "UPDATE index_info SET schema_version = 99")
    with pytest.raises(IndexFileError, match=r"newer Scene Search \(schema 99.*Update the plugin"):
        TileIndex.open(index.path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM index_info",
        "UPDATE index_info SET scales = 'x'",
        "UPDATE index_info SET code_bits = 63",
        "ALTER TABLE index_info DROP COLUMN overlap",
    ],
)
def test_spoilt_info(index, statement):
    index.close()
    edit(index.path, statement)
    with pytest.raises(IndexFileError, match="damaged"):
        TileIndex.open(index.path)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.95])
def test_truncated(index, share):
    fill(index, 2000)
    index.close()
    os.truncate(index.path, int(index.path.stat().st_size * share))

    def read_all():
        with TileIndex.open(index.path, read_only=True) as again:
            again.load_codes()
            again.tiles(range(1, 2001))

    with pytest.raises(IndexFileError, match="damaged"):
        read_all()


def test_segments_of_the_wrong_length_are_read_from_the_tiles(index):
    fill(index)
    before = index.load_codes()
    index.close()
    for damage in ("codes = x'0102'", "scales = NULL", "tiles = 199", "codes = 'text'"):
        edit(index.path, "PRAGMA ignore_check_constraints = ON")
        with contextlib.suppress(sqlite3.IntegrityError):  # NOT NULL
            edit(index.path, f"UPDATE code_segments SET {damage}")
        with TileIndex.open(index.path) as again:
            after = again.load_codes()
            assert (after.ids == before.ids).all()
            assert (after.codes == before.codes).all()
            again.rebuild_codes()
            assert (again.load_codes().codes == before.codes).all()


def test_tiles_deleted_in_another_program(index):
    fill(index)
    before = index.load_codes()
    with sqlite3.connect(index.path) as connection:
        for name in ("ST_IsEmpty", "ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            connection.create_function(name, 1, lambda _: 0)
        connection.execute("DELETE FROM tiles WHERE fid BETWEEN 50 AND 99")
    connection.close()
    for _ in range(2):
        after = index.load_codes()
        assert len(after) == 150
        assert 50 not in after.ids
        assert (after.codes == before.codes[before.positions(after.ids)]).all()
        assert index.tile_counts() == {1: 150}
        index.rebuild_codes()


def test_open_for_reading_only(index):
    source_id = fill(index)
    with TileIndex.open(index.path, read_only=True) as reader:
        for call in (
            lambda: reader.append(source_id, make_batch(1, first=500)),
            lambda: reader.upsert_source(make_source("/x.tif")),
            lambda: reader.remove_source(source_id),
            lambda: reader.checkpoint(),
        ):
            with pytest.raises(IndexFileError, match="read-only"):
                call()
        assert reader.tile_count() == 200


READ_ONLY_PLACE = """
import os, sys
from pathlib import Path
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.index.tile_index import TileIndex
path = Path(sys.argv[1])
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
with TileIndex.open(path, read_only=True) as index:
    print(len(index.load_codes()))
try:
    TileIndex.open(path)
except IndexFileError as error:
    print(error.message)
try:
    TileIndex.create(path.with_name("new.gpkg"), index.info)
except StorageError as error:
    print(error.message)
"""


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_read_only_place(index):
    fill(index)
    index.close()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "i.gpkg"
        shutil.copy(index.path, path)
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        try:
            result = subprocess.run(
                [sys.executable, "-c", READ_ONLY_PLACE, str(path)],
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            Path(folder).chmod(0o755)
    lines = result.stdout.splitlines()
    assert lines[0] == "200", result.stderr
    assert "read-only place" in lines[1]
    assert "cannot be written" in lines[2]


def test_replaced_file_is_noticed(index, tmp_path):
    assert not index.replaced()
    other = TileIndex.create(tmp_path / "other.gpkg", INFO)
    other.close()
    other.path.replace(index.path)
    assert index.replaced()
    index.path.unlink()
    assert index.replaced()
