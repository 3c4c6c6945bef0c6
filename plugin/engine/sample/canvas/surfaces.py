"""Ground textures: each function returns a texture that can be evaluated on any window."""

from __future__ import annotations

import math

import numpy as np

from .drawing import Texture
from .noise import FloatArray, Patch
from .palette import Colour, mix, scale


def _tinted(colour: Colour, brightness: FloatArray) -> FloatArray:
    picture = np.empty((*brightness.shape, 3), dtype=np.float32)
    for band in range(3):
        np.multiply(brightness, np.float32(colour[band]), out=picture[..., band])
    return picture


def _blend(a: Colour, b: Colour, share: FloatArray) -> FloatArray:
    part = np.clip(share, 0, 1)
    picture = np.empty((*part.shape, 3), dtype=np.float32)
    for band in range(3):
        np.multiply(part, np.float32(b[band] - a[band]), out=picture[..., band])
        picture[..., band] += np.float32(a[band])
    return picture


def _toned(picture: FloatArray, brightness: FloatArray) -> FloatArray:
    for band in range(3):
        picture[..., band] *= brightness
    return picture


def stripe(distance: FloatArray, width: float, gsd: float) -> FloatArray:
    """Return the cover (0 to 1) of a line ``width`` metres wide, ``distance`` from its middle."""
    cover: FloatArray = np.clip((width / 2 - np.abs(distance)) / gsd + 0.5, 0, 1)
    return cover


def repeated(u: FloatArray, period: float) -> FloatArray:
    """Return the signed distance to the nearest multiple of ``period``."""
    result: FloatArray = u - period * np.round(u / period)
    return result


def grass(green: Colour, dry: Colour, seed: int, patchiness: float = 0.5) -> Texture:
    """Return a meadow: dry and lush patches, tufts, fine grain."""

    def texture(p: Patch) -> FloatArray:
        lush = 0.5 * patchiness * (1 + 1.2 * p.clouds(26, seed)) - 0.1
        tufts = 1 + 0.07 * p.noise(5, seed + 1) + 0.07 * p.noise(1.3, seed + 2)
        return _toned(_blend(green, dry, lush), tufts + 0.06 * p.grain(seed + 3))

    return texture


def mown(green: Colour, seed: int, angle: float, width: float, strength: float = 0.07) -> Texture:
    """Return a mown lawn with alternating light and dark bands."""
    c, s = math.cos(angle), math.sin(angle)

    def texture(p: Patch) -> FloatArray:
        u = p.x * np.float32(c) + p.y * np.float32(s)
        bands = np.clip(np.sin(u * np.float32(math.pi / width)) * 4, -1, 1) * np.float32(strength)
        tufts = 1 + bands + 0.06 * p.clouds(14, seed) + 0.04 * p.noise(1.2, seed + 1)
        return _tinted(green, tufts + 0.045 * p.grain(seed + 2))

    return texture


def soil(colour: Colour, seed: int, rough: float = 1.0) -> Texture:
    """Return bare ground with stains and pebbles."""
    warm = scale(mix(colour, (190, 176, 150), 0.35), 1.04)

    def texture(p: Patch) -> FloatArray:
        stains = 0.5 + 0.7 * p.clouds(18, seed)
        fine = 1 + rough * (0.05 * p.noise(1.6, seed + 1) + 0.05 * p.grain(seed + 2))
        return _toned(_blend(colour, warm, stains), fine)

    return texture


def asphalt(colour: Colour, seed: int) -> Texture:
    """Return a worn road surface with repairs and oil stains."""

    def texture(p: Patch) -> FloatArray:
        wear = 1 + 0.06 * p.clouds(11, seed) + 0.04 * p.noise(1.1, seed + 1)
        patched = p.noise(7, seed + 2)
        wear = wear - 0.07 * np.clip((patched - 0.55) * 9, 0, 1)
        return _tinted(colour, wear + 0.035 * p.grain(seed + 3))

    return texture


def concrete(colour: Colour, seed: int, angle: float = 0.0, slab: float = 7.5) -> Texture:
    """Return concrete slabs with dark joints, some slabs renewed, stains."""
    c, s = math.cos(angle), math.sin(angle)

    def texture(p: Patch) -> FloatArray:
        u = p.x * np.float32(c) + p.y * np.float32(s)
        v = p.y * np.float32(c) - p.x * np.float32(s)
        joints = np.maximum(
            stripe(repeated(u, slab), 0.22, p.gsd), stripe(repeated(v, slab), 0.22, p.gsd)
        )
        own = p.noise_at(np.floor(u / slab) * 7.31, np.floor(v / slab) * 5.17, seed)
        tone = 1 + 0.05 * own + 0.07 * p.clouds(24, seed + 1) - 0.16 * joints
        stained = np.clip((p.clouds(6, seed + 2) - 0.35) * 2.5, 0, 1)
        return _tinted(colour, tone - 0.12 * stained + 0.025 * p.grain(seed + 3))

    return texture


def rows(
    crop: Colour, earth: Colour, seed: int, angle: float, spacing: float, cover: float, rough: float
) -> Texture:
    """Return crops in rows over bare earth.

    Args:
        crop: colour of the plants.
        earth: colour between the rows.
        seed: of the unevenness.
        angle: direction across the rows in radians.
        spacing: metres between rows.
        cover: share of the ground under plants.
        rough: how ragged the rows are, 0 to 1.
    """
    c, s = math.cos(angle), math.sin(angle)

    def texture(p: Patch) -> FloatArray:
        wobble = rough * spacing * 0.35 * p.noise(6, seed)
        u = p.x * np.float32(c) + p.y * np.float32(s) + wobble
        v = p.y * np.float32(c) - p.x * np.float32(s)
        wave = 0.5 + 0.5 * np.cos(u * np.float32(2 * math.pi / spacing))
        ragged = rough * (0.30 * p.noise(1.6, seed + 1) + 0.22 * p.clouds(20, seed + 2))
        row_own = 0.16 * p.noise_at(u / spacing, v / 60.0, seed + 3)
        share = np.clip((wave - (1 - cover) + ragged + row_own) * 2.2 + 0.35, 0, 1)
        tracks = stripe(repeated(u + spacing / 2, spacing * 12), 0.8, p.gsd)
        tone = 1 + 0.06 * p.clouds(38, seed + 4) - 0.10 * tracks + 0.05 * p.grain(seed + 5)
        return _toned(_blend(earth, crop, share), tone)

    return texture


def pivot(crop: Colour, earth: Colour, seed: int, x: float, y: float, spacing: float) -> Texture:
    """Return a field watered by a turning arm: rows and wheel tracks in circles about (x, y)."""

    def texture(p: Patch) -> FloatArray:
        dx, dy = p.x - np.float32(x), p.y - np.float32(y)
        r = np.hypot(dx, dy)
        wave = 0.5 + 0.5 * np.cos(r * np.float32(2 * math.pi / spacing))
        share = 0.45 + 0.4 * wave + 0.35 * p.clouds(25, seed) + 0.15 * p.noise(1.5, seed + 1)
        tracks = stripe(repeated(r, 18.0), 0.9, p.gsd)
        angle = np.arctan2(dy, dx)
        sector = 0.06 * np.sin(angle * 3 + seed % 7)
        tone = 1 + sector + 0.05 * p.grain(seed + 2) - 0.18 * tracks
        return _toned(_blend(earth, crop, share), tone)

    return texture


def water(deep: Colour, seed: int, angle: float = 0.3, ripple: float = 1.0) -> Texture:
    """Return open water: long ripples across ``angle``, broad slicks, glints."""
    c, s = math.cos(angle), math.sin(angle)

    def texture(p: Patch) -> FloatArray:
        u = p.x * np.float32(c) + p.y * np.float32(s)
        v = p.y * np.float32(c) - p.x * np.float32(s)
        ripples = p.noise_at(u / 1.6, v / 5.5, seed)
        slicks = p.clouds(45, seed + 1, 2)
        tone = 1 + ripple * 0.07 * ripples + 0.09 * slicks + 0.03 * p.grain(seed + 2)
        return _tinted(deep, tone)

    return texture


def forest_floor(colour: Colour, seed: int) -> Texture:
    """Return the dim ground between crowns."""

    def texture(p: Patch) -> FloatArray:
        tone = 0.62 + 0.16 * p.clouds(9, seed) + 0.1 * p.noise(1.4, seed + 1)
        return _tinted(colour, tone + 0.07 * p.grain(seed + 2))

    return texture
