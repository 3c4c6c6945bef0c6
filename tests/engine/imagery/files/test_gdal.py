import http.server
import subprocess
import sys
import threading

import pytest
import rasterio
from scene_search.engine.errors import RasterError
from scene_search.engine.imagery.colours.stretch import estimate_stretch
from scene_search.engine.imagery.files import dataset, gdal
from scene_search.engine.imagery.raster import open_raster
from scene_search.engine.imagery.tiles.reader import read_image
from scene_search.source_files.chain import Chain

TILE_SERVICE = """&lt;GDAL_WMS&gt;&lt;Service name="TMS"&gt;
&lt;ServerUrl&gt;{url}/${{z}}/${{x}}/${{y}}.png&lt;/ServerUrl&gt;&lt;/Service&gt;&lt;DataWindow&gt;
&lt;UpperLeftX&gt;0&lt;/UpperLeftX&gt;&lt;UpperLeftY&gt;9&lt;/UpperLeftY&gt;
&lt;LowerRightX&gt;9&lt;/LowerRightX&gt;&lt;LowerRightY&gt;0&lt;/LowerRightY&gt;
&lt;TileLevel&gt;1&lt;/TileLevel&gt;&lt;/DataWindow&gt;&lt;Projection&gt;EPSG:3857&lt;/Projection&gt;
&lt;BandsCount&gt;3&lt;/BandsCount&gt;&lt;/GDAL_WMS&gt;"""

VRT = """<VRTDataset rasterXSize="100" rasterYSize="100"><SRS>EPSG:32633</SRS>
<GeoTransform>500000,1,0,4000000,0,-1</GeoTransform><VRTRasterBand dataType="Byte" band="1">
<SimpleSource><SourceFilename>{source}</SourceFilename><SourceBand>1</SourceBand></SimpleSource>
</VRTRasterBand></VRTDataset>"""


@pytest.fixture
def server():
    """A web server on this machine that writes down what it is asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        threading.Thread(target=httpd.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{httpd.server_port}", asked
        httpd.shutdown()


REMOTE = (
    *("/vsicurl/{url}/a.tif", "{url}/a.tif", TILE_SERVICE, "NETCDF:&quot;{url}/a.nc&quot;:v"),
    *("NETCDF:&quot;{url}/a.nc#mode=bytes&quot;:v", "ZARR:&quot;/vsicurl/{url}/z&quot;:/v"),
    *("/vsizip/{{/vsicurl/{url}/a.zip}}/a.tif", "HDF5:&quot;/vsicurl/{url}/a.h5&quot;://v"),
)


@pytest.mark.parametrize("name", ["remote.vrt", "remote.tif"])
@pytest.mark.parametrize("source", REMOTE)
def test_a_file_that_points_to_the_network_fetches_nothing(tmp_path, server, source, name):
    url, asked = server
    path = tmp_path / name
    path.write_text(VRT.format(source=source.format(url=url)))
    with pytest.raises(RasterError), open_raster(path) as raster:
        estimate_stretch(raster)
    with pytest.raises(RasterError):
        read_image(path, 32)
    assert asked == []


def test_a_service_description_named_tif_is_no_raster(tmp_path, server):
    url, asked = server
    path = tmp_path / "service.tif"
    path.write_text(TILE_SERVICE.replace("&lt;", "<").replace("&gt;", ">").format(url=url))
    with pytest.raises(RasterError, match="describes a web map service"):
        open_raster(path)
    assert asked == []


@pytest.mark.parametrize("source", REMOTE)
def test_nothing_is_fetched_even_if_a_name_got_through(tmp_path, server, source, monkeypatch):
    """Behind the refusal: dead proxies, and drivers that are not there."""
    monkeypatch.setattr(dataset, "chain_of", lambda _: Chain())
    url, asked = server
    path = tmp_path / "remote.vrt"
    path.write_text(VRT.format(source=source.format(url=url)))
    with pytest.raises(RasterError):
        read_image(path, 32)
    assert asked == []


def test_settings_hold_in_every_thread_and_end_with_the_environment():
    seen = []

    def look():
        with gdal.environment():
            seen.append(rasterio.env.get_gdal_config("CPL_VSIL_CURL_ALLOWED_FILENAME"))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert seen == ["/network-is-off"]


def test_drivers_that_fetch_are_not_among_those_for_files():
    drivers = gdal.file_drivers()
    assert {"GTiff", "VRT", "PNG", "JPEG", "HFA"} <= set(drivers)
    assert not set(drivers) & set(gdal.NETWORK_DRIVERS)


def test_nothing_is_fetched_even_if_all_drivers_were_registered_before(tmp_path, server):
    url, asked = server
    path = tmp_path / "remote.vrt"
    code = (
        "import sys, rasterio\n"
        "with rasterio.Env() as env:\n"
        "    assert 'HTTP' in env.drivers()\n"
        "from scene_search.engine.imagery.tiles.reader import read_image\n"
        "from scene_search.engine.errors import RasterError\n"
        "try:\n"
        "    read_image(sys.argv[1], 32)\n"
        "except RasterError:\n"
        "    print('refused')\n"
    )
    for source in (f"{url}/a.tif", TILE_SERVICE.format(url=url)):
        path.write_text(VRT.format(source=source))
        command = [sys.executable, "-c", code, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.stdout == "refused\n", done.stderr
    assert asked == []
