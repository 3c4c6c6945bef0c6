"""GeoJSON polygons, as the engine sends them, to QGIS geometries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qgis.core import QgsGeometry, QgsPointXY


def polygon_from_geojson(geometry: Mapping[str, Any]) -> QgsGeometry:
    """Return a GeoJSON Polygon or MultiPolygon (longitude, latitude) as a multipolygon.

    A tile across the date line comes as a MultiPolygon, so every hit is one.

    Raises:
        ValueError: for another type of geometry.
    """
    kind = geometry.get("type")
    if kind == "Polygon":
        parts = [geometry["coordinates"]]
    elif kind == "MultiPolygon":
        parts = list(geometry["coordinates"])
    else:
        raise ValueError(f"a hit's geometry is a {kind}, not a polygon")
    return QgsGeometry.fromMultiPolygonXY([[_ring(ring) for ring in part] for part in parts])


def _ring(positions: Sequence[Sequence[float]]) -> list[QgsPointXY]:
    return [QgsPointXY(position[0], position[1]) for position in positions]
