"""Hits in a page of a TIFF: the page is named, added and found again, not its file."""

from __future__ import annotations

import pytest


@pytest.fixture
def pages(tmp_path, qgis_app):
    """A TIFF of two pages side by side."""
    from osgeo import gdal, osr

    path = tmp_path / "scan ä.tif"
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(32632)
    for page in range(2):
        made = gdal.GetDriverByName("MEM").Create("", 64, 64, 3, gdal.GDT_Byte)
        made.SetGeoTransform((500_000 + 64 * page, 1, 0, 5_600_000, 0, -1))
        made.SetProjection(srs.ExportToWkt())
        for band in range(3):
            made.GetRasterBand(band + 1).Fill(50 * (band + 1) + page)
        options = ["APPEND_SUBDATASET=YES"] if page else []
        gdal.GetDriverByName("GTiff").CreateCopy(str(path), made, options=options)
    return path


def hit_in(source):
    from scene_search.layers.hit import Hit

    ring = [[9.0, 50.0], [9.001, 50.0], [9.001, 50.001], [9.0, 50.0]]
    return Hit.from_message(
        {
            "rank": 1,
            "score": 0.9,
            "hamming": 0,
            "tile": 1,
            "source": source,
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
    )


@pytest.fixture
def imagery(qgis_app):
    from types import SimpleNamespace

    from qgis.core import QgsProject
    from scene_search.gui.results.hit_imagery import HitImagery

    project = QgsProject.instance()
    yield HitImagery(SimpleNamespace(), project), project
    project.clear()


def test_a_page_is_added_as_it_is_and_told_from_the_others(imagery, pages):
    images, project = imagery
    first, second = hit_in(str(pages)), hit_in(f"GTIFF_DIR:2:{pages}")
    layer = images.add(second.source)
    assert layer.isValid()
    assert layer.extent().xMinimum() == 500_064
    assert layer.name() == "scan ä.tif [2]"
    assert images.layer_of(second).id() == layer.id()
    assert images.layer_of(first) is None
    whole = images.add(first.source)
    assert whole.name() == "scan ä"
    assert images.layer_of(first).id() == whole.id()
    assert images.layer_of(second).id() == layer.id()
    assert len(project.mapLayers()) == 2


def test_a_page_is_named_with_its_number(pages):
    assert hit_in(f"GTIFF_DIR:2:{pages}").source_name == "scan ä.tif [2]"
    assert hit_in(r"C:\data\a.tif").source_name == "a.tif"


def test_a_page_whose_file_is_gone_is_not_added(imagery, pages):
    pages.unlink()
    assert imagery[0].add(f"GTIFF_DIR:2:{pages}") is None
