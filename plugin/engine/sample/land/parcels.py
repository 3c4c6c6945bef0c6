"""Splits land into irregular parcels with roads between them and gives each a use."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from .zones import Zone, polygons

#: Metres between the middles of neighbouring parcels.
SPACING = 235.0
#: Metres from the middle of a road to the parcels along it.
_HALF_ROAD = 5.5
#: A parcel that no circle of this radius fits in is left as a meadow.
_SMALLEST = 40.0

#: Uses from the middle of the town outwards, with how often each is wanted.
_USES: tuple[tuple[str, float], ...] = (
    ("buildings", 1.0),
    ("parkinglot", 0.8),
    ("intersection", 1.0),
    ("denseresidential", 1.1),
    ("tenniscourt", 0.9),
    ("mediumresidential", 1.1),
    ("baseballdiamond", 0.9),
    ("mobilehomepark", 0.9),
    ("storagetanks", 0.9),
    ("golfcourse", 1.0),
    ("sparseresidential", 1.0),
    ("agricultural", 1.4),
    ("forest", 1.1),
    ("chaparral", 0.9),
)


@dataclass(frozen=True)
class Parcel:
    """A parcel: use (a scene class or ``meadow``), outline in metres, direction, remoteness."""

    kind: str
    area: shapely.Polygon
    angle: float
    rural: bool


@dataclass(frozen=True)
class Plan:
    """Parcels and the straight road pieces (line, whether rural) between them."""

    parcels: list[Parcel]
    roads: list[tuple[shapely.LineString, bool]]


def split_land(canvas: shapely.Polygon, taken: Zone, frame: shapely.Polygon, seed: int) -> Plan:
    """Split land into parcels.

    The parcels are the Voronoi cells of a turned, jittered grid, drawn in by half a road.

    Args:
        canvas: what is to be split, metres.
        taken: what has another use already.
        frame: what will be seen; uses are shared out among the parcels in it.
        seed: chooses the plan.
    """
    rng = np.random.default_rng((seed, 4003))
    west, south, east, north = canvas.bounds
    centre = np.array(((west + east) / 2, (south + north) / 2))
    reach = math.hypot(east - west, north - south) / 2 + 2 * SPACING
    n = math.ceil(reach / SPACING)
    steps = np.stack(np.meshgrid(np.arange(-n, n + 1.0), np.arange(-n, n + 1.0)), axis=-1)
    steps[1::2, :, 0] += 0.5
    steps += rng.uniform(-0.27, 0.27, steps.shape)
    turn = float(rng.uniform(0, math.pi / 2))
    c, s = math.cos(turn), math.sin(turn)
    points = steps.reshape(-1, 2) * SPACING @ np.array(((c, s), (-s, c))) + centre
    around = shapely.box(west, south, east, north).buffer(2 * SPACING)
    points = points[shapely.contains_xy(around, points[:, 0], points[:, 1])]
    seeds = shapely.MultiPoint(points)
    cells = list(shapely.voronoi_polygons(seeds).geoms)
    edges = shapely.voronoi_polygons(seeds, only_edges=True)
    town = _towns(frame, rng)
    shapely.prepare(canvas)
    rough: list[tuple[shapely.Polygon, float]] = []
    for cell in cells:
        if not canvas.intersects(cell):
            continue
        for part in polygons(taken.cut(canvas.intersection(cell))):
            for area in polygons(part.buffer(-_HALF_ROAD, join_style="mitre")):
                if area.area > 60:
                    rough.append((area, _distance(town, area.centroid)))
    roads = _roads(edges, canvas, taken, town)
    return Plan(_share_out(rough, frame, rng), roads)


def _towns(frame: shapely.Polygon, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    west, north, east, south = frame.bounds
    count = max(1, round((east - west) * (south - north) / 8e6))
    share = rng.uniform(0.3, 0.7, (count, 2)) if count == 1 else rng.uniform(0, 1, (count, 2))
    result: npt.NDArray[np.float64] = np.array((west, north)) + share * (east - west, south - north)
    return result


def _distance(towns: npt.NDArray[np.float64], point: shapely.Point) -> float:
    return float(np.hypot(towns[:, 0] - point.x, towns[:, 1] - point.y).min())


def _roads(
    edges: shapely.Geometry,
    canvas: shapely.Polygon,
    taken: Zone,
    towns: npt.NDArray[np.float64],
) -> list[tuple[shapely.LineString, bool]]:
    result = []
    for line in getattr(edges, "geoms", [edges]):
        for a, b in pairwise(line.coords):
            whole = shapely.LineString([a, b])
            if not canvas.intersects(whole):
                continue
            rest = taken.cut(whole)
            for piece in getattr(rest, "geoms", [rest]):
                if piece.geom_type == "LineString" and piece.length > 3:
                    result.append((piece, _distance(towns, piece.centroid) > 620))
    return result


def _share_out(
    rough: list[tuple[shapely.Polygon, float]], frame: shapely.Polygon, rng: np.random.Generator
) -> list[Parcel]:
    """Give the parcels their uses: town uses near the middle, each use its share."""
    usable = [
        k for k, (area, _) in enumerate(rough) if not _seen(area, frame).buffer(-_SMALLEST).is_empty
    ]
    kinds = ["meadow"] * len(rough)
    if usable:
        wanted = np.array([weight for _, weight in _USES])
        ends = np.cumsum(wanted) / wanted.sum() * len(usable)
        remote = np.array([rough[k][1] for k in usable]) + rng.normal(0, 60, len(usable))
        for place, k in enumerate(np.argsort(remote, kind="stable")):
            use = int(np.searchsorted(ends, place + 0.5))
            kinds[usable[int(k)]] = _USES[min(use, len(_USES) - 1)][0]
    parcels = []
    for (area, away), kind in zip(rough, kinds, strict=True):
        parcels.append(Parcel(kind, area, _direction(area), away > 620))
    return parcels


def _seen(area: shapely.Polygon, frame: shapely.Polygon) -> shapely.Geometry:
    return area if area.within(frame) else area.intersection(frame)


def _direction(area: shapely.Polygon) -> float:
    """Return the direction of the longest side in radians."""
    corners = np.asarray(area.exterior.coords)
    sides = np.diff(corners, axis=0)
    longest = sides[int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))]
    return math.atan2(float(longest[1]), float(longest[0])) % math.pi
