"""A search request as the engine's ``search`` method takes it."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from .search.request import SearchRequest


def search_params(request: SearchRequest, snapshot: str | None = None) -> dict[str, Any]:
    """Return the parameters of ``search``.

    Args:
        request: the question.
        snapshot: picture of the region's layer, where the layer is not a file.
    """
    params: dict[str, Any] = {
        "index": str(request.index),
        "texts": [request.text] if request.text else [],
        "regions": [],
        "tiles": [] if request.tile is None else [request.tile],
        "images": [] if request.image is None else [str(request.image)],
        "limit": request.limit,
        "within": None,
        "rerank": request.rerank,
        "context": request.context,
    }
    if request.region is not None:
        source = snapshot
        if source is None and request.region.source is not None:
            source = str(request.region.source.path) if request.region.source.path else None
        params["regions"] = [
            {
                "wkt": request.region.geometry.asWkt(12),
                "crs": crs_text(request.region.crs),
                "source": source,
            }
        ]
    if request.within is not None and request.within_crs is not None:
        params["within"] = {
            "wkt": QgsGeometry.fromRect(request.within).asWkt(12),
            "crs": crs_text(request.within_crs),
        }
    return params


def crs_text(crs: QgsCoordinateReferenceSystem) -> str:
    """Return an authority code that other libraries know, or WKT for a CRS of the user's own."""
    authority = crs.authid()
    if authority.startswith(("EPSG:", "OGC:", "ESRI:", "IAU")):
        return str(authority)
    return str(crs.toWkt(QgsCoordinateReferenceSystem.WktVariant.WKT2_2019))
