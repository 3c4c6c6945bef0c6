"""Reading what can be read of a window in which some blocks of the file are damaged."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from rasterio.windows import Window

from ...errors import RasterError
from .pixels import PixelBlock, PixelSource

#: Windows of fewer pixels along both axes are given up as a whole.
_LEAST = 64

#: Failed readings after which the rest is given up: each may take a while on a failing drive.
_MOST_FAILURES = 400


def read_around_damage(
    source: PixelSource, window: Window, rows: int, columns: int
) -> tuple[PixelBlock, npt.NDArray[np.bool_]]:
    """Read a window as ``PixelSource.read_exact`` does, damaged parts being not valid.

    A window that cannot be read is halved along its longer axis, again and again, so that little
    more than the damaged blocks is lost.

    Args:
        source: what to read from.
        window: in pixels of the file.
        rows: rows of the result.
        columns: columns of the result.

    Returns:
        the pixels, and which of them could be read, (rows, columns).

    Raises:
        RasterError: nothing of it can be read.
    """
    try:
        block = source.read_exact(window, rows, columns)
    except RasterError:
        salvage = _Salvage(source, window, rows, columns)
        salvage.read()
        if salvage.block is None:
            raise
        return salvage.block, salvage.readable
    return block, np.ones((rows, columns), bool)


class _Salvage:
    """The parts of one window, put together as they are read."""

    def __init__(self, source: PixelSource, window: Window, rows: int, columns: int) -> None:
        self._source = source
        self._window = window
        self._shape = rows, columns
        self._failures = 0
        self.block: PixelBlock | None = None
        self.readable = np.zeros((rows, columns), bool)

    def read(self) -> None:
        """Read what can be read into ``block``; that stays None if nothing can."""
        self._halves((0, self._shape[0]), (0, self._shape[1]))

    def _read(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        """Read the part of the window under some rows and columns of the result."""
        part = self._part(rows, columns)
        try:
            block = self._source.read_exact(part, rows[1] - rows[0], columns[1] - columns[0])
        except RasterError:
            self._failures += 1
            if self._failures < _MOST_FAILURES and max(part.width, part.height) >= _LEAST:
                self._halves(rows, columns)
            return
        if self.block is None:
            values = np.zeros((len(block.values), *self._shape), block.values.dtype)
            self.block = PixelBlock(values, np.zeros(self._shape, bool))
        where = slice(*rows), slice(*columns)
        self.block.values[:, where[0], where[1]] = block.values
        self.block.valid[where] = block.valid
        self.readable[where] = True

    def _halves(self, rows: tuple[int, int], columns: tuple[int, int]) -> None:
        part = self._part(rows, columns)
        can_split_rows, can_split_columns = rows[1] - rows[0] > 1, columns[1] - columns[0] > 1
        if can_split_rows and (part.height >= part.width or not can_split_columns):
            middle = sum(rows) // 2
            self._read((rows[0], middle), columns)
            self._read((middle, rows[1]), columns)
        elif can_split_columns:
            middle = sum(columns) // 2
            self._read(rows, (columns[0], middle))
            self._read(rows, (middle, columns[1]))

    def _part(self, rows: tuple[int, int], columns: tuple[int, int]) -> Window:
        height = self._window.height / self._shape[0]
        width = self._window.width / self._shape[1]
        return Window(
            self._window.col_off + columns[0] * width,
            self._window.row_off + rows[0] * height,
            (columns[1] - columns[0]) * width,
            (rows[1] - rows[0]) * height,
        )
