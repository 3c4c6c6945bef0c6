"""Colours of plants, soil and man-made surfaces by season and dryness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .light import Light

Colour = tuple[float, float, float]

_GRASS: dict[str, Colour] = {
    "spring": (96, 126, 66),
    "summer": (98, 120, 70),
    "autumn": (126, 122, 78),
    "winter": (124, 118, 92),
}
_TREES: dict[str, tuple[Colour, ...]] = {
    "spring": ((76, 106, 56), (88, 114, 60), (62, 92, 54)),
    "summer": ((58, 84, 48), (68, 92, 52), (50, 76, 46)),
    "autumn": ((116, 98, 54), (132, 84, 48), (76, 86, 50)),
    "winter": ((92, 84, 74), (104, 96, 84), (56, 70, 52)),
}

#: Roof colours by the word a caption uses for them.
ROOFS: dict[str, tuple[Colour, ...]] = {
    "grey": ((138, 136, 134), (118, 118, 120), (154, 152, 148)),
    "white": ((222, 222, 218), (232, 228, 220), (212, 214, 216)),
    "brown": ((128, 102, 82), (112, 90, 74), (142, 118, 96)),
    "red": ((162, 92, 72), (150, 82, 64), (174, 108, 84)),
    "dark": ((74, 74, 78), (62, 62, 66), (86, 82, 82)),
    "blue": ((92, 122, 152), (82, 110, 144), (104, 136, 160)),
}

#: Paint of cars; the share of each is about what car parks show.
CARS: tuple[Colour, ...] = (
    (228, 228, 228), (236, 236, 232), (196, 198, 202), (170, 172, 176), (126, 128, 132),
    (232, 232, 230), (206, 208, 210), (150, 152, 156), (96, 98, 104), (58, 58, 62), (42, 42, 48),
    (34, 34, 36), (28, 30, 34), (136, 46, 42), (58, 72, 106), (150, 138, 114), (66, 80, 72),
)  # fmt: skip


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour ``share`` of the way from ``a`` to ``b``."""
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
    )


def scale(colour: Colour, factor: float) -> Colour:
    """Return the colour made brighter or darker."""
    return (colour[0] * factor, colour[1] * factor, colour[2] * factor)


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one place at one date, 0 to 255.

    Attributes:
        grass: meadows and lawns as they grow by themselves.
        lawn: watered lawns.
        dry: dead grass.
        trees: crowns, several tints.
        conifers: crowns that stay green.
        shrubs: low bushes.
        soil: bare earth.
        sand: beach and bunker sand.
        asphalt: road surface.
        concrete: aprons, pavements.
    """

    grass: Colour
    lawn: Colour
    dry: Colour
    trees: tuple[Colour, ...]
    conifers: tuple[Colour, ...]
    shrubs: tuple[Colour, ...]
    soil: Colour
    sand: Colour
    asphalt: Colour
    concrete: Colour


def make_palette(light: Light, rng: np.random.Generator) -> Palette:
    """Return the colours of a place under ``light``; ``rng`` stands for the place."""

    def jitter(colour: Colour, spread: float = 7.0) -> Colour:
        common = rng.normal(0, spread)
        own = rng.normal(0, spread * 0.35, 3)
        return (
            colour[0] + common + own[0],
            colour[1] + common + own[1],
            colour[2] + common + own[2],
        )

    dry: Colour = (158, 144, 112)
    grass = mix(jitter(_GRASS[light.season]), dry, 0.6 * light.dryness)
    lawn = mix(jitter((86, 122, 62)), _GRASS[light.season], 0.45)
    soils: tuple[Colour, ...] = (
        (146, 120, 94), (164, 142, 114), (122, 100, 82), (152, 112, 82), (176, 160, 136),
    )  # fmt: skip
    soil = soils[int(rng.integers(len(soils)))]
    road = float(rng.uniform(78, 142))
    slab = float(rng.uniform(150, 196))
    return Palette(
        grass=grass,
        lawn=lawn,
        dry=jitter(dry),
        trees=tuple(jitter(c, 6) for c in _TREES[light.season]),
        conifers=tuple(jitter(c, 4) for c in ((44, 66, 46), (52, 76, 54))),
        shrubs=tuple(jitter(c, 6) for c in ((76, 84, 56), (90, 90, 62), (66, 70, 50))),
        soil=jitter(soil),
        sand=jitter((206, 190, 158), 9),
        asphalt=(road, road * float(rng.uniform(0.97, 1.0)), road * float(rng.uniform(0.92, 1.02))),
        concrete=(
            slab,
            slab * float(rng.uniform(0.96, 0.995)),
            slab * float(rng.uniform(0.88, 0.97)),
        ),
    )
