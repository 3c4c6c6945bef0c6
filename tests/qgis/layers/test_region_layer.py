from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("wkt", "symbol"),
    [
        ("POINT(2600000 1200000)", "marker"),
        ("POLYGON((2600000 1200000,2600100 1200000,2600100 1200100,2600000 1200000))", "fill"),
    ],
)
def test_the_region_keeps_place_and_crs(qgis_app, wkt, symbol):
    from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsSymbol
    from scene_search.layers.region_layer import build_region_layer

    geometry = QgsGeometry.fromWkt(wkt)
    layer = build_region_layer(geometry, QgsCoordinateReferenceSystem("EPSG:2056"), "Region 1")
    (feature,) = layer.getFeatures()
    assert layer.crs().authid() == "EPSG:2056"
    assert feature.geometry().equals(geometry)
    assert QgsSymbol.symbolTypeToString(layer.renderer().symbol().type()).lower() == symbol
