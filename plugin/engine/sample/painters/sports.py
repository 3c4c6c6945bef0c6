"""Tennis courts, baseball diamonds and golf courses."""

from __future__ import annotations

import math

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, blob, disc, placed, rectangle
from ..canvas.palette import ROOFS, Colour, mix, scale
from ..land.site import Points, Site
from ..things.buildings import house
from ..things.course import Course
from ..things.vehicles import cars
from .nature import scatter_trees

_COURTS: dict[str, tuple[Colour, Colour]] = {
    "green": ((92, 132, 108), (104, 142, 120)),
    "blue": ((92, 122, 152), (70, 104, 148)),
    "red": ((162, 98, 88), (104, 142, 118)),
    "grey": ((150, 148, 142), (138, 140, 138)),
}


def _sports_ground(d: Drawing, site: Site, stream: int) -> None:
    p = site.palette
    d.fill(surfaces.grass(p.lawn, p.dry, site.seed + stream, 0.6), site.outline)


def _court_lines(x: float, y: float, angle: float) -> Points:
    """Return the lines of a tennis court, 10.97 by 23.77 m, as thin rectangles (n, 4, 2)."""
    lines: list[Points] = []

    def add(u: float, v: float, w: float, h: float) -> None:
        lines.append(rectangle(u, v, w, h, 0.0))

    for u in (-5.485, 5.485, -4.115, 4.115):
        add(u, 0, 0.24, 23.77)
    for v, w in ((-11.885, 10.97), (11.885, 10.97), (-6.4, 8.23), (6.4, 8.23)):
        add(0, v, w, 0.24)
    add(0, 0, 0.24, 12.8)
    shapes = np.array(lines)
    flat = placed(shapes.reshape(-1, 2), x, y, angle)[0]
    lines_there: Points = flat.reshape(shapes.shape)
    return lines_there


def paint_tenniscourt(d: Drawing, site: Site) -> None:
    """Paint groups of tennis courts with fences, trees and a club house."""
    rng = site.rng()
    _sports_ground(d, site, 0)
    name = str(rng.choice(list(_COURTS), p=(0.4, 0.2, 0.3, 0.1)))
    outer, inner = _COURTS[name]
    d.facts["court"] = name
    courts = int(rng.choice((1, 2, 2, 3, 4)))
    width = courts * 15.5 + 3.0
    step = max(width + 12, 58.0) if not site.whole else 200.0
    groups = site.grid(step, 56, 0.05, 18) if not site.whole else np.array([site.anchor])
    if not len(groups):
        groups = site.grid(30, 30, 0.0, 0)[:1]
    kept: list[tuple[float, float]] = []
    c, s = math.cos(site.angle), math.sin(site.angle)
    for x, y in groups:
        pad = rectangle(x, y, width, 36.0, site.angle)
        if not site.whole and not site.inside(pad, 1).all():
            continue
        fence = rectangle(x, y, width + 0.6, 36.6, site.angle)
        d.polygons(fence + np.asarray(d.light.shadow) * 1.2, kind="shadow")
        d.polygons(fence, scale(outer, 0.62))
        d.polygons(pad, outer)
        for k in range(courts):
            u = (k - (courts - 1) / 2) * 15.5
            cx, cy = x + u * c, y + u * s
            d.polygons(rectangle(cx, cy, 10.97, 23.77, site.angle), inner)
            d.polygons(_court_lines(cx, cy, site.angle), (232, 234, 230), kind="flat")
            net = rectangle(cx, cy, 12.6, 0.22, site.angle)
            d.polygons(net + np.asarray(d.light.shadow) * 0.9, kind="shadow")
            d.polygons(net, (58, 62, 60))
            d.mark("court", cx, cy, 8)
        steps = np.linspace(-width / 2, width / 2, courts * 3 + 2)
        kept += [(x + u * c, y + u * s) for u in steps]
    _surroundings(d, site, kept, 22.5, 6.0 if rng.random() < 0.5 else 11.0)


def _surroundings(
    d: Drawing, site: Site, keep_off: list[tuple[float, float]], distance: float, gap: float
) -> None:
    """Add houses, parked cars and trees away from the given spots."""
    rng = site.rng(70)
    spots = np.asarray(keep_off).reshape(-1, 2)

    def free(points: Points, reach: float) -> Points:
        keep = np.ones(len(points), dtype=bool)
        for x, y in spots:
            keep &= np.hypot(points[:, 0] - x, points[:, 1] - y) > reach
        return points[keep]

    sheds = free(site.grid(33, 31, 0.2, 10, stream=71), distance + 9)
    taken = [tuple(p) for p in sheds if rng.random() < 0.55]
    for x, y in taken:
        w, h = float(rng.uniform(11, 19)), float(rng.uniform(8, 12))
        name = str(rng.choice(("grey", "white", "brown", "red")))
        roof = ROOFS[name][int(rng.integers(3))]
        house(d, x, y, w, h, site.angle, 4.0, roof, "hip" if rng.random() < 0.6 else "flat")
        d.mark("house", x, y, 7)
    trees = free(site.scatter(gap, 3, stream=72), distance)
    for x, y in taken:
        trees = trees[np.hypot(trees[:, 0] - x, trees[:, 1] - y) > 11]
    scatter_trees(d, site, trees[site.rng(73).random(len(trees)) < 0.7], 1.6, 4.0, stream=74)


def paint_baseballdiamond(d: Drawing, site: Site) -> None:
    """Paint baseball fields: infield, mound, base paths, outfield, backstop."""
    rng = site.rng()
    p = site.palette
    _sports_ground(d, site, 1)
    clay: Colour = mix((186, 142, 104), p.soil, float(rng.uniform(0, 0.6)))
    clay = scale(clay, 1.06)
    grassed = rng.random() < 0.65
    d.facts["infield"] = "grass" if grassed else "sand"
    fields = np.array([site.anchor]) if site.whole else site.grid(84, 84, 0.03, 34)
    if site.whole:
        fields = fields + rng.uniform(-5, 5, (1, 2))
    reach = float(rng.uniform(26, 31)) if site.radius > 48 else float(rng.uniform(21, 25))
    mowing = surfaces.mown(p.lawn, site.seed + 5, site.angle + 0.78, float(rng.uniform(3, 5)), 0.08)
    kept: list[tuple[float, float]] = []
    for k, (x, y) in enumerate(fields):
        turn = (
            site.angle + math.pi / 2 * (k if not site.whole else int(rng.integers(4))) + math.pi / 4
        )
        axis = np.array((math.cos(turn), math.sin(turn)))
        # Home plate lies behind, second base ahead, along the axis; bases are 27.4 m apart.
        base = reach * 0.76
        home = np.array((x, y)) - axis * base * 0.62

        def at(ahead: float, right: float, home: Points = home, axis: Points = axis) -> Points:
            result: Points = home + axis * ahead + np.array((-axis[1], axis[0])) * right
            return result

        sweep = np.linspace(-math.pi / 4 - 0.05, math.pi / 4 + 0.05, 22)
        far = base * 3.4
        outfield = np.array([at(-4, 0), *(at(far * math.cos(t), far * math.sin(t)) for t in sweep)])
        if site.whole or site.inside(outfield, 0).all():
            d.fill(mowing, outfield)
        skin = surfaces.soil(clay, site.seed + 7, 0.8)
        mound = base * 0.68
        hill = at(mound, 0)
        r = base * 1.06
        arc = np.linspace(-1.95, 1.95, 26)
        rim = [at(mound + r * math.cos(t), r * math.sin(t)) for t in arc[::-1]]
        infield = np.array([at(-4.2, 0), *rim])
        d.fill(skin, infield)
        d.fill(skin, disc(home[0], home[1], 4.6))
        if grassed:
            q = base * math.sqrt(0.5)
            inner = np.array([at(3.6, 0), at(q, q - 3.4), at(2 * q - 3.6, 0), at(q, -(q - 3.4))])
            d.fill(mowing, inner)
            d.fill(skin, disc(hill[0], hill[1], 2.7))
        else:
            d.fill(surfaces.soil(scale(clay, 1.08), site.seed + 8), disc(hill[0], hill[1], 2.4))
        q = base * math.sqrt(0.5)
        for bx, by in ((q, q), (2 * q, 0), (q, -q), (0, 0)):
            spot = at(bx, by)
            d.polygons(rectangle(spot[0], spot[1], 0.7, 0.7, turn), (240, 240, 236), kind="flat")
        for side in (-1, 1):
            foul = far * (0.7 if site.whole else 0.42)
            a, b = at(0.5, side * 0.5), at(foul, side * foul)
            mid, length = (a + b) / 2, float(np.hypot(*(b - a)))
            line = rectangle(mid[0], mid[1], length, 0.25, turn + side * math.pi / 4)
            if site.whole or site.inside(line, 0).all():
                d.polygons(line, (226, 224, 214), kind="flat")
            bench = at(2.5, side * 10.5)
            house(
                d,
                bench[0],
                bench[1],
                9,
                2.4,
                turn + side * math.pi / 4,
                2.4,
                (176, 178, 178),
                "flat",
            )
        stop = at(-6.2, 0)
        d.shadows(rectangle(stop[0], stop[1], 0.4, 9, turn), 3)
        d.polygons(rectangle(stop[0], stop[1], 0.4, 9, turn), (120, 124, 122))
        d.mark("diamond", x, y, base * 0.5)
        kept += [tuple(at(a, b)) for a in (0, base, 2 * base, far) for b in (-0.6 * a, 0, 0.6 * a)]
    moving = site.moving()
    if rng.random() < 0.35 and site.whole:
        lot = site.grid(3.2, 60, 0.0, 2)
        lot = lot[[all(math.hypot(px - a, py - b) > 24 for a, b in kept) for px, py in lot]]
        lot = lot[moving.random(len(lot)) < 0.5]
        cars(d, lot[:, 0], lot[:, 1], site.angle + math.pi / 2, moving)
    _surroundings(d, site, kept, 21, 9.0)


def paint_golfcourse(d: Drawing, site: Site) -> None:
    """Paint fairways, greens and bunkers between rough and trees."""
    rng = site.rng()
    p = site.palette
    rough = mix(p.grass, p.lawn, 0.4)
    d.fill(surfaces.grass(scale(rough, 0.92), p.dry, site.seed, 0.7), site.outline)
    fair = mix(p.lawn, (120, 152, 92), 0.45)
    mowing = surfaces.mown(
        fair,
        site.seed + 1,
        site.angle + float(rng.uniform(0, 1.6)),
        float(rng.uniform(3.5, 6)),
        float(rng.uniform(0.03, 0.09)),
    )
    green = surfaces.mown(mix(fair, (142, 176, 116), 0.6), site.seed + 2, 0.3, 1.6, 0.03)
    sand = surfaces.soil(scale(mix(p.sand, (228, 218, 196), 0.6), 1.05), site.seed + 3, 0.5)
    kept: list[tuple[float, float, float]] = []
    for x, y in site.grid(76, 62, 0.12, 14):
        turn = site.angle + float(rng.normal(0, 0.35))
        c, s = math.cos(turn), math.sin(turn)
        for k in range(-1, 2):
            lump = blob(x + 15 * k * c, y + 15 * k * s, float(rng.uniform(13, 18)), rng, 0.2)
            if site.whole or site.inside(lump, 0.5).all():
                d.fill(mowing, lump)
                kept.append((x + 15 * k * c, y + 15 * k * s, 14.0))
        gx, gy = x + float(rng.uniform(-9, 9)), y + float(rng.uniform(-9, 9))
        putting = blob(gx, gy, float(rng.uniform(8, 11)), rng, 0.16)
        if rng.random() < 0.75 and (site.whole or site.inside(putting, 1).all()):
            d.fill(green, putting)
            d.mark("green", gx, gy, 7)
            d.polygons(rectangle(gx, gy, 0.7, 0.7, 0.4), (236, 232, 120), kind="flat")
            kept.append((gx, gy, 10.0))
        start = float(rng.uniform(0, 6.3))
        for k in range(int(rng.integers(1, 5))):
            t = start + k * float(rng.uniform(1.1, 1.7))
            r = float(rng.uniform(14, 21))
            bx, by = gx + r * math.cos(t), gy + r * math.sin(t)
            hole = blob(bx, by, float(rng.uniform(3.4, 6.4)), rng, 0.35)
            if site.whole or site.inside(hole, 1).all():
                d.fill(
                    surfaces.grass(scale(fair, 0.82), p.dry, site.seed + 4, 0.2),
                    (hole - (bx, by)) * 1.16 + (bx, by),
                )
                d.fill(sand, hole)
                d.mark("bunker", bx, by, 4)
                kept.append((bx, by, 6.0))
    trees = site.scatter(float(rng.uniform(6.5, 10)), 3)
    clump = site.rng(5).random(len(trees)) < float(rng.uniform(0.35, 0.8))
    trees = trees[clump]
    for x, y, r in kept:
        trees = trees[np.hypot(trees[:, 0] - x, trees[:, 1] - y) > r + 2.5]
    scatter_trees(d, site, trees, 1.8, 4.4, conifers=0.3)
    if rng.random() < 0.4 and site.whole:
        bend = (float(rng.uniform(5, 12)), float(rng.uniform(80, 130)), float(rng.uniform(0, 6)))
        x, y = site.to_world(0, float(rng.choice((-27, 27))))[0]
        path = Course(x, y, site.angle, (bend,))
        d.fill(
            surfaces.concrete(p.concrete, site.seed + 8, 0.0, 4.0), path.band(-90, 90, -1.2, 1.2)
        )
        d.facts["path"] = "yes"
