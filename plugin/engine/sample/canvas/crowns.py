"""Pictures of single tree crowns, lit from the side of the sun, that are stamped on the scene."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image

from .noise import FloatArray, hash_lattice, lattice
from .palette import Colour

#: Crown pictures are made for these radii only (pixels of the drawing raster).
_RADII = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 62)


@lru_cache(maxsize=4096)
def nearest_radius(pixels: int) -> int:
    """Return the radius that crown pictures exist for and that is closest to ``pixels``."""
    return min(_RADII, key=lambda r: abs(r - pixels))


@lru_cache(maxsize=256)
def _relief(radius: int, variant: int) -> tuple[FloatArray, ...]:
    """Return height gradient east and south, speckle and mask of a crown, (2r+3, 2r+3) each."""
    side = 2 * radius + 3
    axis = np.arange(side, dtype=np.float32) - (side - 1) / 2
    dx, dy = axis[None, :] / radius, axis[:, None] / radius
    distance = np.hypot(dx, dy)
    theta = np.arctan2(dy, dx)
    edge = np.ones_like(distance)
    bits = hash_lattice(np.arange(6), np.array([variant]), 77).astype(np.float64) / 2**32
    for k, share in zip((2, 3, 5, 7), bits, strict=False):
        edge += (0.05 + 0.06 * share) * np.cos(k * theta + share * 12.0 + variant)
    mask = np.clip((edge * 0.93 - distance) * radius + 0.5, 0, 1)
    dome = np.sqrt(np.clip(1.05 - (distance / edge) ** 2, 0, 1))

    # Clumps of leaves: a coarse and a fine random relief on the dome.
    def relief(cell: float, seed: int) -> npt.NDArray[np.float32]:
        n = max(2, math.ceil(side / cell) + 2)
        grid = lattice(np.arange(n)[None, :], np.arange(n)[:, None], seed + 31 * variant)
        picture = Image.fromarray(grid).resize(
            (round(n * cell), round(n * cell)), Image.Resampling.BICUBIC
        )
        return np.asarray(picture, dtype=np.float32)[:side, :side]

    height = dome * 0.9
    if radius >= 4:
        height = height + 0.20 * relief(max(2.5, radius * 0.45), 5) * dome
    gy, gx = np.gradient(height * radius)
    speckle = lattice(np.arange(side)[None, :], np.arange(side)[:, None], 9 + variant)
    slopes = np.stack([gx, gy]).astype(np.float32)
    return slopes[0], slopes[1], speckle, mask.astype(np.float32)


@lru_cache(maxsize=4096)
def crown_picture(
    radius: int, variant: int, tint: Colour, sun: tuple[float, float, float]
) -> tuple[Image.Image, Image.Image]:
    """Return the picture of a crown (RGBA, opaque) and its mask (L).

    Args:
        radius: one of the radii of ``nearest_radius``.
        variant: shape number.
        tint: colour of the sunlit leaves.
        sun: unit vector to the sun: east, south, up.
    """
    gx, gy, speckle, mask = _relief(radius, variant)
    norm = np.sqrt(gx * gx + gy * gy + 1)
    lit = (-gx * sun[0] - gy * sun[1] + sun[2]) / norm
    shade = 0.46 + 0.70 * np.clip(lit, 0, 1.3) + 0.10 * speckle
    colour = np.empty((*mask.shape, 4), dtype=np.uint8)
    for band, value in enumerate(tint):
        # What the sun does not reach is lit by the sky and turns bluish.
        lift = (0.0, 1.0, 5.0)[band]
        colour[..., band] = np.clip(value * shade + lift, 0, 255)
    colour[..., 3] = 255
    return Image.fromarray(colour), Image.fromarray((mask * 255).astype(np.uint8))
