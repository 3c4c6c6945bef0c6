"""Freeways, overpasses and intersections."""

from __future__ import annotations

import math

import numpy as np
import shapely

from ..canvas import surfaces
from ..canvas.drawing import Drawing, Texture
from ..canvas.palette import ROOFS, scale
from ..land.site import Points, Site
from ..things.buildings import house
from ..things.course import Course
from ..things.roads import Road, motorway
from ..things.vehicles import cars
from .nature import scatter_trees, wild_grass


def _course(site: Site) -> Course:
    return site.course or Course(*site.anchor, site.angle)


def _clear(course: Course, points: Points, distance: float) -> Points:
    """Return the points that are at least ``distance`` metres from the course."""
    if not len(points):
        return points
    _, across = course.frame(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))
    return points[np.abs(across) > distance]


def _verge(d: Drawing, site: Site, course: Course, half: float) -> None:
    rng = site.rng(31)
    d.fill(wild_grass(site), site.outline)
    density = float(rng.choice((14.0, 9.0, 22.0)))
    trees = _clear(course, site.scatter(density, 3, stream=33), half + 4.5)
    keep = site.rng(34).random(len(trees)) < 0.6
    scatter_trees(d, site, trees[keep], 1.2, 3.8, stream=35)


def freeway_of(site: Site) -> Road:
    """Return the freeway that runs through the site; the same for all sites on a course."""
    shift = 0.0 if site.course else float(site.rng(78).uniform(-9, 9))
    return motorway(_course(site), site.ground, shift)


def _lay(d: Drawing, site: Site, road: Road, start: float, end: float, seed: int) -> None:
    p = site.palette
    median = wild_grass(site)
    if road.median < 3:
        median = surfaces.asphalt(scale(p.concrete, 1.05), seed + 5)
    d.fill(road.surface(p.asphalt, median, seed), road.band(start, end))


def _span(site: Site, course: Course) -> tuple[float, float]:
    corners = np.asarray(site.area.exterior.coords, dtype=np.float32)
    u, _ = course.frame(corners[:, 0], corners[:, 1])
    return float(u.min()) - 12, float(u.max()) + 12


def paint_freeway(d: Drawing, site: Site) -> None:
    """Paint a divided motorway with traffic between grassy verges."""
    road = freeway_of(site)
    start, end = _span(site, road.course)
    _verge(d, site, road.course, road.half_width + abs(road.offset))
    _lay(d, site, road, start, end, site.ground)
    moving = site.moving()
    road.traffic(d, start, end, float(moving.choice((28.0, 45.0, 90.0))), moving)
    d.facts["lanes"] = str(road.lanes)
    d.facts["median"] = "grass" if road.median >= 3 else "barrier"


def paint_overpass(d: Drawing, site: Site) -> None:
    """Paint a motorway that other roads cross on bridges."""
    rng = site.rng()
    road = freeway_of(site)
    course = road.course
    start, end = _span(site, course)
    lower = road.half_width + abs(road.offset)
    _verge(d, site, course, lower)
    centre, _ = course.frame(
        np.array([site.anchor[0]], dtype=np.float32), np.array([site.anchor[1]], dtype=np.float32)
    )
    spacing = 104.0
    first, last = math.ceil((start - centre[0]) / spacing), math.floor((end - centre[0]) / spacing)
    _lay(d, site, road, start, end, site.ground)
    moving = site.moving()
    road.traffic(d, start, end, float(moving.choice((30.0, 55.0))), moving)
    skews = (0.0, 0.0, 0.45, -0.5, 0.7) if site.whole else (0.0, 0.0, 0.4, -0.4)
    skew = float(rng.choice(skews))
    d.facts["crossing"] = "diagonal" if abs(skew) > 0.3 else "square"
    for step in range(first, last + 1):
        u = float(centre[0]) + step * spacing + float(rng.uniform(-6, 6))
        x, y = course.points(u, road.offset)[0]
        # There is always one in the middle; others only where they are well inside.
        if step != 0 and (site.whole or not site.inside(np.array([[x, y]]), 30)[0]):
            continue
        heading = float(course.heading(u)[0]) + math.pi / 2 + skew
        _bridge(d, site, rng, Course(x, y, heading), lower / math.cos(skew))
        d.mark("overpass", x, y, 12)


def _bridge(d: Drawing, site: Site, rng: np.random.Generator, course: Course, lower: float) -> None:
    p = site.palette
    lanes = int(rng.choice((1, 1, 2)))
    road = Road(course, lanes=lanes, lane=3.6, median=0.0, shoulder=1.6)
    reach = site.radius * 1.4 if site.whole else max(lower + 26, 62.0)
    deck = lower + 7
    tone = scale(p.concrete, float(rng.uniform(0.8, 1.0)))
    d.fill(road.surface(tone, None, site.seed + 91), road.band(-reach, reach))
    half = road.half_width + 0.7
    # The ramps behind the abutments lie on earth; only the free span throws a shadow below.
    d.shadows(course.band(2 - deck, deck - 2, -half, half, step=deck * 2), 6.5)
    deck = max(deck, reach)
    d.polygons(course.band(-deck, deck, -half, half, step=deck * 2), scale(p.concrete, 1.1))
    inner = road.half_width - 0.2
    d.polygons(course.band(-deck - 0.5, deck + 0.5, -inner, inner, step=2 * deck + 1), tone)
    for side in (-1, 1):
        line = course.band(-deck, deck, side * (inner - 1.1), side * (inner - 0.85), step=2 * deck)
        d.polygons(line, (226, 226, 220), kind="flat")
    for across in (-0.25, 0.25):
        line = course.band(-deck, deck, across - 0.1, across + 0.1, step=2 * deck)
        d.polygons(line, (200, 170, 84), kind="flat")
    road.traffic(d, -reach * 0.8, reach * 0.8, 55.0, site.moving(5))


def paint_intersection(d: Drawing, site: Site) -> None:
    """Paint a grid of streets that cross, with crosswalks and corner plots."""
    rng = site.rng()
    p = site.palette
    step = (96.0, 92.0)
    skew = float(rng.choice((0.0, 0.0, 0.0, 0.35, -0.4))) if site.whole else 0.0
    lanes = (int(rng.choice((1, 2, 2))), int(rng.choice((1, 1, 2))))
    d.facts["angle"] = "skewed" if skew else "square"
    d.fill(surfaces.grass(p.lawn, p.dry, site.seed, 0.7), site.outline)
    c, s = math.cos(site.angle), math.sin(site.angle)
    shift = rng.uniform(-7, 7, 2)
    steps = range(0, 1) if site.whole else range(-4, 5)
    streets: list[list[Road]] = [[], []]
    for axis in (0, 1):
        for k in steps:
            u = shift[0] + (k * step[0] if axis else 0.0)
            v = shift[1] + (0.0 if axis else k * step[1])
            angle = site.angle + (math.pi / 2 + skew if axis else 0.0)
            course = Course(site.anchor[0] + u * c - v * s, site.anchor[1] + u * s + v * c, angle)
            streets[axis].append(Road(course, lanes=lanes[axis], lane=3.5, shoulder=1.9))
    span = site.radius * 1.3
    for roads in streets:
        for road in roads:
            walk = road.band(-span, span, 2.0)
            _fill_inside(
                d, site, surfaces.concrete(p.concrete, site.seed + 4, site.angle, 3.0), walk
            )
    for roads in streets:
        for road in roads:
            texture = road.surface(p.asphalt, None, site.seed + 3)
            _fill_inside(d, site, texture, road.band(-span, span))
    plain = surfaces.asphalt(p.asphalt, site.seed + 3)
    corners: list[tuple[float, float]] = []
    for first in streets[0]:
        for second in streets[1]:
            x, y = _meet(first.course, second.course)
            if not site.whole and not site.inside(np.array([[x, y]]), 12)[0]:
                continue
            corners.append((x, y))
            d.mark("intersection", x, y, 10)
            w, h = second.half_width + 3.5, first.half_width + 3.5
            across = first.course.angle
            along = second.course.angle
            a, b = (
                np.array((math.cos(across), math.sin(across))),
                np.array((math.cos(along), math.sin(along))),
            )
            w, h = w / abs(math.cos(skew)), h / abs(math.cos(skew))
            # Nobody paints lines inside the junction: cover them, up to the crosswalks.
            for p_half, q_half in ((w - 3.5, h), (w, h - 3.5)):
                d.fill(plain, _parallelogram((x, y), a * p_half, b * q_half))
            _crosswalks(d, first, second, np.array((x, y)), a, b, w, h)
    moving = site.moving()
    for axis, roads in enumerate(streets):
        for road in roads:
            other = [np.array(q) for q in corners]
            _street_cars(
                d, site, road, other, moving, span if not site.whole else site.radius, axis
            )
    _corner_plots(d, site, streets)


def _fill_inside(d: Drawing, site: Site, texture: Texture, outline: Points) -> None:
    if site.whole:
        d.fill(texture, outline)
        return
    cut = shapely.Polygon(outline).intersection(site.area)
    parts = getattr(cut, "geoms", [cut])
    for part in parts:
        if part.geom_type == "Polygon" and not part.is_empty:
            d.fill(texture, np.asarray(part.exterior.coords)[:-1])


def _parallelogram(middle: tuple[float, float], a: Points, b: Points) -> Points:
    corners: Points = np.array((-a - b, a - b, a + b, b - a)) + middle
    return corners


def _meet(a: Course, b: Course) -> tuple[float, float]:
    ca, sa, cb, sb = math.cos(a.angle), math.sin(a.angle), math.cos(b.angle), math.sin(b.angle)
    t = ((b.x - a.x) * sb - (b.y - a.y) * cb) / (ca * sb - sa * cb)
    return a.x + t * ca, a.y + t * sa


def _crosswalks(
    d: Drawing,
    first: Road,
    second: Road,
    middle: Points,
    a: Points,
    b: Points,
    w: float,
    h: float,
) -> None:
    """Draw the four crosswalks of a junction with half widths ``w`` along a, ``h`` along b."""
    bars = []
    for sign in (-1, 1):
        for k in np.arange(-first.half_width + 0.6, first.half_width, 1.3):
            at = middle + a * sign * (w - 1.6) + b * k * h / (first.half_width + 3.5)
            bars.append(_parallelogram((at[0], at[1]), a * 1.3, b * 0.3))
        for k in np.arange(-second.half_width + 0.6, second.half_width, 1.3):
            at = middle + b * sign * (h - 1.6) + a * k * w / (second.half_width + 3.5)
            bars.append(_parallelogram((at[0], at[1]), a * 0.3, b * 1.3))
    d.polygons(np.array(bars), (214, 214, 208), kind="flat")


def _street_cars(
    d: Drawing,
    site: Site,
    road: Road,
    corners: list[Points],
    rng: np.random.Generator,
    span: float,
    axis: int,
) -> None:
    for direction in (-1, 1):
        for lane in range(road.lanes):
            u = rng.uniform(-span, span, int(rng.poisson(2 * span / 32)))
            u = np.sort(u)
            if len(u) > 1:
                u = u[np.concatenate([[True], np.diff(u) > 7])]
            if not len(u):
                continue
            points = road.course.points(u, direction * (lane + 0.5) * road.lane)
            keep = site.inside(points, 2)
            if axis:  # one street has green, the other waits
                for corner in corners:
                    keep &= np.hypot(*(points - corner).T) > 15
            points = points[keep]
            heading = road.course.angle + (0 if direction > 0 else math.pi)
            cars(d, points[:, 0], points[:, 1], heading, rng)
            for x, y in points:
                d.mark("car", x, y, 2.2)


def _corner_plots(d: Drawing, site: Site, streets: list[list[Road]]) -> None:
    rng = site.rng(12)
    plots = site.grid(21, 24, 0.16, 10, stream=13)
    roads = [road for group in streets for road in group]
    far = np.ones(len(plots), dtype=bool)
    for road in roads:
        _, across = road.course.frame(
            plots[:, 0].astype(np.float32), plots[:, 1].astype(np.float32)
        )
        far &= np.abs(across) > road.half_width + 12
    style = list(ROOFS)[int(rng.integers(len(ROOFS) - 1))]
    for x, y in plots[far]:
        pick = rng.random()
        roof = ROOFS[style if pick < 0.6 else "grey"][int(rng.integers(3))]
        w, h = rng.uniform(10, 15, 2)
        tall = float(rng.uniform(3, 6))
        shape = "flat" if rng.random() < 0.4 else "hip"
        if pick < 0.8:
            house(d, x, y, w, h, site.angle, tall, roof, shape)  # type: ignore[arg-type]
            d.mark("house", x, y, 6)
    trees = site.scatter(13, 3, stream=14)
    away = np.ones(len(trees), dtype=bool)
    for road in roads:
        _, across = road.course.frame(
            trees[:, 0].astype(np.float32), trees[:, 1].astype(np.float32)
        )
        away &= np.abs(across) > road.half_width + 4.5
    for x, y in plots[far]:
        away &= np.hypot(trees[:, 0] - x, trees[:, 1] - y) > 9
    scatter_trees(d, site, trees[away], 1.5, 3.6, stream=15)


def paint_motorway_bridge(d: Drawing, site: Site) -> None:
    """Paint the motorway's deck where it crosses a river, with its shadow on the water."""
    road = freeway_of(site)
    start, end = _span(site, road.course)
    half = road.half_width
    _lay(d, site, road, start, end, site.ground)
    fall = np.asarray(d.light.shadow) * 5.0
    for side in (-1, 1):
        edge = road.course.band(start + 14, end - 14, side * half, side * (half + 0.7))
        base = road.course.points(np.linspace(start + 14, end - 14, 24), side * (half + 0.7))
        swept = np.stack([base[:-1], base[1:], base[1:] + fall, base[:-1] + fall], axis=1)
        out = (base[12] - road.course.points((start + end) / 2)[0]) @ fall
        if out > 0:
            d.polygons(swept, kind="shadow")
        d.polygons(edge, scale(site.palette.concrete, 1.12), kind="flat")
    road.traffic(d, start + 14, end - 14, 60.0, site.moving(9))
