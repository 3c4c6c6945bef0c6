"""Forest, chaparral and the trees that other scenes scatter about."""

from __future__ import annotations

import numpy as np

from ..canvas import surfaces
from ..canvas.drawing import Drawing, Texture
from ..canvas.palette import scale
from ..land.site import Points, Site
from ..things.course import Course


def wild_grass(site: Site) -> Texture:
    """Return the grass that grows by itself; it goes on without a seam across a landscape."""
    seed = site.seed if site.region is None else site.region
    return surfaces.grass(site.palette.grass, site.palette.dry, seed, 0.8)


def scatter_trees(
    d: Drawing,
    site: Site,
    points: Points,
    low: float = 1.6,
    high: float = 4.2,
    stream: int = 60,
    conifers: float = 0.2,
) -> None:
    """Plant trees of radius ``low`` to ``high`` metres at the given points."""
    if not len(points):
        return
    rng = site.rng(stream)
    radius = rng.uniform(low, high, len(points))
    evergreen = rng.random(len(points)) < conifers
    for which, tints in ((~evergreen, site.palette.trees), (evergreen, site.palette.conifers)):
        if which.any():
            x, y = points[which].T
            r = radius[which]
            d.crowns(x, y, r, tints, rng, height=r * (1.3 if tints is site.palette.trees else 1.9))
    for x, y in points:
        d.mark("tree", x, y, 2.5)


def paint_forest(d: Drawing, site: Site) -> None:
    """Paint closed forest, sometimes with a clearing or a track."""
    rng = site.rng()
    conifer = rng.random() < 0.35
    tints = site.palette.conifers if conifer else site.palette.trees
    if not conifer and rng.random() < 0.5:
        tints = (*tints, site.palette.conifers[0])
    d.facts["forest"] = "conifer" if conifer else "mixed"
    d.facts["crowns"] = (
        "bare"
        if not conifer and site.light.season == "winter"
        else ("autumn" if not conifer and site.light.season == "autumn" else "green")
    )
    floor = site.palette.dry if site.light.season in ("autumn", "winter") else site.palette.grass
    d.fill(surfaces.forest_floor(scale(floor, 0.85), site.seed), site.outline)
    size = float(rng.uniform(1.5, 3.4))
    points = site.scatter(size * float(rng.uniform(1.25, 1.6)), size * 0.5)
    if rng.random() < 0.45:
        # Clearings: no trees where a broad noise is high, grass shows.
        d.facts["clearing"] = "yes"
        grid = site.grid(95, 95, 0.3, 0, stream=7)
        sizes = site.rng(8).uniform(6, 16, len(grid))
        for (x, y), r in zip(grid, sizes, strict=True):
            points = points[np.hypot(points[:, 0] - x, points[:, 1] - y) > r]
    order = site.rng(4)
    radius = size * np.exp(order.normal(0, 0.26, len(points)))
    d.crowns(points[:, 0], points[:, 1], radius, tints, order, height=radius * 0.9)


def paint_chaparral(d: Drawing, site: Site) -> None:
    """Paint dry ground dotted with bushes."""
    rng = site.rng()
    ground = site.palette.soil if rng.random() < 0.7 else site.palette.dry
    pale = scale(ground, float(rng.uniform(1.02, 1.18)))
    d.fill(surfaces.soil(pale, site.seed, 1.6), site.outline)
    d.facts["ground"] = "soil" if ground is site.palette.soil else "dry grass"
    spacing = float(rng.uniform(2.4, 4.6))
    points = site.scatter(spacing, 1.0)
    keep = site.rng(3).random(len(points)) < float(rng.uniform(0.55, 0.95))
    points = points[keep]
    size = spacing * float(rng.uniform(0.22, 0.34))
    radius = np.clip(size * np.exp(site.rng(4).normal(0, 0.35, len(points))), 0.35, 2.6)
    d.facts["density"] = "dense" if size / spacing > 0.29 else "scattered"
    d.crowns(
        points[:, 0], points[:, 1], radius, site.palette.shrubs, site.rng(5), height=radius * 0.8
    )
    if rng.random() < 0.3:
        span = site.radius * 1.3
        bend = float(rng.uniform(-0.3, 0.3)) * span
        path = Course(
            *site.anchor, site.angle, ((bend * 0.3, span * 1.5, float(rng.uniform(0, 6))),)
        )
        if site.whole:
            d.fill(
                surfaces.soil(scale(pale, 1.14), site.seed + 9), path.band(-span, span, -1.1, 1.1)
            )
            d.facts["path"] = "yes"
