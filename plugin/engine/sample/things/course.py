"""A gently winding line through the landscape: rivers, coasts, roads and runways follow one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..canvas.noise import FloatArray

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """A curve ``v = sum(a sin(2 pi u / wavelength + phase))`` in a turned frame, in metres.

    A graph over a straight axis gives each pixel its place along and across the line in closed
    form, which is what the textures of roads and water need.

    Attributes:
        x: a point of the axis, metres east.
        y: the same, metres south.
        angle: direction of the axis in radians, clockwise from east as seen on the picture.
        waves: triples of amplitude (m), wavelength (m) and phase (rad).
    """

    x: float
    y: float
    angle: float
    waves: tuple[tuple[float, float, float], ...] = ()

    @property
    def key(self) -> int:
        """A seed that all who follow this line share."""
        return int(abs(self.x) * 3 + abs(self.y) * 7)

    def _offset(self, u: FloatArray) -> FloatArray:
        total = np.zeros_like(u)
        for amplitude, length, phase in self.waves:
            total = total + amplitude * np.sin(u * (2 * math.pi / length) + phase)
        return total

    def _slope(self, u: FloatArray) -> FloatArray:
        total = np.zeros_like(u)
        for amplitude, length, phase in self.waves:
            k = 2 * math.pi / length
            total = total + amplitude * k * np.cos(u * k + phase)
        return total

    def frame(self, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return (metres along, metres to the right of) the line for each point (broadcast)."""
        c, s = math.cos(self.angle), math.sin(self.angle)
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        u = dx * np.float32(c) + dy * np.float32(s)
        v = dy * np.float32(c) - dx * np.float32(s)
        if not self.waves:
            return u, v
        slope = self._slope(u)
        across = (v - self._offset(u)) / np.sqrt(1 + slope * slope)
        return u, across.astype(np.float32)

    def points(self, u: npt.ArrayLike, d: npt.ArrayLike = 0.0) -> Points:
        """Return the points at ``u`` metres along and ``d`` metres across, shape (n, 2)."""
        along, across = np.broadcast_arrays(
            np.atleast_1d(np.asarray(u, dtype=np.float64)), np.asarray(d, dtype=np.float64)
        )
        slope = self._slope(along)
        norm = np.sqrt(1 + slope * slope)
        a = along - across * slope / norm
        b = self._offset(along) + across / norm
        c, s = math.cos(self.angle), math.sin(self.angle)
        points: Points = np.stack([self.x + a * c - b * s, self.y + a * s + b * c], axis=-1)
        return points

    def heading(self, u: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return the direction of the line at ``u`` in radians."""
        along = np.atleast_1d(np.asarray(u, dtype=np.float64))
        return self.angle + np.arctan(self._slope(along))

    def band(
        self, start: float, end: float, left: float, right: float, step: float = 8.0
    ) -> Points:
        """Return the outline of the band between two distances across, shape (n, 2)."""
        u = np.linspace(start, end, max(2, math.ceil((end - start) / step) + 1))
        return np.concatenate([self.points(u, left), self.points(u[::-1], right)])

    def side(self, start: float, end: float, right: float, far: float, step: float = 8.0) -> Points:
        """Return the outline of all that lies left of ``right`` metres across, shape (n, 2).

        The far side is straight, ``far`` metres away, since offset curves cross themselves there.
        """
        u = np.linspace(start, end, max(2, math.ceil((end - start) / step) + 1))
        c, s = math.cos(self.angle), math.sin(self.angle)
        corners = [(self.x + a * c + far * s, self.y + a * s - far * c) for a in (start, end)]
        return np.concatenate([self.points(u[::-1], right), np.array(corners)])
