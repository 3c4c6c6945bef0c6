"""Roofs as seen from above: gabled, hipped and flat, with their shadows."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from ..canvas.drawing import Drawing, Points, rectangle
from ..canvas.palette import Colour, scale

RoofShape = Literal["gable", "hip", "flat"]


def _plane(d: Drawing, corners: Points, roof: Colour, east: float, south: float) -> None:
    d.polygons(corners, scale(roof, d.light.shade(east, south, 24)))


def house(
    d: Drawing,
    x: float,
    y: float,
    width: float,
    length: float,
    angle: float,
    height: float,
    roof: Colour,
    shape: RoofShape,
) -> None:
    """Draw a roof of ``width`` (along ``angle``) by ``length`` metres and its shadow.

    The ridge runs along ``angle``.
    """
    base = rectangle(x, y, width, length, angle)
    d.shadows(base, height)
    roof_over(d, x, y, width, length, angle, roof, shape)


def roof_over(
    d: Drawing,
    x: float,
    y: float,
    width: float,
    length: float,
    angle: float,
    roof: Colour,
    shape: RoofShape,
) -> None:
    """Draw a roof without a shadow, for wings of a house that has cast one already."""
    a, b, c, e = rectangle(x, y, width, length, angle)
    if shape == "flat":
        d.polygons(np.array([a, b, c, e]), scale(roof, 0.86))
        d.polygons(rectangle(x, y, width - 0.9, length - 0.9, angle), roof)
        return
    ux, uy = math.cos(angle), math.sin(angle)
    vx, vy = -uy, ux
    inset = 0.0 if shape == "gable" else min(length / 2, width * 0.45)
    half = max(width / 2 - inset, 0.02)
    left = np.array((x - ux * half, y - uy * half))
    right = np.array((x + ux * half, y + uy * half))
    _plane(d, np.array([a, b, right, left]), roof, -vx, -vy)
    _plane(d, np.array([e, c, right, left]), roof, vx, vy)
    if shape == "hip":
        d.polygons(np.array([a, e, left]), scale(roof, d.light.shade(-ux, -uy, 24)))
        d.polygons(np.array([b, c, right]), scale(roof, d.light.shade(ux, uy, 24)))
    ridge = rectangle(x, y, 2 * half, 0.35, angle)
    d.polygons(ridge, scale(roof, 1.12))


def rooftop_units(
    d: Drawing,
    x: float,
    y: float,
    width: float,
    length: float,
    angle: float,
    rng: np.random.Generator,
) -> None:
    """Draw ventilators and machine rooms on a flat roof."""
    for _ in range(int(rng.integers(2, 4 + int(width * length / 120)))):
        u = float(rng.uniform(-0.4, 0.4)) * width
        v = float(rng.uniform(-0.4, 0.4)) * length
        px = x + u * math.cos(angle) - v * math.sin(angle)
        py = y + u * math.sin(angle) + v * math.cos(angle)
        w, h = float(rng.uniform(1.2, 3.2)), float(rng.uniform(1.2, 2.6))
        unit = rectangle(px, py, w, h, angle)
        d.shadows(unit, 1.4)
        tone = float(rng.choice((120, 170, 205, 225)))
        d.polygons(unit, (tone, tone, tone * 0.98))
