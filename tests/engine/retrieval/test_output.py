import builtins
import csv
import json
import subprocess
import sys
import tempfile

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from scene_search.engine.errors import StorageError, UsageError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval.hit import Hit, SearchResult
from scene_search.engine.retrieval.output import FIELDS, check_output, write_hits
from shapely.geometry import MultiPolygon, box, mapping, shape

from tests.support.made_index import INFO

HITS = [
    Hit(
        rank=1,
        score=0.987654,
        hamming=3,
        tile=12_345_678_901,
        source='/imagery/Zürich, "west".tif',
        geometry=mapping(box(8.5, 47.3, 8.6, 47.4)),
        crs="EPSG:32632",
        acquired="2021-05-04T10:20:30.000Z",
        scale=1.0,
        window=(256, 0, 255, 256),
        match=0.75,
    ),
    Hit(
        rank=2,
        score=-0.25,
        hamming=40,
        tile=2,
        source="/imagery/索引.tif",
        geometry=mapping(MultiPolygon([box(179, 0, 180, 1), box(-180, 0, -179, 1)])),
        crs="EPSG:4326",
        acquired=None,
        scale=0.5,
        window=(0, 0, 10, 20),
    ),
]


def read(path):
    meta, _, geometry, columns = pyogrio.raw.read(path)
    return meta, shapely.from_wkb(geometry), dict(zip(meta["fields"], columns, strict=True))


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".GPKG"])
def test_layers(tmp_path, ending):
    path = tmp_path / f"hits für alle{ending}"
    write_hits(HITS, path)
    meta, geometry, columns = read(path)
    assert meta["crs"] in ("EPSG:4326", "OGC:CRS84")
    assert list(columns) == list(FIELDS)
    for found, hit in zip(geometry, HITS, strict=True):
        assert found.equals(shape(hit.geometry))
    for name in ("rank", "score", "hamming", "tile", "source", "scale", "crs"):
        assert columns[name].tolist() == [getattr(hit, name) for hit in HITS]
    assert columns["width"].tolist() == [255, 10]
    assert columns["match"][0] == 0.75
    assert np.isnan(columns["match"][1])  # not re-ranked: null, not 0
    acquired = columns["acquired"].astype("datetime64[ms]")
    assert str(acquired[0]) == "2021-05-04T10:20:30.000"
    assert np.isnat(acquired[1])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_acquired_is_said_to_be_utc(tmp_path):
    write_hits(HITS, tmp_path / "h.geojson")
    features = json.loads((tmp_path / "h.geojson").read_text(encoding="utf-8"))["features"]
    assert features[0]["properties"]["acquired"] == "2021-05-04T10:20:30Z"
    assert features[1]["properties"]["acquired"] is None


def test_csv(tmp_path):
    write_hits(HITS, tmp_path / "h.csv")
    with (tmp_path / "h.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["source"] for row in rows] == [hit.source for hit in HITS]
    assert [int(row["tile"]) for row in rows] == [hit.tile for hit in HITS]
    assert rows[1]["acquired"] == ""
    assert [row["match"] for row in rows] == ["0.75", ""]
    assert rows[0]["col_off"] == "256"
    for row, hit in zip(rows, HITS, strict=True):
        assert shapely.from_wkt(row["wkt"]).equals(shape(hit.geometry))


def test_parquet(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    pytest.importorskip("pyarrow")
    write_hits(HITS, tmp_path / "h.parquet")
    frame = geopandas.read_parquet(tmp_path / "h.parquet")
    assert list(frame.columns) == [*FIELDS, "geometry"]
    assert frame["tile"].tolist() == [hit.tile for hit in HITS]
    assert frame["acquired"][0].isoformat() == "2021-05-04T10:20:30+00:00"
    assert frame["acquired"].isna().tolist() == [False, True]
    assert frame["match"].isna().tolist() == [False, True]
    assert frame.crs == "EPSG:4326"


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv", ".parquet"])
def test_no_hits_and_overwriting(tmp_path, ending):
    if ending == ".parquet":
        pytest.importorskip("geopandas")
    path = tmp_path / f"h{ending}"
    write_hits(HITS, path)
    write_hits([], path)
    if ending in (".gpkg", ".geojson"):
        assert pyogrio.read_info(path)["features"] == 0
        assert ending == ".geojson" or list(pyogrio.read_info(path)["fields"]) == list(FIELDS)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_parquet_without_its_libraries(tmp_path, monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "geopandas":
            raise ImportError("No module named 'geopandas'", name="geopandas")
        return real(name, *args, **kwargs)

    monkeypatch.delitem(sys.modules, "geopandas", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(UsageError, match=r"needs geopandas.*write \.gpkg"):
        write_hits(HITS, tmp_path / "h.parquet")
    assert list(tmp_path.iterdir()) == []


def test_other_endings(tmp_path):
    for name in ("h.shp", "hits"):
        with pytest.raises(UsageError, match=r"End the file in \.gpkg"):
            write_hits(HITS, tmp_path / name)


def test_folder_that_does_not_exist(tmp_path):
    with pytest.raises(StorageError, match="does not exist"):
        write_hits(HITS, tmp_path / "no" / "h.gpkg")


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv"])
def test_what_was_there_stays_when_writing_fails(tmp_path, ending):
    path = tmp_path / f"h{ending}"
    path.mkdir()  # cannot be replaced by a file
    with pytest.raises(StorageError, match="cannot be written"):
        write_hits(HITS, path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv"])
def test_a_place_that_cannot_be_written_is_told_in_the_systems_words(tmp_path, ending, monkeypatch):
    def refuse(*_arguments):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(StorageError) as caught:
        write_hits(HITS, tmp_path / f"h{ending}")
    assert caught.value.message == f"{tmp_path / 'h'}{ending} cannot be written: Permission denied"


def test_what_a_killed_export_left_is_gone_after_the_next(tmp_path):
    code = (
        "import os, signal, sys\n"
        "from scene_search.engine.staging import staging_folder\n"
        "from pathlib import Path\n"
        "with staging_folder(Path(sys.argv[1])) as folder:\n"
        "    (folder / 'hits.gpkg').write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    write_hits(HITS, tmp_path / "h.gpkg")
    assert [p.name for p in tmp_path.iterdir()] == ["h.gpkg"]


def test_results_are_json():
    result = SearchResult(HITS, 1.5, ["note"]).as_dict()
    assert json.loads(json.dumps(result))["hits"][0]["window"] == [256, 0, 255, 256]


def fill(path, *layers):
    """Make a GeoPackage with layers of an analyst's own, one polygon each."""
    for layer in layers:
        pyogrio.raw.write(
            path,
            geometry=np.array([shapely.to_wkb(box(0, 0, 1, 1))], dtype=object),
            field_data=[np.array([7])],
            fields=["owner"],
            layer=layer,
            driver="GPKG",
            geometry_type="Polygon",
            crs="EPSG:4326",
        )


def counts(path):
    """Return the features of each layer, by its name."""
    return {
        str(name): pyogrio.read_info(path, layer=name)["features"]
        for name, _ in pyogrio.list_layers(path)
    }


def test_a_geopackage_keeps_its_other_layers(tmp_path):
    path = tmp_path / "mine.gpkg"
    fill(path, "parcels", "roads")
    assert write_hits(HITS, path) == "mine"
    assert counts(path) == {"parcels": 1, "roads": 1, "mine": 2}
    assert write_hits(HITS[:1], path) == "mine"  # earlier hits of that name are replaced
    assert counts(path) == {"parcels": 1, "roads": 1, "mine": 1}
    assert write_hits(HITS, path, layer='Häfen\'s "hits"') == 'Häfen\'s "hits"'
    assert write_hits([], path, layer='Häfen\'s "hits"') == 'Häfen\'s "hits"'
    assert counts(path) == {"parcels": 1, "roads": 1, "mine": 1, 'Häfen\'s "hits"': 0}
    _, _, _, (owners,) = pyogrio.raw.read(path, layer="parcels")
    assert owners.tolist() == [7]


def test_a_layer_called_as_the_file_stays(tmp_path):
    path = tmp_path / "parcels.gpkg"
    fill(path, "parcels")
    assert write_hits(HITS, path) == "hits"
    assert counts(path) == {"parcels": 1, "hits": 2}
    with pytest.raises(UsageError, match="something else"):
        write_hits(HITS, path, layer="parcels")
    assert counts(path) == {"parcels": 1, "hits": 2}


def test_a_geopackage_of_a_raster_keeps_it(tmp_path):
    path = tmp_path / "ortho.gpkg"
    picture = np.full((3, 64, 64), 99, np.uint8)
    options = {"width": 64, "height": 64, "count": 3, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        path, "w", driver="GPKG", transform=from_origin(9, 50, 0.01, 0.01), **options
    ) as raster:
        raster.write(picture)
    assert write_hits(HITS, path) == "hits"
    assert counts(path) == {"hits": 2}
    with rasterio.open(path) as raster:
        assert (raster.read([1, 2, 3]) == picture).all()


def test_a_new_geopackage_has_a_layer_of_its_name(tmp_path):
    (tmp_path / "there.gpkg").touch()  # as mktemp does
    for path in (tmp_path / "new.gpkg", tmp_path / "there.gpkg"):
        assert write_hits(HITS, path) is None
        assert counts(path) == {path.stem: 2}
    assert write_hits(HITS, tmp_path / "b.gpkg", layer="ports") is None
    assert counts(tmp_path / "b.gpkg") == {"ports": 2}


@pytest.mark.parametrize("ending", [".gpkg", ".csv"])
def test_a_link_is_followed(tmp_path, ending):
    (tmp_path / "there").mkdir()
    link, file = tmp_path / f"link{ending}", tmp_path / "there" / f"file{ending}"
    link.symlink_to(file)
    write_hits(HITS, link)
    write_hits(HITS, link)
    assert link.is_symlink()
    assert len(read_any(file)) == 2


def test_a_link_may_have_a_name_of_its_own(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "store")
    write_hits(HITS, tmp_path / "link.csv")
    assert len(read_rows(tmp_path / "store")) == 2
    fill(tmp_path / "mine.gpkg", "parcels")
    (tmp_path / "other.csv").symlink_to(tmp_path / "mine.gpkg")
    with pytest.raises(UsageError, match="is a link to"):
        write_hits(HITS, tmp_path / "other.csv")
    assert counts(tmp_path / "mine.gpkg") == {"parcels": 1}


def read_any(path):
    return pyogrio.raw.read(path)[2] if path.suffix == ".gpkg" else read_rows(path)


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("ending", [".gpkg", ".geojson", ".csv", ".parquet"])
def test_an_index_is_never_written_to(tmp_path, ending):
    index = tmp_path / "index.gpkg"
    TileIndex.create(index, INFO).close()
    before = index.read_bytes()
    path = tmp_path / f"link{ending}"
    path.symlink_to(index)
    for place in (index, path):
        with pytest.raises(UsageError, match="is an index"):
            check_output(place, index=index)
        with pytest.raises(UsageError, match="is an index"):
            write_hits(HITS, place)
    assert index.read_bytes() == before


def test_a_layer_needs_a_geopackage(tmp_path):
    with pytest.raises(UsageError, match="no layers"):
        write_hits(HITS, tmp_path / "h.csv", layer="ports")


#: Holds a file's lock until its input ends. In a process of its own: locks do not count in one.
HOLD = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_geopackage_in_use_is_left_as_it_is(tmp_path, monkeypatch):
    path = tmp_path / "mine.gpkg"
    fill(path, "parcels")
    monkeypatch.setenv("OGR_SQLITE_PRAGMA", "busy_timeout=100")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match="cannot be written"):
            write_hits(HITS, path)
        other.communicate()
    assert counts(path) == {"parcels": 1}
    assert write_hits(HITS, path) == "mine"


@pytest.mark.parametrize("ending", [".gpkg", ".csv"])
def test_names_as_long_as_the_system_takes(tmp_path, ending):
    path = tmp_path / ("x" * (255 - len(ending)) + ending)
    write_hits(HITS, path)
    assert len(read_any(path)) == 2
    with pytest.raises(StorageError, match="name too long"):
        write_hits(HITS, path.with_name("x" + path.name))
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
