"""CRSs and geometries as the engine understands them."""

from __future__ import annotations

import subprocess

import pytest

PARSE = "import pyproj, sys; print(pyproj.CRS(sys.stdin.read()).to_string()[:200])"


@pytest.mark.parametrize("code", ["EPSG:2056", "OGC:CRS84", "ESRI:102003", "IAU_2015:30100"])
def test_codes_that_all_know_travel_as_they_are(qgis_app, code):
    from qgis.core import QgsCoordinateReferenceSystem
    from scene_search.layers.engine_geometry import crs_text

    assert crs_text(QgsCoordinateReferenceSystem(code)) == code


def test_a_crs_of_the_users_own_travels_as_wkt(qgis_app, engine_interpreter):
    """Saved, it has a code as ``USER:100000``, which means nothing outside this profile."""
    from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsGeometry
    from scene_search.layers.engine_geometry import area_message, crs_text

    own = QgsCoordinateReferenceSystem.fromProj("+proj=laea +lat_0=10 +lon_0=7 +ellps=WGS84")
    registry = QgsApplication.coordinateReferenceSystemRegistry()
    number = registry.addUserCrs(own, "mine")
    assert number >= 100_000
    try:
        saved = QgsCoordinateReferenceSystem(f"USER:{number}")
        assert saved.authid() == f"USER:{number}"
        text = crs_text(saved)
        assert area_message(QgsGeometry.fromWkt("POINT (1 2)"), saved)["crs"] == text
        assert "USER" not in text.split('"')[0]
        done = subprocess.run(
            [str(engine_interpreter), "-c", PARSE], input=text, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    finally:
        registry.removeUserCrs(number)


def test_places_are_told_to_the_last_digit(qgis_app):
    from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsPointXY
    from scene_search.layers.engine_geometry import area_message

    place = QgsPointXY(500_000.123456789, 5_600_000.987654321)
    sent = area_message(QgsGeometry.fromPointXY(place), QgsCoordinateReferenceSystem("EPSG:32632"))
    assert QgsGeometry.fromWkt(sent["wkt"]).asPoint().distance(place) < 1e-9
