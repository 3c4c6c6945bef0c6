"""Where things lie in a landscape: coast, river, motorway, airfield and the parcels between.

All of it follows from a seed and the landscape's size, takes a few milliseconds a square
kilometre, and is small: what is painted on a piece is worked out only when it comes into view.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from .course import Course
from .parcels import Parcel, split_land
from .roads import motorway

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


def polygons(geometry: shapely.Geometry) -> Iterator[shapely.Polygon]:
    """Yield the polygons in a geometry, without slivers."""
    for part in getattr(geometry, "geoms", [geometry]):
        if part.geom_type == "Polygon" and part.area > 1.0:
            yield part


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
        self._taken: list[shapely.Geometry] = []
        self.pieces: list[Piece] = []
        reach = math.hypot(width_m, height_m)
        coasts = [self._coast()] if coast and min(width_m, height_m) > 400 else []
        lines = max(1, round(width_m / 4500))
        freeways = self._parallel(lines, reach, 0.22 if coast else 0.1) if width_m > 700 else []
        rivers = self._crossing(max(1, round(height_m / 4500))) if height_m > 700 else []
        self._lay_out(coasts, freeways, rivers, reach)

    def _coast(self) -> Course:
        u = self.height_m
        inland = float(np.clip(0.15 * self.width_m, 170, 420))
        waves = (
            (float(self._rng.uniform(14, 26)), float(self._rng.uniform(700, 1000)), 1.0),
            (float(self._rng.uniform(3, 7)), float(self._rng.uniform(190, 300)), 2.0),
        )
        # Heading north, the land lies to the right.
        return Course(inland, u / 2, -math.pi / 2 + float(self._rng.uniform(-0.1, 0.1)), waves)

    def _parallel(self, count: int, reach: float, shift: float) -> list[Course]:
        del reach
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

    def _band(self, course: Course, reach: float, left: float, right: float) -> shapely.Geometry:
        return shapely.Polygon(course.band(-reach, reach, left, right)).buffer(0)

    def _next_seed(self) -> int:
        return int(self._rng.integers(1 << 30))

    def _lay_out(
        self, coasts: list[Course], freeways: list[Course], rivers: list[Course], reach: float
    ) -> None:
        none = shapely.Polygon()
        sea = shapely.union_all(
            [shapely.Polygon(c.side(-reach, reach, BEACH_LAND, reach)).buffer(0) for c in coasts]
            or [none]
        )
        harbours = [h for c in coasts for h in self._harbours(c)]
        harbour = shapely.union_all([h.buffer(9) for h, _ in harbours] or [none])
        roads = shapely.union_all(
            [self._band(c, reach, -FREEWAY_HALF, FREEWAY_HALF) for c in freeways] or [none]
        )
        decks = shapely.union_all(
            [self._band(c, reach, -h, h) for c in freeways if (h := motorway(c, c.key).half_width)]
            or [none]
        )
        water = shapely.union_all(
            [self._band(c, reach, -RIVER_HALF, RIVER_HALF) for c in rivers] or [none]
        )
        shore = shapely.union_all([sea, harbour])
        airfields = self._airfields(shapely.union_all([shore, roads, water]))
        zones = shapely.union_all([shore, roads, water, *(a for _, a, _, _ in airfields)])
        self._add("background", self._canvas, None, 0.0)
        self._add_parcels(self._canvas.difference(zones))
        # Rivers run through the beach into the sea.
        deep = shapely.union_all(
            [shapely.Polygon(c.side(-reach, reach, -4, reach)).buffer(0) for c in coasts] or [none]
        )
        mouths = shapely.union_all([harbour, water.difference(deep)])
        for course in coasts:
            self._add_line("beach", course, 0.0, reach, mouths, water)
        for course in rivers:
            self._add_line(
                "river", course, RIVER_HALF, reach, shapely.union_all([harbour, decks, deep]), none
            )
        for area, angle in harbours:
            self._add("quay", area.buffer(9, join_style="mitre"), None, angle)
            self._add("harbor", area, area, angle)
        for course in freeways:
            self._add_freeway(course, reach, shapely.union_all([shore, water]), water)
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
        for part in polygons(area.intersection(self._canvas)):
            own = None
            if truth is not None:
                seen = list(polygons(truth.intersection(part).intersection(frame)))
                own = max(seen, key=lambda p: p.area) if seen else None
            self.pieces.append(Piece(kind, part, own, seed, angle, course, rural))

    def _add_line(
        self,
        kind: str,
        course: Course,
        half: float,
        reach: float,
        without: shapely.Geometry,
        doubtful: shapely.Geometry,
    ) -> None:
        """Add a river or a coast in parts.

        Args:
            kind: ``river`` or ``beach``.
            course: its line.
            half: half width of a river in metres.
            reach: metres of the line on each side of its origin.
            without: what is not to be painted.
            doubtful: what is painted but does not count as the class.
        """
        for start in np.arange(-reach, reach, _PART):
            end = start + _PART
            first, last = start - _OVERLAP, end + _OVERLAP
            if kind == "beach":
                band = shapely.Polygon(course.side(first, last, BEACH_LAND, reach)).buffer(0)
                truth = course.band(start, end, -BEACH_SEA, BEACH_LAND)
            else:
                band = shapely.Polygon(course.band(first, last, -half, half)).buffer(0)
                truth = course.band(start, end, -half, half)
            if band.intersects(self._canvas):
                seen = shapely.Polygon(truth).buffer(0).difference(without).difference(doubtful)
                self._add(kind, band.difference(without), seen, course.angle, course)

    def _add_freeway(
        self, course: Course, reach: float, without: shapely.Geometry, water: shapely.Geometry
    ) -> None:
        road = motorway(course, course.key)
        for k, start in enumerate(np.arange(-reach, reach, _PART)):
            end = start + _PART
            kind = "overpass" if k % 2 else "freeway"
            band = shapely.Polygon(
                course.band(start - _OVERLAP, end + _OVERLAP, -FREEWAY_HALF, FREEWAY_HALF)
            ).buffer(0)
            if not band.intersects(self._canvas):
                continue
            truth = shapely.Polygon(course.band(start, end, -FREEWAY_HALF, FREEWAY_HALF)).buffer(0)
            self._add(
                kind, band.difference(without), truth.difference(without), course.angle, course
            )
        wet = self._band(course, reach, -road.half_width, road.half_width).intersection(water)
        for part in polygons(wet):
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

    def _airfields(
        self, without: shapely.Geometry
    ) -> list[tuple[str, shapely.Polygon, float, Course | None]]:
        """Return runways with their aprons, where there is room for them."""
        result: list[tuple[str, shapely.Polygon, float, Course | None]] = []
        taken = without
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
                if length < 280 or not both.within(inner) or both.buffer(14).intersects(taken):
                    continue
                taken = taken.union(both)
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

    def _add_parcels(self, land: shapely.Geometry) -> None:
        frame = shapely.box(0, 0, self.width_m, self.height_m)
        plan = split_land(land, frame, self._next_seed())
        for line, rural in plan.roads:
            (x0, y0), (x1, y1) = line.coords[0], line.coords[-1]
            course = Course((x0 + x1) / 2, (y0 + y1) / 2, math.atan2(y1 - y0, x1 - x0))
            self._add("road", line.buffer(4.0), None, course.angle, course, rural)
        parcel: Parcel
        for parcel in plan.parcels:
            truth = None if parcel.kind == "meadow" else parcel.area
            self._add(parcel.kind, parcel.area, truth, parcel.angle, None, parcel.rural)
