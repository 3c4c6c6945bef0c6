from __future__ import annotations

import shutil

import pytest

XYZ = "type=xyz&url=http://127.0.0.1:9/{z}/{x}/{y}.png&zmax=19&zmin=0&crs=EPSG3857"


@pytest.fixture
def source_of(qgis_app):
    from qgis.core import QgsRasterLayer
    from scene_search.layers.raster_source import raster_source

    def make(uri, provider="gdal", crs=None):
        layer = QgsRasterLayer(str(uri), "a layer", provider)
        assert layer.isValid()
        if crs is not None:
            layer.setCrs(crs)
        return raster_source(layer)

    return make


def test_a_georeferenced_file_is_read_directly(source_of, make_raster):
    path = make_raster("schöne datei.tif", 32632, 500000, 5600000, 10)
    source = source_of(path)
    assert source.path == path
    assert not source.needs_snapshot
    assert source.reason == ""
    assert source.name == "a layer"


def test_options_of_the_provider_are_not_part_of_the_path(source_of, make_raster):
    path = make_raster("a.tif", 32632, 500000, 5600000, 10)
    assert source_of(f"{path}|option:NUM_THREADS=2").path == path


def test_a_tile_service_needs_a_snapshot(source_of):
    source = source_of(XYZ, "wms")
    assert source.needs_snapshot
    assert source.reason


def test_a_crs_set_in_qgis_needs_a_snapshot(source_of, make_raster):
    """The engine reads the file's own CRS, so it would look elsewhere than the map shows."""
    from qgis.core import QgsCoordinateReferenceSystem

    path = make_raster("no_crs.tif", 0, 500000, 5600000, 10)
    assert source_of(path, crs=QgsCoordinateReferenceSystem("EPSG:32632")).needs_snapshot


def test_an_archive_member_needs_a_snapshot(source_of, make_raster, tmp_path):
    path = make_raster("a.tif", 32632, 500000, 5600000, 10)
    archive = shutil.make_archive(str(tmp_path / "packed"), "zip", tmp_path, path.name)
    assert source_of(f"/vsizip/{archive}/{path.name}").needs_snapshot


def test_a_raster_table_in_a_container_needs_a_snapshot(source_of, make_raster, tmp_path):
    from osgeo import gdal

    path = make_raster("a.tif", 32632, 500000, 5600000, 10)
    container = tmp_path / "rasters.gpkg"
    for name, append in (("one", "NO"), ("two", "YES")):
        options = [
            "-of",
            "GPKG",
            "-co",
            f"RASTER_TABLE={name}",
            "-co",
            f"APPEND_SUBDATASET={append}",
        ]
        gdal.Translate(str(container), str(path), options=options)
    assert source_of(f"GPKG:{container}:two").needs_snapshot


def test_a_layer_whose_file_went_away_says_so(qgis_app, tmp_path):
    from qgis.core import QgsRasterLayer
    from scene_search.layers.raster_source import raster_source

    source = raster_source(QgsRasterLayer(str(tmp_path / "gone.tif"), "gone"))
    assert source.needs_snapshot
    assert "not available" in source.reason


def test_formats_that_the_engine_lacks_need_a_snapshot(source_of, make_raster, tmp_path):
    from osgeo import gdal

    path = make_raster("a.tif", 32632, 500000, 5600000, 10)
    if gdal.GetDriverByName("HDF4Image") is None:
        pytest.skip("this QGIS reads no HDF4 either")
    other = tmp_path / "modis.hdf"
    gdal.GetDriverByName("HDF4Image").CreateCopy(str(other), gdal.Open(str(path)))
    source = source_of(other)
    assert source.needs_snapshot
    assert "HDF4" in source.reason
    mosaic = tmp_path / "mosaic.vrt"
    gdal.BuildVRT(str(mosaic), [str(other)]).FlushCache()
    assert "HDF4" in source_of(mosaic).reason


def test_a_virtual_raster_is_read_directly_unless_it_leads_to_the_network(
    source_of, make_raster, tmp_path
):
    from osgeo import gdal

    path = make_raster("a.tif", 32632, 500000, 5600000, 10)
    mosaic = tmp_path / "mosaic.vrt"
    gdal.BuildVRT(str(mosaic), [str(path)]).FlushCache()
    assert source_of(mosaic).path == mosaic
    remote = tmp_path / "remote.vrt"
    remote.write_text(
        mosaic.read_text().replace('"1">a.tif', '"0">/vsicurl/http://127.0.0.1:9/a.tif')
    )
    assert "/vsicurl/" in remote.read_text()
    source = source_of(remote)
    assert source.needs_snapshot
    assert "not on this computer" in source.reason
