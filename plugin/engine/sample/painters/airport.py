"""Aprons with aircraft, and runways."""

from __future__ import annotations

import math

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, rectangle
from ..canvas.noise import FloatArray, Patch
from ..canvas.palette import Colour, scale
from ..land.site import Points, Site
from ..things.course import Course
from ..things.vehicles import aircraft, cars
from .nature import wild_grass

_LIVERIES: dict[str, Colour] = {
    "blue": (44, 84, 156),
    "red": (176, 52, 48),
    "green": (52, 118, 78),
    "orange": (214, 120, 48),
    "white": (226, 228, 230),
    "dark": (58, 60, 70),
}


def paint_airplane(d: Drawing, site: Site) -> None:
    """Paint an apron with parked aircraft, service vehicles and taxi lines."""
    rng, moving = site.rng(), site.moving()
    p = site.palette
    paved = rng.random() < 0.8
    surface = p.concrete if rng.random() < 0.7 else scale(p.asphalt, 1.15)
    d.fill(surfaces.concrete(surface, site.seed, site.angle, 7.6), site.outline)
    if not paved:
        # An island of grass beside the apron, as on small fields.
        away = 0.55 * min(site.radius, 60)
        corner = site.to_world([-away - 60, -away, -away, -away - 60], [-90, -90, 90, 90])
        if site.whole:
            d.fill(surfaces.grass(p.grass, p.dry, site.seed + 2, 0.8), corner)
    d.facts["apron"] = "concrete"
    small = rng.random() < 0.3
    size = float(rng.uniform(10, 17)) if small else float(rng.uniform(30, 46))
    engines = (
        "propeller" if small and rng.random() < 0.6 else ("tail" if rng.random() < 0.45 else "wing")
    )
    gap = size * (1.55 if small else 1.3)
    heading = site.angle + math.pi / 2 + float(rng.uniform(-0.25, 0.25))
    stands = site.grid(gap, gap * 1.15, 0.05, size * (0.0 if site.whole else 0.5))
    taken = moving.random(len(stands)) < (0.8 if small else 0.9)
    taken[np.argmin(np.hypot(*(stands - site.anchor).T))] = True
    _lines(d, site, stands, gap)
    for (x, y), there in zip(stands, taken, strict=True):
        if not there:
            continue
        name = list(_LIVERIES)[int(moving.integers(len(_LIVERIES)))]
        turn = heading + float(moving.normal(0, 0.05)) + (math.pi if moving.random() < 0.15 else 0)
        length = size * float(moving.uniform(0.92, 1.08))
        aircraft(d, x, y, turn, length, _LIVERIES[name], engines)
        d.mark("airplane", x, y, length * 0.5)
        d.facts["livery"] = name
        around = moving.uniform(-1, 1, (int(moving.integers(1, 6)), 2))
        around = around / np.maximum(np.hypot(*around.T), 0.2)[:, None] * length * 0.55
        spots = np.array((x, y)) + around
        if not small:
            cars(d, spots[:, 0], spots[:, 1], moving.uniform(0, 6.3), moving, 5.5)
    d.facts["size"] = "small" if small else "large"
    d.facts["engines"] = engines


def _lines(d: Drawing, site: Site, stands: Points, gap: float) -> None:
    for x, y in stands:
        lead = rectangle(x, y, 0.25, gap * 1.15, site.angle)
        d.polygons(lead, (206, 176, 74), kind="flat")


def paint_runway(d: Drawing, site: Site) -> None:
    """Paint a runway with its markings and rubber, on grass."""
    course = site.course or Course(*site.anchor, site.angle)
    rng = np.random.default_rng((site.ground, 5))
    p = site.palette
    half = float(rng.uniform(15, 23))
    shift = float(rng.uniform(-8, 8)) if site.course is None else 0.0
    arid = rng.random() < 0.3
    verge = surfaces.soil(p.soil, site.ground) if arid else wild_grass(site)
    d.fill(verge, site.outline)
    light = rng.random() < 0.45
    surface = scale(p.concrete, 0.95) if light else scale(p.asphalt, 0.9)
    base = (
        surfaces.concrete(surface, site.ground + 3, course.angle, 7.6)
        if light
        else surfaces.asphalt(surface, site.ground + 3)
    )
    touchdown = bool(rng.random() < 0.5) or site.course is not None
    d.facts["surface"] = "light" if light else "dark"
    d.facts["marks"] = "touchdown" if touchdown else "centre line"
    d.facts["verge"] = "bare ground" if arid else "grass"
    phase = float(rng.uniform(0, 50))
    white = np.array((232, 232, 226), dtype=np.float32)

    def texture(q: Patch) -> FloatArray:
        picture = base(q)
        u, across = course.frame(q.x, q.y)
        v = across - np.float32(shift)
        rubber = np.exp(-((v / 4.5) ** 2)) * (
            0.7 + 0.3 * q.noise_at(u / 30, v / 1.2, site.ground + 8)
        )
        picture *= (1 - 0.33 * rubber)[..., None]
        along = surfaces.repeated(u + np.float32(phase), 50.0)
        dash = np.clip((15 - np.abs(along)) / q.gsd + 0.5, 0, 1) * surfaces.stripe(v, 0.95, q.gsd)
        side = surfaces.stripe(np.abs(v) - (half - 1.6), 0.95, q.gsd)
        paint = np.maximum(dash, side)
        if touchdown:
            far = surfaces.repeated(u + np.float32(phase), 150.0)
            long = np.clip((12 - np.abs(far - 45)) / q.gsd + 0.5, 0, 1)
            w = np.abs(v)
            bars = np.maximum(
                surfaces.stripe(w - 7, 1.8, q.gsd), surfaces.stripe(w - 9.5, 1.8, q.gsd)
            )
            paint = np.maximum(paint, bars * long)
        worn = 0.86 - 0.22 * np.clip(q.noise(2.2, site.ground + 9) + 0.2, 0, 1)
        picture += (white - picture) * (paint * worn)[..., None]
        return picture

    corners = np.asarray(site.area.exterior.coords, dtype=np.float32)
    u, _ = course.frame(corners[:, 0], corners[:, 1])
    start, end = float(u.min()) - 5, float(u.max()) + 5
    shoulder = surfaces.asphalt(scale(p.asphalt, 0.8), site.ground + 6)
    d.fill(shoulder, course.band(start, end, shift - half - 4, shift + half + 4))
    d.fill(texture, course.band(start, end, shift - half, shift + half))
    # Edge lights and signs.
    lights = np.concatenate(
        [course.points(np.arange(start, end, 30.0), shift + side * (half + 3)) for side in (-1, 1)]
    )
    lights = lights[site.inside(lights, 1)]
    for x, y in lights:
        d.polygons(rectangle(x, y, 0.8, 0.8, course.angle), (230, 230, 200), kind="flat")
