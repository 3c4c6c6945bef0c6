"""Feature maps brought from one grid to another, in a form that every ONNX runtime computes.

``adaptive_avg_pool2d`` exports only where the new grid divides the old one. Two products with
constant matrices do the same for any pair of grids, up as well as down.
"""

from __future__ import annotations

import torch
from torch import Tensor


def overlaps(old: int, new: int) -> Tensor:
    """Return float32 (new, old): the share of every new cell's length that an old cell covers.

    Rows sum to one, columns to ``new / old``: a constant stays what it is, and so does a mean.
    """
    # in plain numbers, which a traced graph holds as one constant; lengths in 1 / (old · new)
    shared = [
        [max(0, min((i + 1) * new, (j + 1) * old) - max(i * new, j * old)) for i in range(old)]
        for j in range(new)
    ]
    return torch.tensor(shared, dtype=torch.float32) / old


def resample(maps: Tensor, height: int, width: int) -> Tensor:
    """Return maps (N, C, height, width), each cell the area-weighted mean of what it covers.

    Args:
        maps: (N, C, h, w).
        height: of the new grid; larger than the old one repeats and blends cells.
        width: likewise.
    """
    old_height, old_width = int(maps.shape[2]), int(maps.shape[3])
    if old_height != height:
        maps = overlaps(old_height, height).to(maps) @ maps
    if old_width != width:
        maps = maps @ overlaps(old_width, width).to(maps).T
    return maps


def at_most(maps: Tensor, side: int) -> Tensor:
    """Return maps (N, C, h, w) whose longer sides are averaged down to ``side`` cells."""
    height, width = (min(int(length), side) for length in maps.shape[2:])
    return resample(maps, height, width)
