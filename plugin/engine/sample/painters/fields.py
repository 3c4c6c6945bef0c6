"""Farmland: row crops, ploughed fields, cereals, hay and pivot irrigation."""

from __future__ import annotations

import math

import numpy as np
import shapely

from ..canvas import surfaces
from ..canvas.drawing import Drawing
from ..canvas.palette import Colour, mix, scale
from ..land.site import Points, Site

#: Kind of field: (word for captions, crop colours by season or one for all, row spacing m, cover).
_GREENS: tuple[Colour, ...] = ((88, 128, 62), (72, 110, 60), (104, 138, 84), (82, 118, 84))
_RIPE: tuple[Colour, ...] = ((186, 164, 106), (170, 150, 104), (196, 180, 130))


def paint_agricultural(d: Drawing, site: Site) -> None:
    """Paint one or a few neighbouring fields that share a direction."""
    rng = site.rng()
    kinds = {
        "spring": (0.5, 0.3, 0.1, 0.1),
        "summer": (0.5, 0.12, 0.28, 0.1),
        "autumn": (0.25, 0.35, 0.25, 0.15),
        "winter": (0.2, 0.5, 0.15, 0.15),
    }
    year = np.random.default_rng((site.seed, site.visit, 3))
    kind = str(year.choice(("crops", "soil", "ripe", "pivot"), p=kinds[site.light.season]))
    if kind == "pivot" and site.radius < 45:
        kind = "crops"
    _paint_field(d, site, kind, rng, site.outline, site.angle)
    d.facts["field"] = kind
    if kind == "pivot":
        return
    # A second field beyond a track, so that large parcels are not one endless pattern.
    if rng.random() < (0.3 if site.whole else 0.7):
        edge = float(rng.uniform(0.15, 0.45)) * site.radius * (1 if rng.random() < 0.5 else -1)
        far = math.copysign(site.radius * 1.6, edge)
        other = str(year.choice(("crops", "soil", "ripe")))
        span = site.radius * 1.6
        corners = site.to_world(
            np.array([edge, far, far, edge]), np.array([-span, -span, span, span])
        )
        clipped = _clip(site, corners)
        if clipped is not None:
            _paint_field(
                d, site, other, rng, clipped, site.angle + math.pi / 2 * int(rng.integers(2))
            )
            track = site.to_world(
                np.array([edge - 1.8, edge + 1.8, edge + 1.8, edge - 1.8]),
                np.array([-span, -span, span, span]),
            )
            outline = _clip(site, track)
            if outline is not None:
                d.fill(surfaces.soil(scale(site.palette.soil, 1.15), site.seed + 3), outline)
            d.facts["second"] = other


def _clip(site: Site, corners: Points) -> Points | None:
    cut = shapely.Polygon(corners).intersection(site.area)
    if cut.is_empty or cut.geom_type != "Polygon":
        return None
    return np.asarray(cut.exterior.coords)[:-1]


def _paint_field(
    d: Drawing,
    site: Site,
    kind: str,
    rng: np.random.Generator,
    outline: Points | None,
    angle: float,
) -> None:
    seed = site.seed + int(rng.integers(1 << 20))
    earth = site.palette.soil
    across = angle + math.pi / 2
    green = mix(_GREENS[int(rng.integers(len(_GREENS)))], site.palette.grass, 0.3)
    if kind == "soil":
        spacing = float(rng.uniform(0.9, 2.4))
        dark = scale(earth, float(rng.uniform(0.72, 0.86)))
        texture = surfaces.rows(dark, scale(earth, 1.05), seed, across, spacing, 0.5, 0.35)
    elif kind == "ripe":
        gold = _RIPE[int(rng.integers(len(_RIPE)))]
        texture = surfaces.rows(
            gold, scale(gold, 0.86), seed, across, float(rng.uniform(1.5, 5.0)), 0.55, 0.5
        )
    elif kind == "pivot":
        turn = rng.uniform(0, 2 * math.pi)
        away = site.radius * float(rng.uniform(0.5, 1.1))
        x, y = site.anchor[0] + away * math.cos(turn), site.anchor[1] + away * math.sin(turn)
        texture = surfaces.pivot(green, earth, seed, x, y, float(rng.uniform(1.6, 4.0)))
    else:
        spacing = float(rng.choice((0.9, 1.5, 2.0, 2.8, 3.6)) * rng.uniform(0.9, 1.1))
        texture = surfaces.rows(
            green,
            earth,
            seed,
            across,
            spacing,
            float(rng.uniform(0.35, 0.75)),
            float(rng.uniform(0.25, 0.9)),
        )
    d.fill(texture, outline)
