"""What is known of each tile's acquisition: its raster's metadata, and its own place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from .r2stft import r2stft


def located(properties: Mapping[str, Any], footprint: BaseGeometry) -> dict[str, Any]:
    """Return STAC properties with the centre of a footprint as ``proj:centroid``.

    Args:
        properties: of the raster.
        footprint: in WGS 84 (longitude, latitude); of one in two parts, as across the date line,
            the larger part counts. An empty one gives no place.
    """
    parts = shapely.get_parts(footprint)
    if footprint.is_empty or not len(parts):
        return dict(properties)
    centre = max(parts, key=lambda part: (part.area, part.length)).centroid
    return {**properties, "proj:centroid": {"lat": centre.y, "lon": centre.x}}


def tile_texts(properties: Mapping[str, Any], footprints: Iterable[BaseGeometry]) -> list[str]:
    """Return the R2STFT text of each tile of one raster.

    Args:
        properties: STAC properties of the raster.
        footprints: of the tiles, in WGS 84.
    """
    return [r2stft(located(properties, footprint)) for footprint in footprints]
