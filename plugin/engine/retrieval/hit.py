"""What a search answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Hit:
    """One tile found.

    Attributes:
        rank: place, from 1.
        score: cosine of its embedding and the query's, -1 to 1.
        hamming: number of bits in which its code differs from the query's.
        tile: id in the index.
        source: path of its raster.
        geometry: footprint as GeoJSON in WGS 84.
        crs: CRS of its raster, an authority code or WKT.
        acquired: when its raster was taken, ISO 8601 in UTC, or None.
        scale: side of the tile in multiples of the index's tile size.
        window: column, row, width, height in pixels of its raster.
        match: probability that it is what the description means and no look-alike, 0 to 1; None
            where it was not re-ranked.
    """

    rank: int
    score: float
    hamming: int
    tile: int
    source: str
    geometry: dict[str, Any]
    crs: str
    acquired: str | None
    scale: float
    window: tuple[int, int, int, int]
    match: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of the command line and the link."""
        return asdict(self) | {"window": list(self.window)}


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Hits, best first.

    Attributes:
        hits: the tiles found.
        milliseconds: time from query to hits.
        notes: sentences that the user should read, such as sources missing from disk.
    """

    hits: list[Hit]
    milliseconds: float
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON object of the command line and the link."""
        return {
            "hits": [hit.as_dict() for hit in self.hits],
            "milliseconds": self.milliseconds,
            "notes": list(self.notes),
        }
