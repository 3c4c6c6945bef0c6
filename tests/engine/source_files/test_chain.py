import os
from html import escape

import pytest
from scene_search.source_files import chain
from scene_search.source_files.chain import SourceFilesError, chain_of

VRT = (
    '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1">'
    "{}</VRTRasterBand></VRTDataset>"
)
SOURCE = '<SimpleSource><SourceFilename relativeToVRT="{}">{}</SourceFilename></SimpleSource>'


@pytest.fixture(autouse=True)
def nothing_kept():
    chain._kept.clear()


def vrt(path, *sources, relative=1):
    text = "".join(SOURCE.format(relative, escape(str(source))) for source in sources)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(VRT.format(text))
    return path


def test_a_chain_is_followed_to_its_end_each_file_once(tmp_path):
    (tmp_path / "a & b.tif").write_bytes(b"II*\0")
    (tmp_path / "deep").mkdir()
    vrt(tmp_path / "deep" / "inner.tif", "../a & b.tif", "gone.tif")
    outer = vrt(tmp_path / "outer.vrt", "deep/inner.tif", "a & b.tif", "a & b.tif")
    found = chain_of(outer)
    assert [os.path.relpath(path, tmp_path) for path in found.files] == [
        "deep/inner.tif",
        "a & b.tif",
        "deep/gone.tif",
    ]
    assert [path.name for path in found.missing()] == ["gone.tif"]


@pytest.mark.parametrize(
    "xml",
    [
        "<VRTDataset><GDALWarpOptions><SourceDataset>{}</SourceDataset></GDALWarpOptions>"
        "</VRTDataset>",
        '<VRTDataset><simplesource SOURCEFILENAME="{}"/></VRTDataset>',
        "<VRTDataset><VRTRasterBand><SourceFilename><![CDATA[{}]]></SourceFilename>"
        "</VRTRasterBand></VRTDataset>",
        "<VRTDataset><PansharpeningOptions><SpectralBand><SourceFilename>{}</SourceFilename>"
        "</SpectralBand></PansharpeningOptions></VRTDataset>",
        "<MRF_META><CachedSource><Source>{}</Source></CachedSource></MRF_META>",
        '<VRTDataset><Metadata domain="GEOLOCATION"><MDI key="X_DATASET">{}</MDI></Metadata>'
        "</VRTDataset>",
        '<VRTDataset><Option name="RPC_DEM">{}</Option></VRTDataset>',
        "<VRTDataset><SomethingNew>{}</SomethingNew></VRTDataset>",
        "<!-- http://example.org/free --><VRTDataset><SourceFilename>{}</SourceFilename>"
        "</VRTDataset>",
    ],
)
def test_addresses_are_found_wherever_gdal_may_look(tmp_path, xml):
    path = tmp_path / "a.tif"
    path.write_text(xml.format("/vsicurl/http://example.org/a.tif"))
    with pytest.raises(SourceFilesError, match="only what is on this machine") as caught:
        chain_of(path)
    assert caught.value.details["kind"] == "remote"
    path.write_text(xml.format("a.png"))
    chain_of(path)


def test_the_end_of_a_chain_counts(tmp_path):
    vrt(tmp_path / "c.tif", 'NETCDF:"http://example.org/x.nc":v')
    vrt(tmp_path / "b.tif", "c.tif")
    with pytest.raises(SourceFilesError, match=r"a\.vrt is made of NETCDF.*network address"):
        chain_of(vrt(tmp_path / "a.vrt", "b.tif"))


def test_a_virtual_raster_in_a_name_is_followed(tmp_path):
    inner = VRT.format(SOURCE.format(0, "http://example.org/a.tif"))
    with pytest.raises(SourceFilesError):
        chain_of(vrt(tmp_path / "a.vrt", inner))
    with pytest.raises(SourceFilesError, match="web map service"):
        chain_of(vrt(tmp_path / "b.vrt", "<GDAL_WMS></GDAL_WMS>"))


@pytest.mark.parametrize(
    "start", ["<GDAL_WMS>", "\ufeff <GDAL_WMTS>", "<WCS_GDAL>", "<!-- x -->\n<GDAL_WMS>"]
)
def test_descriptions_of_services_are_refused_under_any_name(tmp_path, start):
    (tmp_path / "a.tif").write_text(start, encoding="utf-8")
    with pytest.raises(SourceFilesError, match=r"a\.tif describes a web"):
        chain_of(tmp_path / "a.tif")
    with pytest.raises(SourceFilesError, match=r"b\.vrt is made of a\.tif, which describes"):
        chain_of(vrt(tmp_path / "b.vrt", "a.tif"))


def test_addresses_for_people_are_no_sources(tmp_path):
    path = tmp_path / "a.vrt"
    path.write_text(
        '<VRTDataset xmlns:x="http://example.org/ns"><SRS>URI["http://opengis.net"]</SRS>'
        '<Metadata><MDI key="LICENCE">https://example.org</MDI></Metadata></VRTDataset>'
    )
    assert chain_of(path).files == ()


def test_a_side_file_that_names_an_address_is_refused(tmp_path):
    path = tmp_path / "a.tif"
    path.write_bytes(b"II*\0")
    side = tmp_path / "a.tif.aux.xml"
    side.write_text(
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">/vsis3/b/o.tif</MDI>'
        "</Metadata></PAMDataset>"
    )
    with pytest.raises(SourceFilesError, match=r"a\.tif\.aux\.xml"):
        chain_of(path)
    side.write_text("<PAMDataset")
    assert chain_of(path).files == ()


def test_a_loop_ends(tmp_path):
    vrt(tmp_path / "b.vrt", "a.vrt", "b.vrt")
    assert [path.name for path in chain_of(vrt(tmp_path / "a.vrt", "b.vrt")).files] == ["b.vrt"]


def test_a_chain_without_end_is_refused(tmp_path):
    for number in range(60):
        vrt(tmp_path / f"{number}.vrt", f"{number + 1}.vrt")
    with pytest.raises(SourceFilesError, match="too many"):
        chain_of(tmp_path / "0.vrt")


@pytest.mark.parametrize(
    "xml",
    [
        "<VRTDataset><a></VRTDataset>",
        '<!DOCTYPE x [<!ENTITY e "http://example.org">]><VRTDataset>&e;</VRTDataset>',
        "<VRTDataset>" * 100_000,
    ],
)
def test_what_cannot_be_followed_for_certain_is_refused(tmp_path, xml):
    (tmp_path / "a.vrt").write_text(xml)
    with pytest.raises(SourceFilesError, match="cannot be followed"):
        chain_of(tmp_path / "a.vrt")


def test_handwritten_xml_is_followed(tmp_path):
    path = tmp_path / "a.vrt"
    path.write_bytes(
        b'<VRTDataset><SourceFilename relativeToVRT="1">b & \xfc.tif</SourceFilename></VRTDataset>'
    )
    assert [file.name for file in chain_of(path).files] == ["b & ü.tif"]


def test_a_change_of_a_description_is_seen_at_once(tmp_path):
    outer = vrt(tmp_path / "a.vrt", "b.vrt")
    vrt(tmp_path / "b.vrt", "c.tif")
    assert [path.name for path in chain_of(outer).files] == ["b.vrt", "c.tif"]
    vrt(tmp_path / "b.vrt", "other.tif")
    assert [path.name for path in chain_of(outer).files] == ["b.vrt", "other.tif"]


def test_pipes_in_a_chain_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.tif")
    with pytest.raises(SourceFilesError, match="pipe"):
        chain_of(vrt(tmp_path / "a.vrt", "pipe.tif"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "b.tif").touch()
    os.mkfifo(tmp_path / "in" / "b.tif.ovr")
    with pytest.raises(SourceFilesError, match=r"made of b\.tif, which has a pipe"):
        chain_of(vrt(tmp_path / "c.vrt", "in/b.tif"))


def test_a_large_description_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(chain, "MOST_BYTES", 1_000_000)
    path = vrt(tmp_path / "a.vrt", "b.tif")
    os.truncate(path, 1_000_001)
    with pytest.raises(SourceFilesError, match="more than 1 MB"):
        chain_of(path)
