"""Road surfaces with lanes, edge lines and verges, and the cars on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, Points, Texture
from ..canvas.noise import FloatArray, Patch
from ..canvas.palette import Colour
from .course import Course
from .vehicles import cars, lorries

_WHITE = np.array((226, 226, 220), dtype=np.float32)
_YELLOW = np.array((206, 172, 76), dtype=np.float32)


@dataclass(frozen=True)
class Road:
    """A road along a course.

    Attributes:
        course: the middle of the road.
        lanes: lanes each way.
        lane: width of a lane in metres.
        median: width of what separates the two directions; 0 for a painted line.
        shoulder: paved width outside the outer lanes.
        offset: metres that the road's middle lies right of the course.
    """

    course: Course
    lanes: int = 1
    lane: float = 3.5
    median: float = 0.0
    shoulder: float = 0.6
    offset: float = 0.0

    @property
    def half_width(self) -> float:
        """Metres from the middle to the edge of the pavement."""
        return self.median / 2 + self.lanes * self.lane + self.shoulder

    def band(self, start: float, end: float, extra: float = 0.0) -> Points:
        """Return the outline of the pavement between two places along the course."""
        half = self.half_width + extra
        return self.course.band(start, end, self.offset - half, self.offset + half)

    def surface(self, colour: Colour, median: Texture | None, seed: int) -> Texture:
        """Return pavement with its markings; ``median`` covers what separates the directions."""
        base = surfaces.asphalt(colour, seed)

        def texture(p: Patch) -> FloatArray:
            picture = base(p)
            u, across = self.course.frame(p.x, p.y)
            d = across - np.float32(self.offset)
            side = np.abs(d) - np.float32(self.median / 2)
            # Tyres polish two tracks in every lane and oil darkens its middle.
            in_lane = np.cos((side / self.lane) * np.float32(2 * np.pi))
            worn = np.clip(side / 0.5, 0, 1) * (side < self.lanes * self.lane)
            picture *= (1 + 0.045 * in_lane * worn)[..., None]
            edge = surfaces.stripe(side - self.lanes * self.lane, 0.18, p.gsd)
            if self.lanes > 1 or self.half_width > 4:
                picture += (_WHITE - picture) * (0.75 * edge)[..., None]
            dashes = np.clip((3.2 - np.abs(surfaces.repeated(u, 12.0)) * 2) / p.gsd + 0.5, 0, 1)
            for line in range(1, self.lanes):
                cover = surfaces.stripe(side - line * self.lane, 0.2, p.gsd) * dashes
                picture += (_WHITE - picture) * (0.8 * cover)[..., None]
            if self.median > 1.0 and median is not None:
                inner = np.clip(-side / p.gsd + 0.5, 0, 1)
                inside_line = surfaces.stripe(side - 0.4, 0.2, p.gsd)
                picture += (_YELLOW - picture) * (0.6 * inside_line)[..., None]
                picture += (median(p) - picture) * inner[..., None]
            else:
                middle = np.maximum(
                    surfaces.stripe(d - 0.18, 0.16, p.gsd), surfaces.stripe(d + 0.18, 0.16, p.gsd)
                )
                picture += (_YELLOW - picture) * (0.7 * middle)[..., None]
            return picture

        return texture

    def traffic(
        self,
        d: Drawing,
        start: float,
        end: float,
        gap: float,
        rng: np.random.Generator,
        kind: str = "car",
        heavy: float = 0.08,
    ) -> None:
        """Put vehicles on the lanes, on average ``gap`` metres apart in each."""
        if end <= start:
            return
        for direction in (-1, 1):
            for lane in range(self.lanes):
                count = int(rng.poisson(max(end - start, 0) / gap))
                u = np.sort(rng.uniform(start, end, count))
                if count > 1:
                    u = u[np.concatenate([[True], np.diff(u) > 14])]
                middle = self.offset + direction * (self.median / 2 + (lane + 0.5) * self.lane)
                across = middle + rng.normal(0, 0.15, len(u))
                points = self.course.points(u, across) if len(u) else np.zeros((0, 2))
                heading = self.course.heading(u) + (0.0 if direction > 0 else np.pi)
                big = rng.random(len(u)) < heavy
                lorries(d, points[big, 0], points[big, 1], heading[big], rng)
                cars(d, points[~big, 0], points[~big, 1], heading[~big], rng)
                for x, y in points:
                    d.mark(kind, x, y, 2.2)


def motorway(course: Course, seed: int, offset: float = 0.0) -> Road:
    """Return the divided motorway along a course; the seed chooses lanes and median."""
    rng = np.random.default_rng((seed, 77))
    return Road(
        course,
        lanes=int(rng.choice((2, 3, 3, 4))),
        lane=3.6,
        median=float(rng.choice((1.6, 5.0, 9.0, 14.0))),
        shoulder=float(rng.uniform(1.5, 3.0)),
        offset=offset,
    )
