"""Measures hits against the known classes of the sample imagery.

A tile shows a class when that class covers more of it than any other class does, and at least
a quarter of it. Everything else, related classes included, counts as a wrong hit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyogrio
import shapely

#: A class that covers less of a tile is not what the tile shows.
LEAST_SHARE = 0.25
TOP = 10


@dataclass(frozen=True)
class Place:
    """A footprint on a raster; dates of one place may show different things.

    Attributes:
        area: polygon, longitude and latitude.
        raster: file name of the raster.
    """

    area: shapely.Geometry
    raster: str


class Truth:
    """Areas of known classes on each raster.

    Args:
        places: where the areas are.
        classes: the class of each.
    """

    def __init__(self, places: Sequence[Place], classes: Sequence[str]) -> None:
        self.places = list(places)
        self.classes = list(classes)
        self._tree = shapely.STRtree([place.area for place in places])

    @classmethod
    def read(cls, path: Path) -> Truth:
        """Read the ground truth layer that the sample generator writes."""
        columns = ["scene_class", "raster"]
        _, _, areas, (classes, rasters) = pyogrio.raw.read(path, layer="truth", columns=columns)
        pairs = zip(shapely.from_wkb(areas), rasters, strict=True)
        return cls([Place(area, str(raster)) for area, raster in pairs], list(map(str, classes)))

    def class_of(self, tile: Place) -> str | None:
        """Return the class that a tile shows, or None if it shows no known class."""
        shares: dict[str, float] = {}
        for number in self._tree.query(tile.area, predicate="intersects"):
            own = self.places[number]
            if own.raster == tile.raster:
                covered = own.area.intersection(tile.area).area / tile.area.area
                name = self.classes[number]
                shares[name] = shares.get(name, 0.0) + covered
        best = max(shares, key=shares.__getitem__, default=None)
        return best if best is not None and shares[best] >= LEAST_SHARE else None


def precision_at_10(shown: Sequence[str | None], wanted: str) -> float:
    """Return the share of the first ten hits that show ``wanted``; missing hits count as wrong."""
    return sum(name == wanted for name in shown[:TOP]) / TOP


def chance(shown: Sequence[str | None], wanted: str) -> float:
    """Return the share of all tiles that show ``wanted``: the precision of drawing lots."""
    return sum(name == wanted for name in shown) / max(len(shown), 1)
