from __future__ import annotations

import math

import pytest


@pytest.mark.parametrize("latitude", [0.0, 35.0, 60.0, -75.0])
def test_web_mercator_stretches_with_latitude(qgis_app, latitude):
    from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY
    from scene_search.layers.ground_units import metres_per_unit

    radius = 6378137.0
    y = radius * math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))
    along_x, along_y = metres_per_unit(
        QgsCoordinateReferenceSystem("EPSG:3857"), QgsPointXY(1_000_000, y)
    )
    assert along_x == pytest.approx(math.cos(math.radians(latitude)), rel=0.005)
    assert along_y == pytest.approx(along_x, rel=0.01)


def test_degrees_feet_and_metres(qgis_app):
    from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY
    from scene_search.layers.ground_units import metres_per_unit

    along_x, along_y = metres_per_unit(
        QgsCoordinateReferenceSystem("EPSG:4326"), QgsPointXY(10, 60)
    )
    assert along_x == pytest.approx(55_800, rel=0.002)  # a degree of longitude at 60° north
    assert along_y == pytest.approx(111_412, rel=0.002)
    feet, _ = metres_per_unit(QgsCoordinateReferenceSystem("EPSG:2263"), QgsPointXY(980000, 200000))
    assert feet == pytest.approx(0.3048006, rel=0.001)
    metres, _ = metres_per_unit(QgsCoordinateReferenceSystem("EPSG:32632"), QgsPointXY(5e5, 5.6e6))
    assert metres == pytest.approx(0.9996**-1, rel=1e-3)


@pytest.mark.parametrize(
    ("longitude", "latitude", "expected"),
    [(9.0, 50.5, 32632), (-70.0, -33.0, 32719), (179.9, 10.0, 32660), (-180.0, 10.0, 32601)],
)
def test_degrees_give_way_to_the_utm_zone(qgis_app, longitude, latitude, expected):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransformContext,
        QgsPointXY,
    )
    from scene_search.layers.ground_units import metric_crs

    crs = metric_crs(
        QgsCoordinateReferenceSystem("EPSG:4326"),
        QgsPointXY(longitude, latitude),
        QgsCoordinateTransformContext(),
    )
    assert crs.authid() == f"EPSG:{expected}"


def test_a_projected_crs_is_kept(qgis_app):
    from qgis.core import (
        QgsCoordinateReferenceSystem,
        QgsCoordinateTransformContext,
        QgsPointXY,
    )
    from scene_search.layers.ground_units import metric_crs

    crs = QgsCoordinateReferenceSystem("EPSG:2056")
    kept = metric_crs(crs, QgsPointXY(2.6e6, 1.2e6), QgsCoordinateTransformContext())
    assert kept == crs
