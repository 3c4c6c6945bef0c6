"""The record of what a scene consists of, in metres, ready to be rendered window by window.

Ground surfaces are textures under a mask; things that stand on the ground are flat polygons and
tree crowns in painting order. Positions are metres east (x) and south (y) of the origin.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt

from .light import Light
from .noise import FloatArray, Patch
from .palette import Colour

#: Returns the colour of each pixel of a patch, float32 (height, width, 3), 0 to 255.
Texture = Callable[[Patch], FloatArray]
Points = npt.NDArray[np.float64]
Kind = Literal["object", "flat", "shadow"]


@dataclass(frozen=True)
class Fill:
    """A ground surface: a texture inside an outline, or everywhere if there is none."""

    texture: Texture
    outline: Points | None
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Polygons:
    """Polygons with the same number of corners: points (n, k, 2) and colours (n, 3)."""

    kind: Kind
    points: npt.NDArray[np.float32]
    colours: npt.NDArray[np.uint8]
    bounds: npt.NDArray[np.float32]


@dataclass(frozen=True)
class Crowns:
    """Tree crowns and bushes: centre x, y, radius, height (n, 4); variant; colours."""

    places: npt.NDArray[np.float32]
    variants: npt.NDArray[np.int64]
    tints: tuple[Colour, ...]
    tint_index: npt.NDArray[np.int64]


@dataclass
class Drawing:
    """A scene under one light, recorded by a painter.

    Attributes:
        light: the light it is drawn for (shadows and roof shading depend on it).
        fills: ground surfaces, bottom first.
        items: things on the ground, bottom first.
        marks: countable things by kind: (x, y, radius) in metres.
        facts: words a caption may use, such as ``{"water": "green"}``.
    """

    light: Light
    fills: list[Fill] = field(default_factory=list)
    items: list[Polygons | Crowns] = field(default_factory=list)
    marks: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)

    def fill(self, texture: Texture, outline: npt.ArrayLike | None = None) -> None:
        """Cover the ground inside ``outline`` (n, 2), or all of it, with a texture."""
        if outline is None:
            self.fills.append(Fill(texture, None, None))
            return
        points = np.asarray(outline, dtype=np.float64)
        low, high = points.min(axis=0), points.max(axis=0)
        bounds = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        self.fills.append(Fill(texture, points, bounds))

    def mark(self, kind: str, x: float, y: float, radius: float) -> None:
        """Note a thing that captions may count."""
        self.marks.setdefault(kind, []).append((float(x), float(y), float(radius)))

    def polygons(
        self,
        points: npt.ArrayLike,
        colours: npt.ArrayLike = (0, 0, 0),
        kind: Kind = "object",
    ) -> None:
        """Draw polygons (n, k, 2) or one (k, 2).

        Args:
            points: corners in metres.
            colours: one (3,) or one a polygon (n, 3), 0 to 255.
            kind: ``object`` stands in the light, ``flat`` is paint that shadows fall on, and
                ``shadow`` only darkens.
        """
        corners = np.asarray(points, dtype=np.float32)
        if corners.ndim == 2:
            corners = corners[None]
        if not len(corners):
            return
        paint = np.clip(np.asarray(colours, dtype=np.float64), 0, 255).astype(np.uint8)
        paint = np.broadcast_to(paint, (len(corners), 3))
        bounds = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
        self.items.append(Polygons(kind, corners, paint, bounds))

    def shadows(self, bases: npt.ArrayLike, height: npt.ArrayLike) -> None:
        """Cast the shadows of upright prisms on convex bases (n, k, 2) or (k, 2).

        Args:
            bases: outlines on the ground in metres.
            height: metres, one for all or one for each.
        """
        corners = np.asarray(bases, dtype=np.float64)
        if corners.ndim == 2:
            corners = corners[None]
        if not len(corners):
            return
        reach = np.asarray(self.light.shadow) * np.broadcast_to(
            np.asarray(height, dtype=np.float64), (len(corners),)
        ).reshape(-1, 1)
        # The shadow of a convex prism is its base, the base moved, and what every side sweeps.
        moved = corners + reach[:, None, :]
        after = np.roll(corners, -1, axis=1)
        sides = np.stack([corners, after, after + reach[:, None, :], moved], axis=2)
        self.polygons(sides.reshape(-1, 4, 2), kind="shadow")
        self.polygons(moved, kind="shadow")

    def crowns(
        self,
        x: npt.ArrayLike,
        y: npt.ArrayLike,
        radius: npt.ArrayLike,
        tints: Sequence[Colour],
        rng: np.random.Generator,
        height: npt.ArrayLike | None = None,
    ) -> None:
        """Draw tree crowns or bushes with their shadows.

        Args:
            x: centres, metres.
            y: centres, metres.
            radius: metres.
            tints: colours to choose from.
            rng: chooses tint and shape.
            height: metres above ground that the shadow is thrown from; 1.1 radii if not given.
        """
        xs = np.atleast_1d(np.asarray(x, dtype=np.float32))
        if not len(xs):
            return
        ys = np.atleast_1d(np.asarray(y, dtype=np.float32))
        rs = np.broadcast_to(np.asarray(radius, dtype=np.float32), xs.shape)
        hs = rs * np.float32(1.1) if height is None else np.asarray(height, dtype=np.float32)
        places = np.stack([xs, ys, rs, np.broadcast_to(hs, xs.shape)], axis=1)
        self.items.append(
            Crowns(
                places,
                rng.integers(0, 4, len(xs)),
                tuple(tints),
                rng.integers(0, len(tints), len(xs)),
            )
        )


def rectangle(x: float, y: float, width: float, length: float, angle: float) -> Points:
    """Return the corners (4, 2) of a rectangle; ``width`` lies along ``angle``."""
    c, s = math.cos(angle) / 2, math.sin(angle) / 2
    ax, ay, bx, by = c * width, s * width, -s * length, c * length
    return np.array(
        [
            (x - ax - bx, y - ay - by),
            (x + ax - bx, y + ay - by),
            (x + ax + bx, y + ay + by),
            (x - ax + bx, y - ay + by),
        ]
    )


def disc(x: float, y: float, radius: float, corners: int = 28) -> Points:
    """Return the outline (corners, 2) of a circle."""
    t = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    return np.stack([x + radius * np.cos(t), y + radius * np.sin(t)], axis=1)


def blob(
    x: float, y: float, radius: float, rng: np.random.Generator, uneven: float = 0.25
) -> Points:
    """Return a rounded irregular outline, as of a bunker or a pond, shape (36, 2)."""
    t = np.linspace(0, 2 * math.pi, 36, endpoint=False)
    r = np.ones_like(t)
    for k in (2, 3, 4, 5):
        r = r + uneven / k * rng.uniform(-1.2, 1.2) * np.cos(k * t + rng.uniform(0, 6.3))
    turn, squeeze = rng.uniform(0, math.pi), rng.uniform(0.6, 1.0)
    a, b = radius * r * np.cos(t), radius * r * np.sin(t) * squeeze
    c, s = math.cos(turn), math.sin(turn)
    return np.stack([x + a * c - b * s, y + a * s + b * c], axis=1)


def placed(
    shape: npt.ArrayLike, x: npt.ArrayLike, y: npt.ArrayLike, angle: npt.ArrayLike
) -> Points:
    """Return copies of a shape (k, 2) moved to (x, y) and turned by ``angle``, (n, k, 2)."""
    outline = np.asarray(shape, dtype=np.float64)
    xs = np.atleast_1d(np.asarray(x, dtype=np.float64))
    turn = np.broadcast_to(np.asarray(angle, dtype=np.float64), xs.shape)
    c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
    a, b = outline[None, :, 0], outline[None, :, 1]
    ys = np.broadcast_to(np.asarray(y, dtype=np.float64), xs.shape)
    return np.stack([xs[:, None] + a * c - b * s, ys[:, None] + a * s + b * c], axis=2)
