"""QGIS geometries and coordinate systems as the engine takes them: WKT and a CRS name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qgis.core import Qgis, QgsCoordinateReferenceSystem, QgsGeometry, QgsWkbTypes

#: Of WKT: a hundredth of a millimetre in degrees.
_DECIMALS = 12


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """Return an authority code that other libraries know, or WKT for a CRS of the user's own."""
    authority = crs.authid()
    if authority.startswith(("EPSG:", "OGC:", "ESRI:", "IAU")):
        return str(authority)
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2019))


def plain_parts(geometry: QgsGeometry) -> Iterator[QgsGeometry]:
    """Yield the examples in ``geometry``: each point alone, an area with all its parts.

    Curves become segments and heights are dropped, since the engine works on the plane.
    """
    plain = QgsGeometry(geometry)
    plain.convertToStraightSegment()
    inner = plain.get()
    if inner is None or plain.isEmpty():
        return
    inner.dropZValue()
    inner.dropMValue()
    if plain.type() == Qgis.GeometryType.Point and QgsWkbTypes.isMultiType(plain.wkbType()):
        yield from plain.asGeometryCollection()
    else:
        yield plain


def area_message(geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem) -> dict[str, Any]:
    """Return a geometry as the engine's JSON object of WKT and CRS."""
    return {"wkt": geometry.asWkt(_DECIMALS), "crs": crs_text(crs)}
