"""Noise that depends on the absolute pixel only, so that neighbouring windows fit together.

Values come from an integer hash of lattice coordinates (Wellons, "Prospecting for Hash
Functions", 2018: the ``lowbias32`` constants) and are interpolated between lattice points, which
needs no state and no array larger than the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.floating[Any]]


def hash_lattice(ix: npt.NDArray[Any], iy: npt.NDArray[Any], seed: int) -> npt.NDArray[np.uint32]:
    """Return 32 well-mixed bits for each pair of integer coordinates (broadcast)."""
    x = np.asarray(ix).astype(np.int64).astype(np.uint32)
    y = np.asarray(iy).astype(np.int64).astype(np.uint32)
    salt = np.uint32((seed * 0x9E3779B1 + 0x7F4A7C15) & 0xFFFFFFFF)
    row = y * np.uint32(0x85EBCA77) ^ salt
    h: npt.NDArray[np.uint32] = x * np.uint32(0x9E3779B1) ^ (
        row ^ row >> np.uint32(15)
    ) * np.uint32(0xC2B2AE3D)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x7FEB352D)
    h ^= h >> np.uint32(15)
    h *= np.uint32(0x846CA68B)
    h ^= h >> np.uint32(16)
    return h


def lattice(ix: npt.NDArray[Any], iy: npt.NDArray[Any], seed: int) -> FloatArray:
    """Return uniform values in [-1, 1) for each pair of integer coordinates (broadcast)."""
    values = hash_lattice(ix, iy, seed).astype(np.float32)
    values *= np.float32(2.0 / 4294967296.0)
    values -= np.float32(1.0)
    return values


def _weights(coordinate: FloatArray) -> tuple[npt.NDArray[np.int64], FloatArray]:
    whole = np.floor(coordinate)
    part = (coordinate - whole).astype(np.float32)
    return whole.astype(np.int64), part * part * (3.0 - 2.0 * part)


@dataclass(frozen=True)
class Patch:
    """A window of the ground, in absolute pixels, that textures are evaluated on.

    Attributes:
        col: absolute column of the first pixel (may be negative).
        row: absolute row of the first pixel.
        width: pixels.
        height: pixels.
        gsd: ground size of a pixel in metres.
    """

    col: int
    row: int
    width: int
    height: int
    gsd: float

    @cached_property
    def x(self) -> FloatArray:
        """Metres east of the origin at the pixel centres, shape (1, width)."""
        return ((self.col + np.arange(self.width) + 0.5) * self.gsd).astype(np.float32)[None, :]

    @cached_property
    def y(self) -> FloatArray:
        """Metres south of the origin at the pixel centres, shape (height, 1)."""
        return ((self.row + np.arange(self.height) + 0.5) * self.gsd).astype(np.float32)[:, None]

    def part(self, col: int, row: int, width: int, height: int) -> Patch:
        """Return a smaller window, given relative to this one."""
        return Patch(self.col + col, self.row + row, width, height, self.gsd)

    def noise(self, scale_m: float, seed: int) -> FloatArray:
        """Return smooth noise in [-1, 1] whose grains are about ``scale_m`` metres wide."""
        scale = max(scale_m, self.gsd)
        u = (self.col + np.arange(self.width) + 0.5) * (self.gsd / scale)
        v = (self.row + np.arange(self.height) + 0.5) * (self.gsd / scale)
        iu, wu = _weights(u)
        iv, wv = _weights(v)
        grid = lattice(
            np.arange(iu[0], iu[-1] + 2)[None, :], np.arange(iv[0], iv[-1] + 2)[:, None], seed
        )
        top = iv - iv[0]
        rows = grid[top]
        rows += (grid[top + 1] - rows) * wv[:, None]
        left = iu - iu[0]
        first = rows.take(left, axis=1)
        result: FloatArray = rows.take(left + 1, axis=1)
        result -= first
        result *= wu
        result += first
        return result

    def clouds(self, scale_m: float, seed: int, octaves: int = 3) -> FloatArray:
        """Return the sum of several octaves of noise, roughly in [-1, 1]."""
        total = self.noise(scale_m, seed)
        weight, norm = 1.0, 1.0
        for octave in range(1, octaves):
            weight *= 0.55
            norm += weight
            total += self.noise(scale_m / 2.1**octave, seed + 101 * octave) * np.float32(weight)
        total /= np.float32(norm * 0.75)
        return total

    def grain(self, seed: int) -> FloatArray:
        """Return uncorrelated noise in [-1, 1), one value a pixel."""
        columns = np.arange(self.col, self.col + self.width)[None, :]
        rows = np.arange(self.row, self.row + self.height)[:, None]
        return lattice(columns, rows, seed)

    def noise_at(self, u: FloatArray, v: FloatArray, seed: int) -> FloatArray:
        """Return smooth noise in [-1, 1] at any coordinates given in lattice units."""
        u, v = np.broadcast_arrays(u, v)
        iu, wu = _weights(u.astype(np.float64))
        iv, wv = _weights(v.astype(np.float64))
        u0, v0 = int(iu.min()), int(iv.min())
        columns = np.arange(u0, int(iu.max()) + 2)
        rows = np.arange(v0, int(iv.max()) + 2)
        table = lattice(columns[None, :], rows[:, None], seed)
        iu -= u0
        iv -= v0
        top = table[iv, iu] * (1 - wu) + table[iv, iu + 1] * wu
        bottom = table[iv + 1, iu] * (1 - wu) + table[iv + 1, iu + 1] * wu
        result: FloatArray = top + (bottom - top) * wv
        return result
