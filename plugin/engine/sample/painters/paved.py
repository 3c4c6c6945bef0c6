"""Car parks and storage tanks."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, blob, disc, rectangle
from ..canvas.palette import ROOFS, Colour, scale
from ..land.site import Points, Site
from ..things.buildings import house
from ..things.vehicles import cars
from .nature import scatter_trees


def paint_parkinglot(d: Drawing, site: Site) -> None:
    """Paint rows of parking bays, marked, some with planted islands."""
    rng, moving = site.rng(), site.moving()
    p = site.palette
    d.fill(surfaces.asphalt(p.asphalt, site.seed), site.outline)
    full = float(moving.choice((0.96, 0.85, 0.65, 0.4)) * moving.uniform(0.95, 1.0))
    d.facts["full"] = "dense" if full > 0.78 else ("half" if full > 0.5 else "few")
    bay, deep = 2.65, 5.2
    step = 2 * deep + float(rng.uniform(6.2, 7.4))
    green = rng.random() < 0.5
    d.facts["islands"] = "trees" if green else "none"
    slant = float(rng.choice((0.0, 0.0, 0.35)))
    nu, nv = math.ceil(site.radius / bay), math.ceil(site.radius / step)
    c, s = math.cos(site.angle), math.sin(site.angle)
    shift = float(rng.uniform(-0.5, 0.5)) * step
    spots: list[Points] = []
    lines: list[Points] = []
    islands: list[Points] = []
    for k in range(-nv, nv + 1):
        for side in (-1, 1):
            v = k * step + shift + side * deep / 2
            u = np.arange(-nu, nu + 1) * bay
            points = site.to_world(u, np.full(len(u), v))
            gap = (np.arange(-nu, nu + 1) % 15) == 0
            ok = site.inside(points, 4.2)
            lines += [
                rectangle(x - c * bay / 2, y - s * bay / 2, 0.17, deep, site.angle + side * slant)
                for x, y in points[ok]
            ]
            islands += list(points[ok & gap])
            spots.append(points[ok & ~gap])
    d.polygons(np.array(lines).reshape(-1, 4, 2), (214, 214, 206), kind="flat")
    if islands:
        pads = np.array([rectangle(x, y, 2.3, deep, site.angle) for x, y in islands])
        d.polygons(pads, p.lawn if green else scale(p.concrete, 1.05), kind="flat")
    for index, points in enumerate(spots):
        there = moving.random(len(points)) < full * (0.75 + 0.5 * moving.random())
        taken = points[there] + moving.normal(0, 0.13, (int(there.sum()), 2))
        side = -1 if index % 2 == 0 else 1
        turn = site.angle + math.pi / 2 + side * slant + moving.normal(0, 0.03, len(taken))
        turn = turn + math.pi * (moving.random(len(taken)) < 0.4)
        cars(d, taken[:, 0], taken[:, 1], turn, moving, 4.4)
        for x, y in taken:
            d.mark("car", x, y, 2.2)
    if green and islands:
        where = np.array(islands)
        scatter_trees(d, site, where, 1.4, 2.6)


_TANKS: dict[str, Colour] = {
    "white": (226, 226, 222),
    "grey": (176, 178, 178),
    "green": (150, 184, 172),
    "brown": (160, 124, 98),
}


def paint_storagetanks(d: Drawing, site: Site) -> None:
    """Paint cylindrical tanks in their bunds, with pipes and sheds."""
    rng = site.rng()
    p = site.palette
    bare = rng.random() < 0.6
    ground = (
        surfaces.soil(scale(p.soil, 1.08), site.seed)
        if bare
        else surfaces.grass(p.grass, p.dry, site.seed, 0.8)
    )
    d.fill(ground, site.outline)
    d.facts["ground"] = "bare ground" if bare else "lawn"
    name = str(rng.choice(list(_TANKS), p=(0.62, 0.2, 0.09, 0.09)))
    d.facts["tank"] = name
    size = float(rng.choice((6.5, 10.0, 14.5)) * rng.uniform(0.9, 1.15))
    gap = size * 2 + float(rng.uniform(6, 12))
    d.facts["size"] = "big" if size > 12 else "small"
    one = site.whole and rng.random() < 0.3
    spots = np.array([site.anchor]) if one else site.grid(gap, gap, 0.03, size + 3)
    if site.whole and not one and size < 12 and rng.random() < 0.6:
        # A few tanks rather than a whole farm.
        near = np.argsort(np.hypot(*(spots - site.anchor).T), kind="stable")
        spots = spots[near[: int(rng.integers(2, 7))]]
    bund = float(rng.uniform(1.5, 3.5))
    for x, y in spots:
        apron = surfaces.soil(scale(p.concrete, 0.92), site.seed + 2, 0.7)
        d.fill(apron, rectangle(x, y, gap - bund, gap - bund, site.angle))
    for x, y in spots:
        for k in range(4):
            t = site.angle + k * math.pi / 2
            wall_x = x + math.cos(t) * (gap - bund) / 2
            wall_y = y + math.sin(t) * (gap - bund) / 2
            wall = rectangle(wall_x, wall_y, 0.7, gap - bund, t)
            d.shadows(wall, 1.0)
            d.polygons(wall, scale(p.soil, 1.2) if bare else scale(p.concrete, 0.98))
    for x, y in spots:
        r = size * float(rng.uniform(0.86, 1.0))
        _tank(d, x, y, r, _TANKS[name], rng)
        d.mark("tank", x, y, r)
        pipe = rectangle(
            x + math.cos(site.angle) * r * 1.15,
            y + math.sin(site.angle) * r * 1.15,
            r * 0.6,
            0.5,
            site.angle,
        )
        d.polygons(pipe, (196, 196, 192))
    others = site.grid(30, 28, 0.25, 8, stream=9)
    for x, y in others:
        if all(math.hypot(x - a, y - b) > gap * 0.75 + 8 for a, b in spots) and rng.random() < 0.5:
            roof = ROOFS["grey"][int(rng.integers(3))]
            house(
                d,
                x,
                y,
                float(rng.uniform(9, 15)),
                float(rng.uniform(7, 10)),
                site.angle,
                4,
                roof,
                "gable",
            )
            d.mark("house", x, y, 6)
    bushes = site.scatter(12, 2, stream=10)
    for a, b in spots:
        bushes = bushes[np.hypot(bushes[:, 0] - a, bushes[:, 1] - b) > gap * 0.75]
    scatter_trees(d, site, bushes[: len(bushes) // 2 * 2 : 2], 0.8, 2.2, stream=11)


def _tank(
    d: Drawing, x: float, y: float, r: float, paint: Colour, rng: np.random.Generator
) -> None:
    """Draw a tank: shadow of the drum, rim, cone roof shaded by sector, or floating roof."""
    height = r * float(rng.uniform(0.6, 1.0))
    d.shadows(disc(x, y, r, 20), height)
    d.polygons(disc(x, y, r), scale(paint, 0.8))
    floating = rng.random() < 0.3
    if floating:
        d.polygons(disc(x, y, r * 0.93), scale(paint, 0.62))
        fx, fy = d.light.shadow
        norm = math.hypot(fx, fy)
        away = r * 0.12
        d.polygons(disc(x + fx / norm * away, y + fy / norm * away, r * 0.82), scale(paint, 0.9))
        ladder = float(rng.uniform(0, 6.3))
        d.polygons(
            rectangle(
                x + math.cos(ladder) * r * 0.45,
                y + math.sin(ladder) * r * 0.45,
                r * 0.9,
                0.7,
                ladder,
            ),
            scale(paint, 0.7),
        )
        return
    t = np.linspace(0, 2 * math.pi, 25)
    for a, b in pairwise(t):
        m = (a + b) / 2
        tone = d.light.shade(math.cos(m), math.sin(m), 13)
        corners = np.array(
            [
                (x, y),
                (x + 0.96 * r * math.cos(a), y + 0.96 * r * math.sin(a)),
                (x + 0.96 * r * math.cos(b), y + 0.96 * r * math.sin(b)),
            ]
        )
        d.polygons(corners, scale(paint, tone))
    d.polygons(disc(x, y, max(0.7, r * 0.08), 12), scale(paint, 0.75))
    stair = float(rng.uniform(0, 6.3))
    d.polygons(
        blob(x + math.cos(stair) * r * 0.97, y + math.sin(stair) * r * 0.97, 0.9, rng),
        (120, 120, 118),
    )
