"""Looking at a bounded part of a raster to learn about all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from rasterio.windows import Window

from ...errors import RasterError
from .pixels import Dataset, PixelBlock, PixelSource, Values
from .salvage import read_around_damage

#: Rasters of up to this many pixels are read whole, larger ones are sampled.
WHOLE_PIXELS = 1_500_000

#: Side in pixels of the decimated reading of a raster with overviews.
_DECIMATED = 1024

#: Windows of the file's resolution that are read where there are no overviews: rows, columns.
_PATCH = (64, 256)

#: Windows along each axis; the next number is tried when too little of a sample is valid.
_PATCH_GRIDS = (8, 24)

#: Windows with valid pixels from which on a sample is taken to speak for the raster.
_ENOUGH_PATCHES = 12


@dataclass(frozen=True, slots=True)
class Sample:
    """Parts of a raster that speak for all of it.

    Attributes:
        blocks: unresampled pixels, damaged parts not valid.
        step: pixels of the file from one pixel of a block to the next, 1 or more.
    """

    blocks: list[PixelBlock]
    step: float

    def valid_share(self) -> float:
        """Return the share of the pixels that are valid, 0 to 1."""
        total = sum(block.valid.size for block in self.blocks)
        return float(sum(np.count_nonzero(block.valid) for block in self.blocks) / total)

    def pixels(self) -> Values:
        """Return the valid pixels (bands, n), every so many where there are a great many."""
        parts = [
            block.values.reshape(len(block.values), -1)
            if block.valid.all()
            else block.values[:, block.valid]
            for block in self.blocks
        ]
        sample = np.concatenate(parts, axis=1)
        return sample[:, :: 1 + sample.shape[1] // (WHOLE_PIXELS + 1)]


def take_sample(source: PixelSource, dataset: Dataset) -> Sample:
    """Look at a bounded part of a raster.

    A raster without overviews is not read from end to end for it, unless all that was looked
    at is nodata. Damaged parts are left out.

    Raises:
        RasterError: if nothing of the file can be read.
    """
    width, height = dataset.width, dataset.height
    whole = Window(0, 0, width, height)
    if width * height <= WHOLE_PIXELS:
        return Sample([_read(source, whole, height, width)], 1.0)
    rows, columns = min(height, _DECIMATED), min(width, _DECIMATED)
    if not dataset.overviews(1):
        for count in _PATCH_GRIDS:
            blocks = []
            for patch in _patches(dataset, count):
                with suppress(RasterError):  # what lies on damage is left out
                    blocks.append(_read(source, patch, patch.height, patch.width))
            blocks = [block for block in blocks if block.valid.any()]
            if len(blocks) >= _ENOUGH_PATCHES:
                return Sample(blocks, 1.0)
    return Sample([_read(source, whole, rows, columns)], max(height / rows, width / columns))


def sample_edges(source: PixelSource, dataset: Dataset) -> Values:
    """Return pixels along the raster's four edges, (bands, pixels), valid or not.

    Damaged parts are left out.

    Raises:
        RasterError: if an edge cannot be read anywhere.
    """
    width, height = dataset.width, dataset.height
    rows, columns = min(height, _DECIMATED), min(width, _DECIMATED)
    lines = (
        (Window(0, 0, width, 1), 1, columns),
        (Window(0, height - 1, width, 1), 1, columns),
        (Window(0, 0, 1, height), rows, 1),
        (Window(width - 1, 0, 1, height), rows, 1),
    )
    read = [read_around_damage(source, *line) for line in lines]
    return np.concatenate([block.values[:, readable] for block, readable in read], axis=1)


def _read(source: PixelSource, window: Window, rows: int, columns: int) -> PixelBlock:
    return read_around_damage(source, window, rows, columns)[0]


def _patches(dataset: Dataset, count: int) -> Iterator[Window]:
    """Yield ``count`` squared windows spread evenly, starting where blocks of the file start."""
    block_rows, block_columns = dataset.block_shapes[0]
    rows, columns = min(_PATCH[0], dataset.height), min(_PATCH[1], dataset.width)
    for i in range(count):
        row = _aligned((i + 0.5) / count, dataset.height, rows, block_rows)
        for j in range(count):
            column = _aligned((j + 0.5) / count, dataset.width, columns, block_columns)
            yield Window(column, row, columns, rows)


def _aligned(share: float, length: int, size: int, block: int) -> int:
    start = int(share * length) - size // 2
    if 1 < block < length:
        start = start // block * block
    return min(max(start, 0), length - size)
