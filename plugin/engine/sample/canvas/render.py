"""Turns drawings into pixels: ground textures, things on it, shadows, air and sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from .crowns import crown_picture, nearest_radius
from .drawing import Crowns, Drawing, Fill, Polygons
from .light import Light
from .noise import FloatArray, Patch

#: Things are drawn on a raster this many times finer and averaged, which smooths their edges.
_FINE = 2
#: Pixels drawn around a window because blur and soft shadows reach over its edge.
_HALO = 4


def render(drawings: Sequence[Drawing], patch: Patch, light: Light, seed: int) -> FloatArray:
    """Render a window of one or more drawings, bottom first.

    Args:
        drawings: what is there; all recorded under ``light``.
        patch: the window, in absolute pixels of ``patch.gsd`` metres.
        light: the acquisition.
        seed: of the sensor noise.

    Returns:
        Grey values from 0 to 255, float32 (height, width, 3), not rounded.
    """
    wide = patch.part(-_HALO, -_HALO, patch.width + 2 * _HALO, patch.height + 2 * _HALO)
    ground = np.full((wide.height, wide.width, 3), 110, dtype=np.float32)
    for drawing in drawings:
        for fill in drawing.fills:
            _paint_ground(ground, fill, wide)
    things, shade = _draw_things(drawings, wide, light)
    solid = things[..., 3:]
    # A little grain keeps flat polygons from looking like clip art.
    grain = 1.0 + 0.035 * wide.grain(seed + 5) + 0.045 * wide.noise(1.3, seed + 6)
    picture = ground * (1.0 - solid) + things[..., :3] * grain[..., None]
    picture *= 1.0 - shade[..., None] * (light.depth * np.array((1.0, 0.95, 0.84), np.float32))
    return _expose(picture, wide, light, seed)[_HALO:-_HALO, _HALO:-_HALO]


def to_bytes(picture: FloatArray) -> npt.NDArray[np.uint8]:
    """Return rendered grey values as 8 bit."""
    pixels: npt.NDArray[np.uint8] = np.clip(picture + 0.5, 0, 255).astype(np.uint8)
    return pixels


def _corners(points: npt.NDArray[np.floating], patch: Patch) -> npt.NDArray[np.float64]:
    """Return metres as coordinates of the fine raster, flattened for ImageDraw, (n, 2k)."""
    origin = np.array((patch.col, patch.row), dtype=np.float64)
    fine = (points.astype(np.float64) / patch.gsd - origin) * _FINE - 0.5
    return fine.reshape(*fine.shape[:-2], -1)


def _paint_ground(ground: FloatArray, fill: Fill, patch: Patch) -> None:
    if fill.outline is None or fill.bounds is None:
        ground[:] = fill.texture(patch)
        return
    x0, y0, x1, y1 = fill.bounds
    left = max(0, math.floor(x0 / patch.gsd) - patch.col - 1)
    top = max(0, math.floor(y0 / patch.gsd) - patch.row - 1)
    right = min(patch.width, math.ceil(x1 / patch.gsd) - patch.col + 1)
    bottom = min(patch.height, math.ceil(y1 / patch.gsd) - patch.row + 1)
    if left >= right or top >= bottom:
        return
    part = patch.part(left, top, right - left, bottom - top)
    mask = Image.new("L", (part.width * _FINE, part.height * _FINE))
    ImageDraw.Draw(mask).polygon(_corners(fill.outline, part).tolist(), fill=255)
    smooth = mask.reduce(_FINE)
    darkest, brightest = smooth.getextrema()
    if brightest == 0:
        return
    target = ground[top:bottom, left:right]
    if darkest == 255:
        target[:] = fill.texture(part)
        return
    cover = np.asarray(smooth, dtype=np.float32)[..., None] / np.float32(255)
    texture = fill.texture(part)
    texture -= target
    texture *= cover
    target += texture


def _draw_things(
    drawings: Sequence[Drawing], patch: Patch, light: Light
) -> tuple[FloatArray, FloatArray]:
    """Return colour times cover with cover (h, w, 4) in 255, 1, and shadow (h, w) in 0 to 1."""
    size = (patch.width * _FINE, patch.height * _FINE)
    things = Image.new("RGBA", size)
    shade = Image.new("L", size)
    on_things, on_shade = ImageDraw.Draw(things), ImageDraw.Draw(shade)
    low = np.array((patch.col, patch.row)) * patch.gsd
    high = low + np.array((patch.width, patch.height)) * patch.gsd
    for drawing in drawings:
        for item in drawing.items:
            if isinstance(item, Crowns):
                _stamp_crowns(item, patch, light, things, shade, low, high)
                continue
            b = item.bounds
            seen = (
                (b[:, 0] < high[0]) & (b[:, 1] < high[1]) & (b[:, 2] > low[0]) & (b[:, 3] > low[1])
            )
            if seen.any():
                _draw_polygons(item, seen, patch, on_things, on_shade)
    colour = np.asarray(things.reduce(_FINE), dtype=np.float32)
    colour[..., 3] /= 255
    # Real shadows have a penumbra; two box filters at half resolution are enough of one.
    soft = np.asarray(shade.reduce(_FINE), dtype=np.float32) / 255
    return colour, soft


def _draw_polygons(
    item: Polygons,
    seen: npt.NDArray[np.bool_],
    patch: Patch,
    on_things: ImageDraw.ImageDraw,
    on_shade: ImageDraw.ImageDraw,
) -> None:
    corners = _corners(item.points[seen], patch).tolist()
    if item.kind == "shadow":
        for outline in corners:
            on_shade.polygon(outline, fill=255)
        return
    for outline, (red, green, blue) in zip(corners, item.colours[seen].tolist(), strict=True):
        on_things.polygon(outline, fill=(red, green, blue, 255))
        if item.kind == "object":
            on_shade.polygon(outline, fill=0)


def _stamp_crowns(
    item: Crowns,
    patch: Patch,
    light: Light,
    things: Image.Image,
    shade: Image.Image,
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> None:
    x, y, r, h = item.places.T.astype(np.float64)
    reach = r * 1.2 + h * (abs(light.shadow[0]) + abs(light.shadow[1]))
    seen = (
        (x + reach > low[0]) & (x - reach < high[0]) & (y + reach > low[1]) & (y - reach < high[1])
    )
    scale = _FINE / patch.gsd
    sun = light.towards_sun
    for i in np.flatnonzero(seen).tolist():
        radius = nearest_radius(round(r[i] * scale))
        tint = item.tints[int(item.tint_index[i])]
        picture, mask = crown_picture(radius, int(item.variants[i]), tint, sun)
        half = mask.width // 2
        left = round((x[i] - low[0]) * scale) - half
        top = round((y[i] - low[1]) * scale) - half
        fall = h[i] * scale * 0.8
        at = (left + round(light.shadow[0] * fall), top + round(light.shadow[1] * fall))
        shade.paste(255, (*at, at[0] + mask.width, at[1] + mask.height), mask)
        box = (left, top, left + mask.width, top + mask.height)
        shade.paste(0, box, mask)
        things.paste(picture, box, mask)


def _expose(picture: FloatArray, patch: Patch, light: Light, seed: int) -> FloatArray:
    grey = picture @ np.array((0.3, 0.59, 0.11), dtype=np.float32)
    picture = grey[..., None] + (picture - grey[..., None]) * np.float32(light.saturation)
    tint = np.array((1 + 0.05 * light.warmth, 1.0, 1 - 0.07 * light.warmth), dtype=np.float32)
    gain = tint * np.float32(light.exposure * light.contrast)
    lift = np.float32(110 * (1 - light.contrast))
    picture = (picture * gain + lift) * np.float32(1 - light.haze)
    picture += np.array((190, 200, 212), dtype=np.float32) * np.float32(light.haze)
    side = np.float32(light.blur * light.blur / 2)
    centre = 1 - 2 * side
    blurred = picture.copy()
    blurred[1:-1] = picture[1:-1] * centre + (picture[:-2] + picture[2:]) * side
    picture = blurred.copy()
    picture[:, 1:-1] = blurred[:, 1:-1] * centre + (blurred[:, :-2] + blurred[:, 2:]) * side
    # The sum of two uniform values is close enough to a bell; its deviation is 0.82.
    common = patch.grain(seed + 41)
    for band in range(3):
        speck = patch.grain(seed + 11 + band)
        speck += common
        speck *= np.float32(light.noise / 0.82)
        picture[..., band] += speck
    return picture
