"""Single scenes: builds the drawing of a class, paints chips of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

from ..errors import UsageError
from .canvas.drawing import Drawing
from .canvas.light import Light, random_light
from .canvas.noise import Patch
from .canvas.palette import make_palette
from .canvas.render import render, to_bytes
from .classes import DEFAULT_GSD_M, SCENE_CLASSES
from .land.site import Site
from .painters.airport import paint_airplane, paint_runway
from .painters.buildings import paint_buildings
from .painters.fields import paint_agricultural
from .painters.housing import (
    paint_denseresidential,
    paint_mediumresidential,
    paint_mobilehomepark,
    paint_sparseresidential,
)
from .painters.nature import paint_chaparral, paint_forest
from .painters.paved import paint_parkinglot, paint_storagetanks
from .painters.roads import paint_freeway, paint_intersection, paint_overpass
from .painters.sports import paint_baseballdiamond, paint_golfcourse, paint_tenniscourt
from .painters.water import paint_beach, paint_harbor, paint_river

Painter = Callable[[Drawing, Site], None]

PAINTERS: dict[str, Painter] = {
    "agricultural": paint_agricultural,
    "airplane": paint_airplane,
    "baseballdiamond": paint_baseballdiamond,
    "beach": paint_beach,
    "buildings": paint_buildings,
    "chaparral": paint_chaparral,
    "denseresidential": paint_denseresidential,
    "forest": paint_forest,
    "freeway": paint_freeway,
    "golfcourse": paint_golfcourse,
    "harbor": paint_harbor,
    "intersection": paint_intersection,
    "mediumresidential": paint_mediumresidential,
    "mobilehomepark": paint_mobilehomepark,
    "overpass": paint_overpass,
    "parkinglot": paint_parkinglot,
    "river": paint_river,
    "runway": paint_runway,
    "sparseresidential": paint_sparseresidential,
    "storagetanks": paint_storagetanks,
    "tenniscourt": paint_tenniscourt,
}

#: Metres drawn around a chip, so that things and shadows reach in from outside.
_MARGIN_M = 18.0
_MAX_CHIP = 4096


def paint_site(scene_class: str, site: Site) -> Drawing:
    """Record the drawing of a class on a site."""
    drawing = Drawing(site.light)
    PAINTERS[scene_class](drawing, site)
    return drawing


@lru_cache(maxsize=16)
def scene_drawing(scene_class: str, seed: int, extent_m: float) -> tuple[Drawing, Light]:
    """Return what a chip of ``extent_m`` metres shows and the light it is seen in.

    Raises:
        UsageError: for an unknown class or a negative seed.
    """
    if scene_class not in SCENE_CLASSES:
        raise UsageError(
            f"There is no scene class {scene_class!r}",
            hint=f"Use one of {', '.join(SCENE_CLASSES)}",
        )
    if seed < 0:
        raise UsageError(f"The seed {seed} is negative", hint="Use 0 or a larger whole number")
    rng = np.random.default_rng((seed, SCENE_CLASSES.index(scene_class), 2))
    light = random_light(rng)
    site = Site(
        area=shapely.box(-_MARGIN_M, -_MARGIN_M, extent_m + _MARGIN_M, extent_m + _MARGIN_M),
        angle=float(rng.uniform(0, math.pi))
        if rng.random() < 0.7
        else float(rng.choice((0, math.pi / 2))),
        anchor=(extent_m / 2, extent_m / 2),
        seed=int(rng.integers(1 << 30)),
        visit=0,
        light=light,
        palette=make_palette(light, rng),
        whole=True,
    )
    return paint_site(scene_class, site), light


def paint_scene(
    scene_class: str, seed: int, size: int = 256, gsd_m: float = DEFAULT_GSD_M
) -> npt.NDArray[np.uint8]:
    """Paint one scene as seen from the air.

    Args:
        scene_class: one of ``SCENE_CLASSES``.
        seed: chooses the scene; the same seed gives the same pixels.
        size: edge of the picture in pixels, 16 to 4096.
        gsd_m: ground size of a pixel in metres, 0.05 to 5.

    Returns:
        RGB, uint8 (size, size, 3).

    Raises:
        UsageError: for an unknown class, a negative seed, or a size or resolution out of range.
    """
    if not 16 <= size <= _MAX_CHIP:
        raise UsageError(f"A scene of {size} pixels cannot be drawn", hint="Use 16 to 4096 pixels")
    if not 0.05 <= gsd_m <= 5:
        raise UsageError(f"A pixel of {gsd_m} m cannot be drawn", hint="Use 0.05 to 5 metres")
    drawing, light = scene_drawing(scene_class, seed, size * gsd_m)
    return to_bytes(render([drawing], Patch(0, 0, size, size, gsd_m), light, seed % 65521))
