"""Which reading thread reads which tiles.

Resampling looks a little beyond a tile's edge, and a block of a file (or a strip across all of
it) holds parts of several tiles, so neighbouring tiles need the same blocks. Each thread keeps
its own file and its own decoded blocks: were chunks dealt out in turn, every thread would decode
most of the raster, which costs up to as many times the work as there are threads. So a raster
is divided into upright stripes, and a stripe stays with one thread, its lane, all the way down.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ..imagery.tiles.grid import TileWindow

#: Tiles of a row from which on stripes are worth their small chunks.
LEAST_TILES = 16

#: Tiles across a stripe at most: as many as are read ahead before the next lane has work.
STRIPE_TILES = 32


def split(
    windows: Iterable[TileWindow], width: int, overlap: float, lanes: int, size: int
) -> Iterator[tuple[int, list[TileWindow]]]:
    """Yield the windows of a grid, in their order, as chunks with the lane that reads each.

    Args:
        windows: rows of a grid from left to right.
        width: columns of the raster.
        overlap: share of a tile that the next one repeats.
        lanes: how many there are.
        size: windows of a chunk at most.
    """
    chunk: list[TileWindow] = []
    current: tuple[float, int] | None = None
    turn = 0
    for window in windows:
        stripe = _stripe(window, width, overlap, lanes)
        if chunk and (len(chunk) == size or stripe != current):
            yield _lane(current, turn, lanes), chunk
            chunk, turn = [], turn + 1
        current = stripe
        chunk.append(window)
    if chunk:
        yield _lane(current, turn, lanes), chunk


def _stripe(window: TileWindow, width: int, overlap: float, lanes: int) -> tuple[float, int] | None:
    """Return the scale and number of a window's stripe; None where rows are too short for it."""
    across = width / max(window.width * (1.0 - overlap), 1.0)
    if across < LEAST_TILES:
        return None
    stripes = lanes * math.ceil(across / (STRIPE_TILES * lanes))
    middle = window.col_off + window.width / 2
    return window.scale, min(int(middle * stripes / width), stripes - 1)


def _lane(stripe: tuple[float, int] | None, turn: int, lanes: int) -> int:
    return (turn if stripe is None else stripe[1]) % lanes
