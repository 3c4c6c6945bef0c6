"""One search result on the QGIS side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qgis.core import QgsGeometry, QgsRectangle

from ..source_files import names
from .geojson_geometry import polygon_from_geojson


@dataclass(frozen=True, slots=True)
class Hit:
    """A tile that resembles the query.

    Attributes:
        rank: 1 for the most similar.
        score: cosine similarity, from -1 to 1.
        hamming: number of code bits that differ from the query's.
        tile: id in the index.
        source: path of the raster.
        geometry: footprint, longitude and latitude in WGS 84.
        acquired: ISO 8601 date or time, or empty where unknown.
        scale: tile size as a multiple of the index's.
        match: probability that it is what the description means and no look-alike, 0 to 1; None
            where it was not re-ranked.
    """

    rank: int
    score: float
    hamming: int
    tile: int
    source: str
    geometry: QgsGeometry
    acquired: str
    scale: float
    match: float | None = None

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Hit:
        """Return the hit that the engine sent as a JSON object."""
        match = message.get("match")
        return cls(
            rank=int(message["rank"]),
            score=float(message["score"]),
            hamming=int(message["hamming"]),
            tile=int(message["tile"]),
            source=str(message["source"]),
            geometry=polygon_from_geojson(message["geometry"]),
            acquired=str(message.get("acquired") or ""),
            scale=float(message.get("scale") or 1.0),
            match=None if match is None else float(match),
        )

    @property
    def source_name(self) -> str:
        """The raster's file name without folders, with the part that it is of a file."""
        return names.shown(self.source)

    @property
    def date(self) -> str:
        """The acquisition day as ``YYYY-MM-DD``, or empty where unknown."""
        return self.acquired[:10]

    def extent(self) -> QgsRectangle:
        """Return the bounding box of the footprint, in WGS 84."""
        return self.geometry.boundingBox()
