"""Metres on the ground and units of a CRS, at a place."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsDistanceArea,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)

WGS84 = "EPSG:4326"


def metres_per_unit(
    crs: QgsCoordinateReferenceSystem,
    at: QgsPointXY,
    context: QgsCoordinateTransformContext | None = None,
) -> tuple[float, float]:
    """Return the metres on the ground that one CRS unit spans along x and along y at ``at``.

    Web Mercator's stretch, degrees and feet are all accounted for, by measuring a short step
    on the WGS 84 ellipsoid.

    Raises:
        QgsCsException: where the CRS is not defined at ``at``.
    """
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, context or QgsProject.instance().transformContext())
    measure.setEllipsoid("EPSG:7030")
    step = 1e-4 if crs.mapUnits() == Qgis.DistanceUnit.Degrees else 10.0
    along_x = measure.measureLine(at, QgsPointXY(at.x() + step, at.y())) / step
    along_y = measure.measureLine(at, QgsPointXY(at.x(), at.y() + step)) / step
    return along_x, along_y


def metric_crs(
    crs: QgsCoordinateReferenceSystem,
    at: QgsPointXY,
    context: QgsCoordinateTransformContext,
) -> QgsCoordinateReferenceSystem:
    """Return a CRS with square ground pixels near ``at``: ``crs`` itself, or the UTM zone there.

    Args:
        crs: the CRS one would like to keep; any projected one is kept.
        at: a place in ``crs``.
        context: the project's datum choices.

    Raises:
        QgsCsException: if ``at`` has no longitude and latitude.
    """
    if crs.isValid() and not crs.isGeographic():
        return crs
    wgs84 = QgsCoordinateReferenceSystem(WGS84)
    place = QgsCoordinateTransform(crs, wgs84, context).transform(at)
    if abs(place.y()) > 84:
        return QgsCoordinateReferenceSystem("EPSG:32661" if place.y() > 0 else "EPSG:32761")
    zone = min(max(int((place.x() + 180) // 6) + 1, 1), 60)
    return QgsCoordinateReferenceSystem(f"EPSG:{(32600 if place.y() >= 0 else 32700) + zone}")


def grown(box: QgsRectangle, by_x: float, by_y: float) -> QgsRectangle:
    """Return ``box`` grown by ``by_x`` and ``by_y`` units on each side."""
    return QgsRectangle(
        box.xMinimum() - by_x, box.yMinimum() - by_y, box.xMaximum() + by_x, box.yMaximum() + by_y
    )
