"""Rivers, beaches and harbours."""

from __future__ import annotations

import math

import numpy as np
import shapely

from ..canvas import surfaces
from ..canvas.drawing import Drawing, rectangle
from ..canvas.noise import FloatArray, Patch
from ..canvas.palette import Colour, mix
from ..land.site import Points, Site
from ..things.course import Course
from ..things.vehicles import boats
from .nature import scatter_trees, wild_grass

_SEAS: dict[str, tuple[Colour, Colour]] = {
    "blue": ((44, 74, 100), (92, 134, 146)),
    "green": ((46, 92, 92), (108, 158, 146)),
    "dark": ((44, 60, 66), (86, 104, 102)),
}
_RIVERS: dict[str, Colour] = {
    "dark": (46, 58, 56), "green": (70, 90, 66), "brown": (112, 104, 76), "blue": (56, 82, 96),
}  # fmt: skip


def _own(site: Site) -> np.random.Generator:
    """Return chance shared by all sites on one course, so that a river keeps its colour."""
    return np.random.default_rng((site.ground, 91))


def paint_river(d: Drawing, site: Site) -> None:
    """Paint a river between wooded or open banks."""
    rng = site.rng()
    waves: tuple[tuple[float, float, float], ...] = (
        (float(rng.uniform(4, 12)), float(rng.uniform(120, 240)), float(rng.uniform(0, 6.3))),
    )
    course = site.course or Course(*site.anchor, site.angle, waves)
    own = _own(site)
    half = float(own.uniform(9, 22))
    name = list(_RIVERS)[int(own.integers(len(_RIVERS)))]
    wooded = own.random() < 0.7
    p = site.palette
    seed = int(own.integers(1 << 20))
    tone = _RIVERS[name]
    flow = surfaces.water(tone, seed, course.angle + math.pi / 2, 0.7)
    meadow = wild_grass(site)
    mud = mix(p.soil, tone, 0.45)
    margin = float(own.uniform(1.5, 5))

    def texture(q: Patch) -> FloatArray:
        picture = meadow(q)
        _, across = course.frame(q.x, q.y)
        shore = half + 3.2 * q.clouds(22, seed + 3) + 1.1 * q.noise(4, seed + 4)
        depth = shore - np.abs(across)
        bank = np.clip((depth + margin + q.noise(3, seed + 5)) / 1.5, 0, 1)[..., None]
        bare = surfaces.soil(mud, seed + 7)(q)
        picture += (bare - picture) * bank * 0.9
        wet = np.clip(depth / q.gsd * 0.6 + 0.5, 0, 1)[..., None]
        shallow = np.exp(-np.clip(depth, 0, None) / 2.5)[..., None]
        river = flow(q)
        river = river + (np.asarray(mud, dtype=np.float32) - river) * (0.5 * shallow)
        picture += (river - picture) * wet
        return picture

    d.fill(texture, site.outline)
    points = site.scatter(3.9 if wooded else 9.0, 2.5)
    _, across = course.frame(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))
    points = points[np.abs(across) > half + margin + 1.2]
    if not wooded:
        points = points[site.rng(6).random(len(points)) < 0.5]
    else:
        points = points[site.rng(6).random(len(points)) < float(own.uniform(0.6, 1.0))]
    scatter_trees(d, site, points, 1.6, 3.6, stream=8, conifers=0.15)
    d.facts["water"] = name
    d.facts["banks"] = "wooded" if wooded else "open"


def paint_beach(d: Drawing, site: Site) -> None:
    """Paint surf running up a sand beach; the sea lies to the left of the course."""
    rng = site.rng()
    course = site.course or Course(
        *site.anchor,
        site.angle + (math.pi if rng.random() < 0.5 else 0),
        ((float(rng.uniform(1, 5)), float(rng.uniform(90, 180)), float(rng.uniform(0, 6.3))),),
    )
    own = _own(site)
    name = list(_SEAS)[int(own.integers(len(_SEAS)))]
    deep, shallow = (np.asarray(c, dtype=np.float32) for c in _SEAS[name])
    white_sand = own.random() < 0.6
    sand = np.asarray(
        site.palette.sand if white_sand else mix(site.palette.sand, (168, 138, 104), 0.7)
    )
    sand = sand.astype(np.float32)
    seed = int(own.integers(1 << 20))
    visit = seed + 7 * site.visit
    surf = float(np.random.default_rng((seed, site.visit)).uniform(0.35, 1.25))
    dry_sand = surfaces.soil((float(sand[0]), float(sand[1]), float(sand[2])), seed, 0.8)
    meadow = wild_grass(site)
    back = 62.0 if site.course is not None else float(own.uniform(30, 90))
    shift = 0.0 if site.course is not None else float(own.uniform(-10, 10))

    def texture(q: Patch) -> FloatArray:
        u, across = course.frame(q.x, q.y)
        # Metres inland of the mean waterline; the swash makes the line uneven.
        inland = across - np.float32(shift) + 2.0 * q.clouds(16, visit)
        off = np.clip(-inland, 0, None)
        murk = np.exp(-off / 16)[..., None]
        sea = deep + (shallow - deep) * murk
        swell = q.noise_at(u / 28, off / 3.2, visit + 1)
        chop = q.noise(1.8, visit + 2)
        sea = sea * (1 + 0.06 * swell + 0.05 * chop + 0.03 * q.grain(visit + 3))[..., None]
        foam = np.zeros_like(off)
        lace = 0.5 + 0.6 * q.clouds(3.2, visit + 5) + 0.25 * q.grain(visit + 6)
        for at, width in ((3.0, 4.5), (15.0, 5.5), (29.0, 3.5)):
            # Each crest wanders on its own, the farther out the more.
            crest = off + (2 + at / 4) * q.clouds(42, visit + 40 + int(at)) + q.noise(7, visit + 41)
            # Breakers are sharp towards the land and trail foam behind.
            lead = np.clip((crest - at) * 1.2 + 0.5, 0, 1)
            trail = np.exp(-np.clip(crest - at, 0, None) / width)
            strong = surf * (1.15 - at / 45) + (0.25 + at / 40) * q.noise(30, visit + int(at))
            strong = np.clip(strong, 0, 1.2)
            foam = np.maximum(foam, lead * trail * strong)
        foam = np.clip(foam * (0.55 + lace), 0, 1)[..., None]
        sea = sea + (np.float32(236) - sea) * foam
        wet = np.exp(-np.clip(inland, 0, None) / 6.5)[..., None]
        ground = dry_sand(q) * (1 - 0.36 * wet)
        tracks = surfaces.stripe(inland - 24 - 2 * q.noise(30, seed + 8), 0.5, q.gsd)
        ground = ground * (1 - 0.07 * tracks)[..., None]
        grown = np.clip((inland - back + 5 * q.clouds(12, seed + 9)) / 2.5, 0, 1)[..., None]
        ground = ground + (meadow(q) - ground) * grown
        edge = np.clip(-inland / q.gsd * 0.5 + 0.5, 0, 1)[..., None]
        picture: FloatArray = ground + (sea - ground) * edge
        return picture

    d.fill(texture, site.outline)
    d.facts["water"] = name
    d.facts["sand"] = "white" if white_sand else "brown"
    d.facts["waves"] = "foam" if surf > 0.55 else "calm"
    _visitors(d, site, course, shift)
    points = site.scatter(5.5, 2, stream=20)
    _, across = course.frame(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))
    points = points[across - shift > back + 6]
    points = points[site.rng(21).random(len(points)) < 0.5]
    radius = site.rng(22).uniform(0.5, 1.8, len(points))
    d.crowns(points[:, 0], points[:, 1], radius, site.palette.shrubs, site.rng(23))


def _visitors(d: Drawing, site: Site, course: Course, shift: float) -> None:
    """Put parasols and towels on the dry sand."""
    moving = site.moving(3)
    points = site.scatter(float(moving.choice((9.0, 16.0, 30.0))), 2, stream=24)
    _, across = course.frame(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))
    points = points[(across - shift > 9) & (across - shift < 26)]
    points = points[moving.random(len(points)) < 0.5]
    colours = np.array(
        [(204, 70, 60), (236, 232, 220), (60, 100, 170), (226, 190, 80), (70, 140, 110)]
    )
    for x, y in points:
        outline = rectangle(x, y, 1.7, 1.7, float(moving.uniform(0, 1.5)))
        d.polygons(outline + np.asarray(d.light.shadow) * 1.8, kind="shadow")
        d.polygons(outline, colours[int(moving.integers(len(colours)))])


def paint_harbor(d: Drawing, site: Site) -> None:
    """Paint a marina: floating piers with boats moored on both sides."""
    rng, moving = site.rng(), site.moving()
    name = str(rng.choice(("dark", "blue", "green"), p=(0.5, 0.25, 0.25)))
    tone = {"dark": (36, 48, 54), "blue": (40, 66, 92), "green": (42, 74, 72)}[name]
    d.fill(surfaces.water(tone, site.seed, site.angle + 0.4, 0.8), site.outline)
    d.facts["water"] = name
    length = float(rng.uniform(8.5, 15))
    pitch = length * 0.36 + 0.5
    lane = length * 2 + float(rng.uniform(10, 20))
    width = float(rng.uniform(1.8, 2.8))
    full = float(moving.uniform(0.72, 0.98))
    d.facts["full"] = "yes" if full > 0.85 else "no"
    count = math.ceil(site.radius / lane)
    margin = 0.0 if site.whole else length + 3
    area = site.area if site.whole else site.area.buffer(-margin)
    if area.is_empty:
        return
    wood = (168, 162, 150) if rng.random() < 0.6 else (206, 204, 198)
    shift = float(rng.uniform(-0.5, 0.5)) * lane * 0.5
    for k in range(-count, count + 1):
        v = k * lane + shift
        line = shapely.LineString(site.to_world([-site.radius * 1.2, site.radius * 1.2], v))
        cut = line.intersection(area)
        for part in getattr(cut, "geoms", [cut]):
            if part.is_empty or part.geom_type != "LineString" or part.length < 12:
                continue
            _pier(d, np.asarray(part.coords), width, length, pitch, full, moving, wood)


def _pier(
    d: Drawing,
    ends: Points,
    width: float,
    length: float,
    pitch: float,
    full: float,
    moving: np.random.Generator,
    wood: Colour,
) -> None:
    a, b = ends[0], ends[-1]
    reach = float(np.hypot(*(b - a)))
    along = (b - a) / reach
    across = np.array((-along[1], along[0]))
    angle = math.atan2(along[1], along[0])
    middle = (a + b) / 2
    deck = rectangle(float(middle[0]), float(middle[1]), reach, width, angle)
    d.shadows(deck, 0.8)
    d.polygons(deck, wood)
    # Boats lie in slots counted from the pier's own lattice: the same slots at every visit.
    slots = np.arange(pitch / 2, reach - pitch / 2, pitch)
    for side in (-1, 1):
        fingers = slots[::2] - pitch / 2
        finger_length = length * 0.75
        at = a + fingers[:, None] * along + side * across * (width / 2 + finger_length / 2)
        for x, y in at:
            d.polygons(rectangle(x, y, 0.6, finger_length, angle), wood)
        there = moving.random(len(slots)) < full
        sizes = length * moving.uniform(0.72, 1.0, len(slots))
        centre = a + slots[:, None] * along + side * across * (width / 2 + 0.7 + sizes / 2)[:, None]
        turn = angle + side * math.pi / 2
        out = moving.random(len(slots)) < 0.8
        heading = np.where(out, turn, turn + math.pi)
        boats(d, centre[there, 0], centre[there, 1], heading[there], sizes[there], moving)
        for x, y in centre[there]:
            d.mark("boat", x, y, length * 0.4)
