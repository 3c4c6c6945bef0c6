"""Where things lie in a landscape: coast, river, motorway, airfield and the parcels between.

All of it follows from a seed and the landscape's size, takes a few milliseconds a square
kilometre, and is small: what is painted on a piece is worked out only when it comes into view.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from ..things.course import Course
from ..things.roads import motorway
from .parcels import Parcel, split_land
from .zones import Zone, polygons

#: Metres on each side of a line that belong to it.
RIVER_HALF = 64.0
FREEWAY_HALF = 62.0
RUNWAY_HALF = 66.0
#: Metres from the waterline that the beach reaches inland, and that count as beach seawards.
BEACH_LAND, BEACH_SEA = 82.0, 86.0
#: Long pieces are cut into parts of this length, so that none is costly to paint.
_PART = 380.0
#: Neighbouring parts overlap by this much, which hides the smoothing at their edges.
_OVERLAP = 2.0


@dataclass(frozen=True)
class Piece:
    """A part of the landscape that is painted as one.

    Attributes:
        kind: a scene class, or ``background``, ``road``, ``meadow``, ``quay``, ``bridge``.
        area: what is painted, metres east and south of the north-west corner.
        truth: the part that counts as the class, None where ``kind`` is no class.
        seed: of the piece.
        angle: direction of its layout in radians.
        course: the line it follows, if any.
        rural: whether it lies far from the town.
    """

    kind: str
    area: shapely.Polygon
    truth: shapely.Polygon | None
    seed: int
    angle: float
    course: Course | None = None
    rural: bool = False


class Layout:
    """The plan of a landscape.

    Args:
        seed: chooses the plan.
        width_m: extent to the east in metres.
        height_m: extent to the south in metres.
        coast: whether the sea lies in the west.
    """

    def __init__(self, seed: int, width_m: float, height_m: float, *, coast: bool) -> None:
        self.width_m, self.height_m = width_m, height_m
        self.seed = seed
        self._rng = np.random.default_rng((seed, 4001))
        self._canvas = shapely.box(-25, -25, width_m + 25, height_m + 25)
        self.pieces: list[Piece] = []
        self._reach = math.hypot(width_m, height_m)
        coasts = [self._coast()] if coast and min(width_m, height_m) > 400 else []
        lines = max(1, round(width_m / 4500))
        freeways = self._parallel(lines, 0.22 if coast else 0.1) if width_m > 700 else []
        rivers = self._crossing(max(1, round(height_m / 4500))) if height_m > 700 else []
        self._lay_out(coasts, freeways, rivers)

    def _coast(self) -> Course:
        u = self.height_m
        inland = float(np.clip(0.15 * self.width_m, 170, 420))
        waves = (
            (float(self._rng.uniform(14, 26)), float(self._rng.uniform(700, 1000)), 1.0),
            (float(self._rng.uniform(3, 7)), float(self._rng.uniform(190, 300)), 2.0),
        )
        # Heading north, the land lies to the right.
        return Course(inland, u / 2, -math.pi / 2 + float(self._rng.uniform(-0.1, 0.1)), waves)

    def _parallel(self, count: int, shift: float) -> list[Course]:
        result = []
        for k in range(count):
            x = self.width_m * (
                shift + (1 - shift) * (k + float(self._rng.uniform(0.52, 0.68))) / count
            )
            x = self.width_m * 0.62 if count == 1 else x
            angle = math.pi / 2 + float(self._rng.uniform(-0.22, 0.22))
            waves = (
                (
                    float(self._rng.uniform(15, 40)),
                    float(self._rng.uniform(1500, 2600)),
                    float(self._rng.uniform(0, 6.3)),
                ),
            )
            result.append(Course(x, self.height_m / 2, angle, waves))
        return result

    def _crossing(self, count: int) -> list[Course]:
        result = []
        for k in range(count):
            y = self.height_m * (k + float(self._rng.uniform(0.25, 0.4))) / count
            angle = float(self._rng.uniform(-0.15, 0.15))
            waves = (
                (
                    float(self._rng.uniform(40, 65)),
                    float(self._rng.uniform(650, 900)),
                    float(self._rng.uniform(0, 6.3)),
                ),
                (
                    float(self._rng.uniform(5, 12)),
                    float(self._rng.uniform(150, 260)),
                    float(self._rng.uniform(0, 6.3)),
                ),
            )
            result.append(Course(self.width_m / 2, y, angle, waves))
        return result

    def _bands(self, courses: list[Course], left: float, right: float) -> Zone:
        """Return the band between two distances from the lines, in parts."""
        parts = [
            shapely.Polygon(course.band(first, last, left, right, step=20.0)).buffer(0)
            for course in courses
            for first, last in self._parts()
        ]
        return Zone(parts)

    def _seaward(self, coasts: list[Course], right: float) -> Zone:
        """Return all that lies seaward of a distance from the waterline, in parts."""
        parts = [
            shapely.Polygon(course.side(first, last, right, self._reach, step=20.0)).buffer(0)
            for course in coasts
            for first, last in self._parts()
        ]
        return Zone(parts)

    def _parts(self) -> list[tuple[float, float]]:
        starts = np.arange(-self._reach, self._reach, _PART)
        return [(float(a) - _OVERLAP, float(a) + _PART + _OVERLAP) for a in starts]

    def _next_seed(self) -> int:
        return int(self._rng.integers(1 << 30))

    def _lay_out(self, coasts: list[Course], freeways: list[Course], rivers: list[Course]) -> None:
        sea = self._seaward(coasts, BEACH_LAND)
        # Rivers run through the beach into the sea, between narrow banks.
        deep = self._seaward(coasts, -4.0)
        harbours = [h for c in coasts for h in self._harbours(c)]
        harbour = Zone([h.buffer(9) for h, _ in harbours])
        roads = self._bands(freeways, -FREEWAY_HALF, FREEWAY_HALF)
        water = self._bands(rivers, -RIVER_HALF, RIVER_HALF)
        beds = self._bands(rivers, -28.0, 28.0)
        decks = Zone(
            [
                part
                for c in freeways
                for half in (motorway(c, c.key).half_width,)
                for part in self._bands([c], -half, half).parts
            ]
        )
        taken = Zone([*sea.parts, *harbour.parts, *roads.parts, *water.parts])
        airfields = self._airfields(taken)
        taken = Zone([*taken.parts, *(area for _, area, _, _ in airfields)])
        self._add("background", self._canvas, None, 0.0)
        self._add_parcels(taken)
        mouths = Zone([deep.cut(bed) for bed in beds.parts])
        for course in coasts:
            for first, last in self._parts():
                part = shapely.Polygon(course.side(first, last, BEACH_LAND, self._reach)).buffer(0)
                band = (first + _OVERLAP, last - _OVERLAP, -BEACH_SEA, BEACH_LAND)
                truth = beds.cut(harbour.cut(shapely.Polygon(course.band(*band)).buffer(0)))
                self._add("beach", mouths.cut(harbour.cut(part)), truth, course.angle, course)
        shore = Zone([beds.cut(part) for part in sea.parts])
        for course in rivers:
            for first, last in self._parts():
                part = shapely.Polygon(course.band(first, last, -RIVER_HALF, RIVER_HALF)).buffer(0)
                part = shore.cut(deep.cut(decks.cut(harbour.cut(part))))
                band = (first + _OVERLAP, last - _OVERLAP, -RIVER_HALF, RIVER_HALF)
                truth = sea.cut(shapely.Polygon(course.band(*band)).buffer(0))
                self._add("river", part, truth, course.angle, course)
        for area, angle in harbours:
            self._add("quay", area.buffer(9, join_style="mitre"), None, angle)
            self._add("harbor", area, area, angle)
        for course in freeways:
            self._add_freeway(course, sea, harbour, water)
        for kind, area, angle, line in airfields:
            self._add(kind, area, area.buffer(-2), angle, line)

    def _add(
        self,
        kind: str,
        area: shapely.Geometry,
        truth: shapely.Geometry | None,
        angle: float,
        course: Course | None = None,
        rural: bool = False,
    ) -> None:
        frame = shapely.box(0, 0, self.width_m, self.height_m)
        seed = self._next_seed()
        if not area.within(self._canvas):
            area = area.intersection(self._canvas)
        for part in polygons(area):
            own = None
            if truth is not None:
                whole = truth if truth.equals(part) else truth.intersection(part)
                seen = list(polygons(whole if whole.within(frame) else whole.intersection(frame)))
                own = max(seen, key=lambda p: p.area) if seen else None
            self.pieces.append(Piece(kind, part, own, seed, angle, course, rural))

    def _add_freeway(self, course: Course, sea: Zone, harbour: Zone, water: Zone) -> None:
        half = motorway(course, course.key).half_width
        for k, (first, last) in enumerate(self._parts()):
            band = shapely.Polygon(course.band(first, last, -FREEWAY_HALF, FREEWAY_HALF)).buffer(0)
            if not band.intersects(self._canvas):
                continue
            start, end = first + _OVERLAP, last - _OVERLAP
            truth = shapely.Polygon(course.band(start, end, -FREEWAY_HALF, FREEWAY_HALF)).buffer(0)
            kind = "overpass" if k % 2 else "freeway"
            area, seen = (water.cut(harbour.cut(sea.cut(g))) for g in (band, truth))
            self._add(kind, area, seen, course.angle, course)
        for first, last in self._parts():
            deck = shapely.Polygon(course.band(first, last, -half, half)).buffer(0)
            for part in polygons(deck.intersection(water.near(deck))):
                self._add("bridge", part.buffer(16), None, course.angle, course)

    def _harbours(self, coast: Course) -> list[tuple[shapely.Polygon, float]]:
        result = []
        count = max(1, int(self.height_m / 3000))
        for k in range(count):
            middle = ((k + float(self._rng.uniform(0.25, 0.4))) / count - 0.5) * self.height_m
            half = min(170.0, self.height_m * 0.16)
            corners = coast.points(
                np.array([middle - half, middle + half, middle + half, middle - half]),
                np.array([-130.0, -130.0, 95.0, 95.0]),
            )
            area = shapely.Polygon(corners).intersection(self._canvas)
            result += [(p, coast.angle + math.pi / 2) for p in polygons(area)]
        return result

    def _airfields(self, taken: Zone) -> list[tuple[str, shapely.Polygon, float, Course | None]]:
        """Return runways with their aprons, where there is room for them."""
        result: list[tuple[str, shapely.Polygon, float, Course | None]] = []
        mine: list[shapely.Geometry] = []
        wanted = max(1, round(self.width_m * self.height_m / 9e6))
        inner = shapely.box(10, 10, self.width_m - 10, self.height_m - 10)
        for _ in range(wanted):
            for attempt in range(80):
                length = float(self._rng.uniform(760, 1000)) * (1 - attempt / 130)
                length = min(length, 0.9 * max(self.width_m, self.height_m))
                angle = float(self._rng.uniform(-0.35, 0.35)) + math.pi / 2 * int(
                    self._rng.integers(2)
                )
                x = float(self._rng.uniform(0, self.width_m))
                y = float(self._rng.uniform(0, self.height_m))
                course = Course(x, y, angle)
                half = length / 2
                strip = shapely.Polygon(course.band(-half, half, -RUNWAY_HALF, RUNWAY_HALF))
                apron = shapely.Polygon(
                    course.band(-half * 0.5, half * 0.5, RUNWAY_HALF, RUNWAY_HALF + 165)
                )
                both = strip.union(apron)
                around = both.buffer(14)
                if length < 280 or not both.within(inner) or taken.touches(around):
                    continue
                if any(around.intersects(other) for other in mine):
                    continue
                mine.append(both)
                for start in np.arange(-half, half, _PART):
                    end = min(start + _PART, half)
                    if end - start > 1:
                        part = course.band(
                            start - _OVERLAP * (start > -half), end, -RUNWAY_HALF, RUNWAY_HALF
                        )
                        result.append(("runway", shapely.Polygon(part), angle, course))
                for side in (-1, 1):
                    ends = (min(0.0, side * half * 0.5), max(0.0, side * half * 0.5))
                    part = course.band(*ends, RUNWAY_HALF, RUNWAY_HALF + 165)
                    result.append(("airplane", shapely.Polygon(part), angle, None))
                break
        return result

    def _add_parcels(self, taken: Zone) -> None:
        frame = shapely.box(0, 0, self.width_m, self.height_m)
        plan = split_land(self._canvas, taken, frame, self._next_seed())
        for line, rural in plan.roads:
            (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
            course = Course((x0 + x1) / 2, (y0 + y1) / 2, math.atan2(y1 - y0, x1 - x0))
            self._add("road", line.buffer(4.0), None, course.angle, course, rural)
        parcel: Parcel
        for parcel in plan.parcels:
            truth = None if parcel.kind == "meadow" else parcel.area
            self._add(parcel.kind, parcel.area, truth, parcel.angle, None, parcel.rural)
