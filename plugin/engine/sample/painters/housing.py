"""Housing, from villas in the woods to rows of mobile homes."""

from __future__ import annotations

import math

import numpy as np
import shapely

from ..canvas import surfaces
from ..canvas.drawing import Drawing, blob, rectangle
from ..canvas.palette import ROOFS, Colour, scale
from ..land.site import Points, Site, away_from
from ..things.buildings import RoofShape, house, roof_over
from ..things.course import Course
from ..things.roads import Road
from ..things.vehicles import cars
from .nature import scatter_trees


def _roof(rng: np.random.Generator, style: str) -> Colour:
    pick = style if rng.random() < 0.65 else str(rng.choice(("grey", "brown", "dark")))
    return scale(ROOFS[pick][int(rng.integers(3))], float(rng.uniform(0.9, 1.08)))


def _style(rng: np.random.Generator, d: Drawing) -> str:
    style = str(
        rng.choice(("grey", "brown", "red", "dark", "white"), p=(0.35, 0.25, 0.15, 0.15, 0.1))
    )
    d.facts["roof"] = style
    return style


def _streets(d: Drawing, site: Site, step: float, first: float, verge: float) -> list[Road]:
    """Lay parallel streets along the layout, ``step`` metres apart, and return them."""
    c, s = math.cos(site.angle), math.sin(site.angle)
    p = site.palette
    roads = []
    count = math.ceil(site.radius / step) + 1
    span = site.radius * 1.3
    for k in range(-count, count + 1):
        v = first + k * step
        course = Course(site.anchor[0] - v * s, site.anchor[1] + v * c, site.angle)
        road = Road(course, lanes=1, lane=3.1, shoulder=0.5)
        inside = shapely.Polygon(road.band(-span, span)).intersection(site.area)
        if inside.is_empty:
            continue
        roads.append(road)
        pavement = surfaces.concrete(p.concrete, site.seed + 4, site.angle, 3.0)
        plain = surfaces.asphalt(p.asphalt, site.seed + 5)
        for texture, extra in ((pavement, verge), (plain, 0.0)):
            cut = shapely.Polygon(road.band(-span, span, extra)).intersection(site.area)
            for part in getattr(cut, "geoms", [cut]):
                if part.geom_type == "Polygon" and not part.is_empty:
                    d.fill(texture, np.asarray(part.exterior.coords)[:-1])
    return roads


def _kerb_cars(d: Drawing, site: Site, roads: list[Road], gap: float) -> None:
    moving = site.moving(2)
    for road in roads:
        for side in (-1, 1):
            u = np.arange(-site.radius * 1.2, site.radius * 1.2, 6.4)
            u = u[moving.random(len(u)) < 6.4 / gap]
            points = (
                road.course.points(u, side * (road.half_width - 1.1))
                if len(u)
                else np.zeros((0, 2))
            )
            points = points[site.inside(points, 2)] if len(points) else points
            cars(d, points[:, 0], points[:, 1], road.course.angle, moving)
            for x, y in points:
                d.mark("car", x, y, 2.2)


def _family_house(
    d: Drawing,
    x: float,
    y: float,
    width: float,
    length: float,
    angle: float,
    roof: Colour,
    rng: np.random.Generator,
) -> None:
    """Draw a house with a main roof and, often, a wing at right angles."""
    shape: RoofShape = "hip" if rng.random() < 0.55 else "gable"
    tall = float(rng.uniform(3.0, 5.5))
    house(d, x, y, width, length, angle, tall, roof, shape)
    if rng.random() < 0.6:
        side = 1 if rng.random() < 0.5 else -1
        u, v = side * width * 0.26, (1 if rng.random() < 0.5 else -1) * length * 0.42
        wx = x + u * math.cos(angle) - v * math.sin(angle)
        wy = y + u * math.sin(angle) + v * math.cos(angle)
        wing = rectangle(wx, wy, length * 0.6, width * 0.42, angle + math.pi / 2)
        d.shadows(wing, tall)
        roof_over(d, wx, wy, length * 0.6, width * 0.42, angle + math.pi / 2, roof, shape)
        roof_over(d, x, y, width, length, angle, roof, shape)


def _off_road(points: Points, roads: list[Road], distance: float) -> Points:
    for road in roads:
        if len(points):
            _, v = road.course.frame(
                points[:, 0].astype(np.float32), points[:, 1].astype(np.float32)
            )
            points = points[np.abs(v) > road.half_width + distance]
    return points


def _estate(
    d: Drawing,
    site: Site,
    plot: float,
    depth: float,
    size: tuple[float, float],
    tree_gap: float,
    pools: float,
) -> None:
    """Paint streets with a row of houses on each side.

    Args:
        d: where to.
        site: the place.
        plot: width of a plot along the street in metres.
        depth: depth of a plot from the street in metres.
        size: width and depth of a house in metres.
        tree_gap: mean distance of trees in metres.
        pools: share of the plots with a swimming pool.
    """
    rng = site.rng()
    p = site.palette
    style = _style(rng, d)
    d.fill(surfaces.grass(p.lawn, p.dry, site.seed, 0.9 * site.light.dryness + 0.15), site.outline)
    step = 2 * depth + 8.2
    roads = _streets(d, site, step, float(rng.uniform(-0.5, 0.5)) * step, 1.4)
    houses: list[tuple[float, float]] = []
    n = math.ceil(site.radius / plot) + 1
    for road in roads:
        for side in (-1, 1):
            setback = road.half_width + 1.4 + float(rng.uniform(3, 5))
            for k in range(-n, n + 1):
                pick = rng.random(8)
                w = size[0] * float(0.85 + 0.3 * pick[0])
                h = size[1] * float(0.85 + 0.3 * pick[1])
                u = (k + 0.5 + 0.08 * (pick[2] - 0.5)) * plot
                v = side * (setback + h / 2 + 2.5 * pick[3])
                x, y = road.course.points(u, v)[0]
                roof = _roof(rng, style)
                if pick[4] < 0.05 or not site.inside(np.array([[x, y]]), max(w, h) * 0.62)[0]:
                    continue
                drive_u = u + (0.5 if pick[5] < 0.5 else -0.5) * w * 0.7
                drive = road.course.points(drive_u, side * (setback + road.half_width - 1) / 2)[0]
                d.polygons(
                    rectangle(drive[0], drive[1], 3.2, setback - road.half_width + 3, site.angle),
                    scale(p.concrete, 1.04),
                    kind="flat",
                )
                if pick[6] < 0.4:
                    moving = np.random.default_rng((site.seed, site.visit, len(houses), 4))
                    if moving.random() < 0.7:
                        at = road.course.points(drive_u, side * (setback - 2.0))[0]
                        cars(d, at[0], at[1], site.angle + math.pi / 2, moving)
                        d.mark("car", at[0], at[1], 2.2)
                garden = road.course.points(u + w * 0.2, v + side * (h / 2 + 5.0))[0]
                if pick[7] < pools and depth > h + 14:
                    d.polygons(
                        blob(garden[0], garden[1], 4.3, rng, 0.1),
                        scale(p.concrete, 1.12),
                        kind="flat",
                    )
                    d.polygons(
                        blob(garden[0], garden[1], 3.2, rng, 0.1), (92, 176, 198), kind="flat"
                    )
                    d.mark("pool", garden[0], garden[1], 3)
                elif pick[7] > 0.75 and depth > h + 11:
                    house(
                        d, garden[0], garden[1], 4, 3, site.angle, 2.2, _roof(rng, "grey"), "gable"
                    )
                _family_house(d, x, y, w, h, site.angle, roof, rng)
                d.mark("house", x, y, w * 0.5)
                houses.append((x, y))
    _kerb_cars(d, site, roads, 34.0)
    trees = _off_road(away_from(site.scatter(tree_gap, 2.5), houses, max(size) * 0.62), roads, 3.2)
    scatter_trees(d, site, trees, 1.3, 3.9, conifers=0.25)


def paint_mediumresidential(d: Drawing, site: Site) -> None:
    """Paint detached houses with gardens along streets."""
    rng = site.rng(40)
    _estate(
        d,
        site,
        float(rng.uniform(20, 24)),
        float(rng.uniform(25, 30)),
        (15.5, 11.5),
        float(rng.uniform(7, 12)),
        0.12,
    )


def paint_denseresidential(d: Drawing, site: Site) -> None:
    """Paint houses wall to wall on small plots."""
    rng = site.rng(40)
    _estate(
        d,
        site,
        float(rng.uniform(11.5, 13.8)),
        float(rng.uniform(16.5, 19)),
        (10.6, 11.5),
        float(rng.uniform(9, 15)),
        0.0,
    )


def paint_sparseresidential(d: Drawing, site: Site) -> None:
    """Paint villas far apart, each with a drive, among trees or lawn."""
    rng = site.rng()
    p = site.palette
    style = _style(rng, d)
    wooded = rng.random() < 0.55
    arid = not wooded and site.light.dryness > 0.6
    ground = (
        surfaces.soil(p.soil, site.seed)
        if arid
        else surfaces.grass(p.grass if wooded else p.lawn, p.dry, site.seed, 0.6)
    )
    d.fill(ground, site.outline)
    d.facts["garden"] = "trees" if wooded else ("bare ground" if arid else "lawn")
    plots = site.grid(72, 64, 0.1, 16)
    houses: list[tuple[float, float]] = []
    for x, y in plots:
        turn = site.angle + float(rng.normal(0, 0.15)) + (math.pi / 2 if rng.random() < 0.3 else 0)
        w, h = float(rng.uniform(19, 25)), float(rng.uniform(12, 15))
        gate = np.array((x, y)) + 34 * np.array((-math.sin(site.angle), math.cos(site.angle)))
        lane = np.array((x, y)) + 0.5 * (gate - (x, y))
        length = float(np.hypot(*(gate - (x, y))))
        tone = scale(p.concrete, 1.0) if rng.random() < 0.6 else scale(p.soil, 1.15)
        d.polygons(rectangle(lane[0], lane[1], 3.6, length, site.angle), tone, kind="flat")
        yard = np.array((x, y)) + 0.34 * (gate - (x, y))
        d.polygons(blob(yard[0], yard[1], 7.0, rng, 0.15), tone, kind="flat")
        moving = np.random.default_rng((site.seed, site.visit, len(houses), 4))
        if moving.random() < 0.6:
            cars(d, yard[0], yard[1], float(moving.uniform(0, 6)), moving)
            d.mark("car", yard[0], yard[1], 2.2)
        if rng.random() < 0.3:
            px, py = np.array((x, y)) - 0.45 * (gate - (x, y))
            d.polygons(rectangle(px, py, 12, 7.5, turn), scale(p.concrete, 1.12), kind="flat")
            d.polygons(rectangle(px, py, 9, 4.5, turn), (92, 176, 198), kind="flat")
            d.mark("pool", px, py, 4)
            houses.append((float(px), float(py)))
        roof = ROOFS[style][int(rng.integers(3))]
        _family_house(d, x, y, w, h, turn, roof, rng)
        d.mark("house", x, y, w * 0.5)
        houses.append((float(x), float(y)))
    step = 64.0
    if not site.whole:
        _streets(d, site, step, step / 2 + 2, 0.0)
    trees = away_from(site.scatter(5.2 if wooded else 15.0, 3), houses, 13.5)
    trees = trees[site.rng(61).random(len(trees)) < (0.8 if wooded else 0.55)]
    v = (trees - np.asarray(site.anchor)) @ np.array((-math.sin(site.angle), math.cos(site.angle)))
    trees = trees[np.abs(np.mod(v - step / 2 - 2 + step / 2, step) - step / 2) > 7.5]
    scatter_trees(d, site, trees, 1.8, 4.6, conifers=0.3)


def paint_mobilehomepark(d: Drawing, site: Site) -> None:
    """Paint rows of long narrow homes along lanes, each with a carport."""
    rng = site.rng()
    p = site.palette
    bare = rng.random() < 0.5
    ground = (
        surfaces.soil(scale(p.soil, 1.05), site.seed)
        if bare
        else surfaces.grass(p.grass, p.dry, site.seed, 0.9)
    )
    d.fill(ground, site.outline)
    d.facts["ground"] = "bare ground" if bare else "grass"
    length, width = float(rng.uniform(15, 19)), float(rng.uniform(4.6, 6.4))
    pitch = width + float(rng.uniform(4.6, 6.4))
    step = 2 * length + float(rng.uniform(10, 13))
    slant = float(rng.choice((0.0, 0.0, 0.35, -0.35)))
    d.facts["rows"] = "slanted" if slant else "straight"
    roads = _streets(d, site, step, float(rng.uniform(-0.5, 0.5)) * step, 0.0)
    n = math.ceil(site.radius / pitch) + 2
    moving = site.moving()
    white = float(rng.uniform(0.5, 0.9))
    houses: list[tuple[float, float]] = []
    for road in roads:
        for side in (-1, 1):
            for k in range(-n, n + 1):
                pick = rng.random(5)
                v = side * (road.half_width + 1.5 + length / 2 + 1.0 * pick[0])
                u = (k + 0.5) * pitch + slant * v
                x, y = road.course.points(u, v)[0]
                name = "white" if pick[1] < white else str(rng.choice(("grey", "brown", "blue")))
                roof = scale(ROOFS[name][int(rng.integers(3))], 0.98)
                if pick[2] < 0.04 or not site.inside(np.array([[x, y]]), length * 0.56)[0]:
                    continue
                turn = site.angle + math.pi / 2 - math.atan(slant) * 1.0
                cx, cy = road.course.points(u + width / 2 + 1.5, v - side * length * 0.2)[0]
                d.polygons(rectangle(cx, cy, 6.5, 2.7, turn), scale(p.concrete, 1.0), kind="flat")
                if moving.random() < 0.45:
                    cars(d, cx, cy, turn, moving)
                    d.mark("car", cx, cy, 2.2)
                elif pick[4] < 0.4:
                    port = rectangle(cx, cy, 6.0, 2.8, turn)
                    d.shadows(port, 2.3)
                    d.polygons(port, scale(roof, 0.95))
                house(d, x, y, length * (0.85 + 0.2 * pick[3]), width, turn, 3.2, roof, "gable")
                d.mark("home", x, y, length * 0.4)
                houses.append((x, y))
    _kerb_cars(d, site, roads, 60.0)
    trees = _off_road(site.scatter(14, 2), roads, 2.5)
    trees = trees[site.rng(61).random(len(trees)) < 0.5]
    scatter_trees(d, site, away_from(trees, houses, 4.6), 1.1, 2.4)
