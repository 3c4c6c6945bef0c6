"""The light of one acquisition: sun, season, haze and sensor, the same for a whole raster."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

SEASONS = ("spring", "summer", "autumn", "winter")


@dataclass(frozen=True, slots=True)
class Light:
    """How the ground is lit and seen.

    Attributes:
        azimuth: where the sun stands, degrees clockwise from north.
        elevation: height of the sun above the horizon in degrees.
        season: one of ``SEASONS``.
        dryness: 0 (lush) to 1 (arid).
        haze: share of air light in the picture, 0 to about 0.25.
        exposure: factor on the brightness.
        contrast: factor around mid grey.
        warmth: -1 (bluish) to 1 (yellowish).
        saturation: factor on the distance from grey.
        blur: standard deviation of the optics' blur in pixels.
        noise: standard deviation of the sensor noise in grey values of 255.
        depth: how dark shadows are, 0 to 1.
    """

    azimuth: float = 150.0
    elevation: float = 45.0
    season: str = "summer"
    dryness: float = 0.4
    haze: float = 0.05
    exposure: float = 1.0
    contrast: float = 1.05
    warmth: float = 0.0
    saturation: float = 1.0
    blur: float = 0.5
    noise: float = 2.5
    depth: float = 0.62

    @property
    def shadow(self) -> tuple[float, float]:
        """Where the shadow of a point one metre high falls: metres east and south of it."""
        reach = 1.0 / math.tan(math.radians(self.elevation))
        angle = math.radians(self.azimuth)
        return -math.sin(angle) * reach, math.cos(angle) * reach

    @property
    def towards_sun(self) -> tuple[float, float, float]:
        """Unit vector to the sun: east, south, up."""
        angle, height = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(height)
        return math.sin(angle) * flat, -math.cos(angle) * flat, math.sin(height)

    def shade(self, east: float, south: float, slope_deg: float) -> float:
        """Return the brightness of a plane relative to level ground.

        Args:
            east: horizontal part of the plane's outward normal (unit length with ``south``).
            south: see ``east``.
            slope_deg: how steep the plane is.
        """
        slope = math.radians(slope_deg)
        sx, sy, sz = self.towards_sun
        lit = (east * sx + south * sy) * math.sin(slope) + sz * math.cos(slope)
        ambient = 0.45
        return (ambient + max(lit, 0.0)) / (ambient + sz)


def random_light(rng: np.random.Generator) -> Light:
    """Draw the light of one scene, spread over what aerial archives hold."""
    return Light(
        azimuth=float(rng.uniform(95, 265)),
        elevation=float(rng.uniform(30, 64)),
        season=str(rng.choice(SEASONS, p=(0.25, 0.4, 0.2, 0.15))),
        dryness=float(rng.uniform(0, 1)),
        haze=float(rng.uniform(0, 0.16)),
        exposure=float(rng.uniform(0.82, 1.16)),
        contrast=float(rng.uniform(0.92, 1.28)),
        warmth=float(rng.uniform(-0.8, 0.9)),
        saturation=float(rng.uniform(0.65, 1.15)),
        blur=float(rng.uniform(0.3, 0.75)),
        noise=float(rng.uniform(1.0, 4.5)),
        depth=float(rng.uniform(0.5, 0.74)),
    )
