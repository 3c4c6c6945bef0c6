"""How to search, whatever is searched for: limit, filters and switches, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from ..hit_limits import DEFAULT_HITS
from .engine_geometry import area_message


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """What the dock's switches and the Processing parameters say of a search.

    Attributes:
        limit: how many hits at most.
        within: only tiles that touch this area, or None.
        within_crs: the CRS of ``within``.
        after: acquired on or after this date, ISO 8601, or None.
        before: acquired before this date, or None.
        sensor: platform or instrument, or None.
        gsd: finest and coarsest ground sampling distance in metres, either may be None; or None.
        include_missing: whether tiles count whose image is not on disk.
        likeness: weight of meaning beside look in the likeness to examples, 0 to 1; None for the
            encoder's own.
        rerank: whether the best hits for a description are compared with it once more.
        context: whether hits should be alike in season, sensor and place as well.
    """

    limit: int = DEFAULT_HITS
    within: QgsGeometry | None = None
    within_crs: QgsCoordinateReferenceSystem | None = None
    after: str | None = None
    before: str | None = None
    sensor: str | None = None
    gsd: tuple[float | None, float | None] | None = None
    include_missing: bool = False
    likeness: float | None = None
    rerank: bool = False
    context: bool = False

    @property
    def acquisition_filters(self) -> int:
        """How many of the filters on when, by what and how sharp are set."""
        values = (self.after, self.before, self.sensor, *(self.gsd or ()))
        return sum(value is not None for value in values)

    def params(self) -> dict[str, Any]:
        """Return them as parameters of the engine's ``search`` method."""
        area = None
        if self.within is not None and self.within_crs is not None:
            area = area_message(self.within, self.within_crs)
        return {
            "limit": self.limit,
            "within": area,
            "after": self.after,
            "before": self.before,
            "sensor": self.sensor,
            "gsd": None if self.gsd is None else list(self.gsd),
            "include_missing": self.include_missing,
            "likeness": self.likeness,
            "rerank": self.rerank,
            "context": self.context,
        }
