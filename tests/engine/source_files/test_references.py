import pytest
from scene_search.source_files.references import NotLocalError, looks_remote, resolve

REMOTE = [
    "http://example.org/a.tif",
    "HTTPS://example.org/a.tif",
    "s3://bucket/a.tif",
    "/vsicurl/http://example.org/a.tif",
    "/vsicurl_streaming/http://example.org/a.tif",
    "/VSIS3/bucket/a.tif",
    "/vsigs/bucket/a.tif",
    "/vsicurl?url=http%3A%2F%2Fexample.org%2Fa.tif",
    "/vsicached?file=%2Fvsicurl%2Fhttp%3A%2F%2Fexample.org%2Fa.tif",
    "/vsiaz/bucket/a.tif",
    "/vsihdfs/host/a.tif",
    "/vsizip/vsicurl/http://example.org/a.zip/a.tif",
    "/vsizip//vsicurl/http://example.org/a.zip/a.tif",
    "/vsizip/{/vsicurl/http://example.org/a.zip}/a.tif",
    "/vsizip//vsizip//vsis3/bucket/a.zip/b.zip/c.tif",
    "/vsitar/{/vsigzip/{/vsis3/bucket/a.tgz}}/a.tif",
    "/vsisubfile/0_100,/vsicurl/http://example.org/a.tif",
    "/vsisubfile/0_100",
    "/vsisparse/a.xml",
    "/vsistdin/",
    "/vsimem/a.tif",
    "/vsiunheard_of/a.tif",
    'NETCDF:"http://example.org/a.nc":v',
    'netcdf:"http://example.org/a.nc#mode=bytes":v',
    "NETCDF:http://example.org/a.nc:v",
    "NETCDF:http://example.org:8080/a.nc",
    'NETCDF:"[log][show=fetch]http://example.org/a.nc":v',
    'NETCDF:"dap4://example.org/a.nc":v',
    'NETCDF:"/vsicurl/http://example.org/a.nc":v',
    'HDF5:"/vsis3/bucket/a.h5"://v',
    "HDF5:http://example.org/a.h5://v",
    'ZARR:"/vsicurl/http://example.org/z":/v',
    'ZARR:"http://example.org/z":/v',
    "GTIFF_DIR:2:/vsicurl/http://example.org/a.tif",
    "DERIVED_SUBDATASET:AMPLITUDE:/vsicurl/http://example.org/a.tif",
    "vrt:///vsicurl/http://example.org/a.tif?bands=1",
    "vrt://http://example.org/a.tif",
    "vrt://a.tif?sd_name=%2Fvsicurl%2Fhttp%3A%2F%2Fexample.org",
    "WMS:http://example.org/?",
    "WMTS:http://example.org/cap.xml",
    "WCS:http://example.org/",
    'STACTA:"http://example.org/i.json"',
    "PG:host=example.org",
    "EEDAI:image",
    "OGCAPI:http://example.org",
    "MEM:::DATAPOINTER=1",
    "/vsizip/" * 40 + "a.zip",
]


@pytest.mark.parametrize("text", REMOTE)
def test_what_is_not_known_to_be_local_is_refused(tmp_path, text):
    with pytest.raises(NotLocalError):
        resolve(text, tmp_path, tmp_path / "a.vrt")


@pytest.mark.parametrize("prefix", ["WMS", "NETCDF"])
def test_a_folder_called_like_a_notation_opens_no_way_out(tmp_path, prefix):
    (tmp_path / f"{prefix}:http:" / "example.org").mkdir(parents=True)
    with pytest.raises(NotLocalError):
        resolve(f"{prefix}:http://example.org", tmp_path, tmp_path / "a.vrt")


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("a.tif", "a.tif"),
        ("../b/a.tif", "../b/a.tif"),
        ("a & b.tif", "a & b.tif"),
        ("2018-07-16T10:10.tif", "2018-07-16T10:10.tif"),
        ("there:2.tif", "there:2.tif"),
        ("{}/a.tif", "a.tif"),
        ("{}/no:where.tif", "no:where.tif"),
        ("/vsizip/pack.zip/in/a.tif", "pack.zip"),
        ("/vsizip/{}/pack.zip/in/a.tif", "pack.zip"),
        ("/vsizip/{{{}/pack.zip}}/in/a.tif", "pack.zip"),
        ("/vsitar//vsigzip/{}/pack.zip/a.tif", "pack.zip"),
        ("/vsisubfile/10_20,{}/a.tif", "a.tif"),
        ('NETCDF:"{}/a.nc":v', "a.nc"),
        ('HDF5:"{}/a.h5"://group/v', "a.h5"),
        ("GPKG:{}/a.gpkg:table", "a.gpkg"),
        ("GTIFF_DIR:2:a.tif", "a.tif"),
        ('NETCDF:"/vsizip/{}/pack.zip/a.nc":v', "pack.zip"),
        ("vrt://{}/a.tif?bands=3,2,1", "a.tif"),
    ],
)
def test_local_files_are_found_in_every_notation(tmp_path, text, file):
    (tmp_path / "pack.zip").touch()
    (tmp_path / "there:2.tif").touch()
    (tmp_path / "2018-07-16T10:10.tif").touch()
    found = resolve(text.format(tmp_path), tmp_path, tmp_path / "a.vrt")
    assert found.file == tmp_path / file


def test_a_description_in_place_of_a_name_is_handed_back(tmp_path):
    found = resolve(" <GDAL_WMS/>", tmp_path, tmp_path / "a.vrt")
    assert (found.file, found.description) == (None, "<GDAL_WMS/>")


def test_a_missing_file_is_resolved_all_the_same(tmp_path):
    assert resolve("gone.tif", tmp_path, tmp_path).file == tmp_path / "gone.tif"
    assert resolve("/vsizip/gone.zip/a.tif", tmp_path, tmp_path).file == tmp_path / "gone.zip/a.tif"


def test_addresses_are_seen_in_texts_of_other_kinds():
    assert looks_remote("RPC_DEM=/vsicurl/x")
    assert looks_remote("see http://example.org")
    assert not looks_remote("/vsizip/a.zip/b.tif")
    assert not looks_remote("a/b.tif")
