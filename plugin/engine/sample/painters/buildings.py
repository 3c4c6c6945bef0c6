"""City blocks of large commercial and office buildings."""

from __future__ import annotations

import math

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, blob
from ..canvas.palette import ROOFS, Colour, scale
from ..land.site import Site, away_from
from ..things.buildings import house, rooftop_units
from ..things.vehicles import cars
from .nature import scatter_trees


def paint_buildings(d: Drawing, site: Site) -> None:
    """Paint large commercial or office buildings close together."""
    rng = site.rng()
    p = site.palette
    d.fill(surfaces.asphalt(p.asphalt, site.seed), site.outline)
    style = str(
        rng.choice(("white", "grey", "dark", "brown", "red"), p=(0.4, 0.25, 0.12, 0.13, 0.1))
    )
    d.facts["roof"] = style
    step_u, step_v = float(rng.uniform(38, 50)), float(rng.uniform(34, 44))
    plots = site.grid(step_u, step_v, 0.04, 17 if not site.whole else 0)
    blocks: list[tuple[float, float]] = []
    for x, y in plots:
        w, h = step_u - float(rng.uniform(8, 15)), step_v - float(rng.uniform(8, 14))
        tall = float(rng.choice((6, 9, 13, 18)))
        roof = scale(
            ROOFS[style if rng.random() < 0.6 else str(rng.choice(("grey", "white", "dark")))][
                int(rng.integers(3))
            ],
            float(rng.uniform(0.92, 1.05)),
        )
        kind = rng.random()
        if kind < 0.35:
            house(d, x, y, w, h, site.angle, tall, roof, "flat")
            rooftop_units(d, x, y, w, h, site.angle, rng)
        elif kind < 0.75:
            _winged_block(d, site, x, y, w, h, tall, roof, rng)
        else:
            n = int(rng.integers(2, 4))
            for k in range(n):
                v = ((k + 0.5) / n - 0.5) * h
                cx, cy = x - v * math.sin(site.angle), y + v * math.cos(site.angle)
                house(d, cx, cy, w, h / n, site.angle, tall, roof, "gable")
        d.mark("building", x, y, min(w, h) * 0.5)
        blocks.append((x, y))
    c, s = math.cos(site.angle), math.sin(site.angle)
    moving = site.moving()
    spots = site.grid(4.2, step_v, 0.0, 3)
    shifted = spots + step_v / 2 * np.array((-s, c))
    shifted = shifted[site.inside(shifted, 3)]
    shifted = shifted[moving.random(len(shifted)) < 0.3]
    cars(d, shifted[:, 0], shifted[:, 1], site.angle + math.pi / 2, moving)
    for x, y in shifted:
        d.mark("car", x, y, 2.2)
    green = site.scatter(16, 3)
    green = away_from(green, blocks, math.hypot(step_u, step_v) * 0.42)
    for x, y in green:
        d.polygons(blob(x, y, 3.2, rng, 0.1), p.lawn, kind="flat")
    scatter_trees(d, site, green, 1.5, 2.9)


def _winged_block(
    d: Drawing,
    site: Site,
    x: float,
    y: float,
    w: float,
    h: float,
    tall: float,
    roof: Colour,
    rng: np.random.Generator,
) -> None:
    """Draw a flat-roofed building in L or U form with parts of different height."""
    c, s = math.cos(site.angle), math.sin(site.angle)
    thick = float(rng.uniform(0.36, 0.5))
    parts = [(0.0, -(1 - thick) / 2, 1.0, thick), (-(1 - thick) / 2, thick / 2, thick, 1 - thick)]
    if rng.random() < 0.5:
        parts.append(((1 - thick) / 2, thick / 2, thick, 1 - thick))
    flip = 1 if rng.random() < 0.5 else -1
    for pu, pv, pw, ph in parts:
        u, v = pu * w, flip * pv * h
        px, py = x + u * c - v * s, y + u * s + v * c
        height = tall * float(rng.uniform(0.7, 1.15))
        house(
            d,
            px,
            py,
            pw * w,
            ph * h,
            site.angle,
            height,
            scale(roof, float(rng.uniform(0.94, 1.05))),
            "flat",
        )
        rooftop_units(d, px, py, pw * w, ph * h, site.angle, rng)
