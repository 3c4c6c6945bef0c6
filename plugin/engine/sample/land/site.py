"""The place that a painter fills: its outline, direction, colours and sources of chance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from ..canvas.light import Light
from ..canvas.palette import Palette
from ..things.course import Course

Points = npt.NDArray[np.float64]


@lru_cache(maxsize=256)
def _shrunk(area: shapely.Polygon, margin: float) -> shapely.Geometry:
    smaller = area.buffer(-margin)
    shapely.prepare(smaller)
    return smaller


@dataclass(frozen=True)
class Site:
    """A place to be painted.

    Attributes:
        area: outline in metres; things must stand inside.
        angle: direction the layout follows (radians, clockwise from east on the picture).
        anchor: a point (m) that something worth seeing should be near.
        seed: of everything that stays over the years.
        visit: of what moves: cars, boats, aircraft.
        light: the acquisition.
        palette: colours of the place at that date.
        whole: True if the area covers all that is rendered, so that no mask is needed.
        region: seed that the wild grass of a whole landscape shares; None for a single scene.
        course: the line that roads, rivers, coasts and runways follow; None elsewhere.
    """

    area: shapely.Polygon
    angle: float
    anchor: tuple[float, float]
    seed: int
    visit: int
    light: Light
    palette: Palette
    whole: bool = False
    course: Course | None = None
    region: int | None = None

    @property
    def ground(self) -> int:
        """Seed of ground textures: shared along a course, so that its parts fit together."""
        return self.seed if self.course is None else self.course.key

    def rng(self, stream: int = 0) -> np.random.Generator:
        """Return the chance of lasting things; each stream is independent of the others."""
        return np.random.default_rng((self.seed, stream, 17))

    def moving(self, stream: int = 0) -> np.random.Generator:
        """Return the chance of things that differ between two visits."""
        return np.random.default_rng((self.seed, self.visit, stream, 29))

    @property
    def outline(self) -> Points | None:
        """Corners of the area for masks, or None where everything is to be filled."""
        return None if self.whole else np.asarray(self.area.exterior.coords)[:-1]

    @cached_property
    def radius(self) -> float:
        """Metres from the anchor to the farthest corner."""
        corners = np.asarray(self.area.exterior.coords)
        return float(np.hypot(*(corners - np.asarray(self.anchor)).T).max())

    def inside(self, points: Points, margin: float = 0.0) -> npt.NDArray[np.bool_]:
        """Return which points (n, 2) lie inside, ``margin`` metres from the edge."""
        area = _shrunk(self.area, margin) if margin and not self.whole else self.area
        result: npt.NDArray[np.bool_] = shapely.contains_xy(area, points[:, 0], points[:, 1])
        return result

    def to_world(self, u: npt.ArrayLike, v: npt.ArrayLike) -> Points:
        """Return points (n, 2) from metres along and across the layout, about the anchor."""
        a, b = np.broadcast_arrays(np.asarray(u, np.float64), np.asarray(v, np.float64))
        c, s = math.cos(self.angle), math.sin(self.angle)
        x, y = self.anchor
        return np.stack([x + a * c - b * s, y + a * s + b * c], axis=-1).reshape(-1, 2)

    def grid(
        self, step_u: float, step_v: float, jitter: float, margin: float, stream: int = 50
    ) -> Points:
        """Return places on a jittered grid along the layout that lie inside.

        Args:
            step_u: metres along the layout.
            step_v: metres across.
            jitter: share of a step that places may be off by.
            margin: metres to keep from the edge.
            stream: of the chance used.

        Returns:
            Points (n, 2). On a whole site the grid goes through the anchor.
        """
        nu, nv = math.ceil(self.radius / step_u) + 1, math.ceil(self.radius / step_v) + 1
        u, v = np.meshgrid(np.arange(-nu, nu + 1.0), np.arange(-nv, nv + 1.0))
        shift = self.rng(stream).uniform(-jitter, jitter, (2, *u.shape))
        u, v = u + shift[0], v + shift[1]
        best = self.to_world(u * step_u, v * step_v)
        best = best[self.inside(best, margin)]
        if self.whole or min(step_u, step_v) < 20:
            return best
        # Wide grids on small parcels: move the grid to where most of it fits.
        for k in range(1, 16):
            moved = self.to_world((u + k % 4 / 4) * step_u, (v + k // 4 / 4) * step_v)
            moved = moved[self.inside(moved, margin)]
            if len(moved) > len(best):
                best = moved
        if not len(best):
            middle = np.array([self.anchor])
            best = middle[self.inside(middle, margin)]
        return best

    def scatter(self, spacing: float, margin: float, stream: int = 51) -> Points:
        """Return places without a pattern, about ``spacing`` metres apart, that lie inside."""
        return self.grid(spacing, spacing, 0.62, margin, stream)


def away_from(points: Points, places: list[tuple[float, float]], distance: float) -> Points:
    """Return the points that are at least ``distance`` metres from every place."""
    if not places or not len(points):
        return points
    spots = np.asarray(places)
    keep = np.ones(len(points), dtype=bool)
    for x, y in spots:
        keep &= np.hypot(points[:, 0] - x, points[:, 1] - y) > distance
    return points[keep]
