from __future__ import annotations

import pytest


@pytest.fixture
def pick(qgis_app):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransformContext,
        QgsGeometry,
    )
    from scene_search.layers.region_source import layer_under_region

    def choose(visible, wkt, epsg=32632, active=None):
        crs = QgsCoordinateReferenceSystem(f"EPSG:{epsg}")
        region = QgsGeometry.fromWkt(wkt)
        return layer_under_region(visible, active, region, crs, QgsCoordinateTransformContext())

    return choose


@pytest.fixture
def layers(make_raster):
    from qgis.core import QgsRasterLayer, QgsVectorLayer

    top = QgsRasterLayer(str(make_raster("top.tif", 32632, 500000, 5600000, 10)), "top")
    below = QgsRasterLayer(str(make_raster("below.tif", 32632, 500000, 5600000, 20)), "below")
    lines = QgsVectorLayer("LineString?crs=EPSG:32632", "lines", "memory")
    return lines, top, below


def test_the_topmost_raster_is_taken(pick, layers):
    assert pick(layers, "POINT(500100 5599900)") is layers[1]


def test_the_active_raster_wins_if_it_covers(pick, layers):
    assert pick(layers, "POINT(500100 5599900)", active=layers[2]) is layers[2]


def test_an_active_raster_elsewhere_does_not_win(pick, layers):
    _, top, below = layers
    assert pick(layers, "POINT(501000 5599300)", active=top) is below


def test_an_active_raster_that_is_hidden_does_not_win(pick, layers):
    assert pick(layers[:2], "POINT(500100 5599900)", active=layers[2]) is layers[1]


def test_nothing_under_the_region(pick, layers):
    assert pick(layers, "POINT(600000 5599900)") is None


def test_the_region_may_be_in_another_crs(pick, layers):
    assert pick(layers, "POLYGON((9.0005 50.549,9.002 50.549,9.002 50.5505,9.0005 50.549))", 4326)
    assert pick(layers, "POINT(0 0)", 4326) is None
