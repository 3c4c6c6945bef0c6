"""Cutting a raster into tiles that are equally large on the ground."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from shapely.geometry import MultiPolygon, Polygon

from ...errors import RasterError, UsageError
from ..raster import Raster
from .tiling import lay

#: A tile of fewer pixels on a side shows too little to be compared.
MIN_TILE_PIXELS = 16

#: Change of the pixel size along a row, as a share, that is taken for none.
_UNIFORM = 0.002

#: Longest tile edge in metres whose outline is drawn with its four corners alone.
_STRAIGHT_M = 20_000.0


@dataclass(frozen=True, slots=True)
class TileWindow:
    """A tile's place in its raster.

    Attributes:
        col_off: first column.
        row_off: first row.
        width: columns.
        height: rows.
        scale: side of the tile on the ground in multiples of the index's tile size.
    """

    col_off: int
    row_off: int
    width: int
    height: int
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of tiles: common rows of pixels, and the length of its tiles where it is equal."""

    offset: int
    height: int
    width: int | None


class TileGrid:
    """The tiles of a raster, row by row from the upper left, one scale after another.

    The tile size is metres on the ground at each tile's centre. In degrees and in Mercator a
    tile's pixels therefore differ from row to row, and where the pixel size changes along a row
    as well (polar and conic projections, rotated rasters), from tile to tile. Every pixel is
    covered and every tile lies inside the raster: the last one of a row and the last row are
    shifted inwards. No two tiles of a scale have the same window. A raster smaller than a tile is
    one tile as it is; larger scales are left out when the raster fills less than half of their
    tile.

    Args:
        raster: what to cut.
        tile_size_m: side of a tile in metres.
        scales: multiples of the tile size to cut as well.
        overlap: share of a tile that the next one repeats, 0 up to 0.95.

    Raises:
        UsageError: if a number is out of range.
        RasterError: if the raster's pixels are too coarse for the tile size, or the raster has
            too few of them for a picture.

    Examples:
        >>> from scene_search.engine.imagery.raster import open_raster
        >>> with open_raster(imagery / "coast_utm_2023-06-14.tif") as raster:
        ...     windows = list(TileGrid(raster, tile_size_m=76.8, overlap=0.5))
        >>> len(windows)
        25
        >>> windows[1]
        TileWindow(col_off=96, row_off=0, width=192, height=192, scale=1.0)
    """

    def __init__(
        self,
        raster: Raster,
        tile_size_m: float,
        scales: Sequence[float] = (1.0,),
        overlap: float = 0.0,
    ) -> None:
        check_tiling(tile_size_m, scales, overlap)
        self.raster = raster
        self.tile_size_m = float(tile_size_m)
        self.overlap = float(overlap)
        self.scales = _usable_scales(raster, self.tile_size_m, sorted(set(map(float, scales))))
        self._rows: dict[float, list[_Row]] = {}

    def __len__(self) -> int:
        if not self.raster.ground.whole_on_earth:
            return sum(1 for _ in self)
        return sum(self._count(scale) for scale in self.scales)

    def __iter__(self) -> Iterator[TileWindow]:
        everywhere = self.raster.ground.whole_on_earth
        for scale in self.scales:
            for window in self._tiles(scale):
                if everywhere or self._on_earth(window):
                    yield window

    def footprint(self, window: TileWindow) -> Polygon | MultiPolygon:
        """Return a tile's outline in WGS 84 longitude and latitude, valid at the date line."""
        points = self._edge_points(window)
        return self.raster.window_footprint(
            window.col_off, window.row_off, window.width, window.height, points
        )

    def footprints(self, windows: Sequence[TileWindow]) -> list[Polygon | MultiPolygon]:
        """Return the outlines of many tiles, much faster than one by one."""
        outlines: list[Polygon | MultiPolygon] = []
        for points, group in groupby(windows, self._edge_points):
            places = [(w.col_off, w.row_off, w.width, w.height) for w in group]
            outlines += self.raster.window_footprints(np.array(places, np.int64), points)
        return outlines

    def _edge_points(self, window: TileWindow) -> int:
        return 1 if self.tile_size_m * window.scale <= _STRAIGHT_M else 8

    def _rows_of(self, scale: float) -> list[_Row]:
        if scale not in self._rows:
            self._rows[scale] = list(self._lay_rows(self.tile_size_m * scale))
        return self._rows[scale]

    def _lay_rows(self, side_m: float) -> Iterator[_Row]:
        raster = self.raster

        def height_at(row: float) -> float:
            heights = raster.ground.row_sizes(row)[2]
            # The lowest tile of the row decides, so that the next row leaves no gap; but not
            # the ends of a row that leaves the Earth, where pixels are hugely stretched.
            decisive = heights.max() if raster.ground.whole_on_earth else np.median(heights)
            return float(side_m / decisive)

        for offset, height in lay(0, raster.height, self.overlap, height_at):
            _, widths, heights = raster.ground.row_sizes(offset + height / 2)
            if _is_uniform(widths) and _is_uniform(heights):
                width = min(max(round(side_m / float(widths.mean())), 1), raster.width)
                yield _Row(offset, height, width)
            else:
                yield _Row(offset, height, None)

    def _count(self, scale: float) -> int:
        rows = self._rows_of(scale)
        widths = [row.width for row in rows if row.width is not None]
        if len(widths) == len(rows):
            return sum(map(self._count_equal, widths))
        return sum(1 for _ in self._tiles(scale))

    def _count_equal(self, width: int) -> int:
        return 1 + math.ceil((self.raster.width - width) / self._step(width))

    def _step(self, width: int) -> int:
        return max(1, int(width * (1.0 - self.overlap) + 1e-9))

    def _tiles(self, scale: float) -> Iterator[TileWindow]:
        """Yield the tiles of a scale, each window once.

        Tiles whose pixels change their size along a row are higher or lower than the row itself
        and are pushed back inside the raster at its edges: two rows near an edge, or close
        together, may then come to the same window.
        """
        rows = self._rows_of(scale)
        if all(row.width is not None for row in rows):
            for row in rows:
                yield from self._tiles_of(row, scale)
            return
        given: set[TileWindow] = set()
        for row in rows:
            # a tile reaches over the whole height of its row: one that ends above comes no more
            given = {w for w in given if w.row_off + w.height > row.offset}
            for window in self._tiles_of(row, scale):
                if window not in given:
                    given.add(window)
                    yield window

    def _tiles_of(self, row: _Row, scale: float) -> Iterator[TileWindow]:
        if row.width is None:
            for window in self._lay_columns(row.offset, row.height, self.tile_size_m * scale):
                yield TileWindow(*window, scale)
            return
        last = self.raster.width - row.width
        step = self._step(row.width)
        for i in range(self._count_equal(row.width)):
            yield TileWindow(min(i * step, last), row.offset, row.width, row.height, scale)

    def _lay_columns(
        self, offset: int, height: int, side_m: float
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield tiles of a row along which pixels change their size."""
        middle = offset + height / 2
        at, widths, heights = self.raster.ground.row_sizes(middle)
        wide, high = side_m / widths, side_m / heights
        for column, width in lay(
            0, self.raster.width, self.overlap, lambda c: float(np.interp(c, at, wide))
        ):
            own = round(float(np.interp(column + width / 2, at, high)))
            own = min(max(own, height), self.raster.height)
            upper = min(max(round(middle - own / 2), 0), self.raster.height - own)
            yield column, upper, width, own

    def _on_earth(self, window: TileWindow) -> bool:
        left, upper = window.col_off, window.row_off
        right, lower = left + window.width, upper + window.height
        lon, lat = self.raster.ground.lonlat(
            [left, right, right, left, (left + right) / 2],
            [upper, upper, lower, lower, (upper + lower) / 2],
        )
        return bool(np.isfinite(lon).all() and np.isfinite(lat).all())


def auto_tile_size_m(raster: Raster, pixels: int = 256) -> float:
    """Return the tile size in metres for a user who gives none.

    It is ``pixels`` source pixels on the ground, or the raster's shorter side if that is less.
    """
    return min(pixels, max(min(raster.width, raster.height), MIN_TILE_PIXELS)) * raster.gsd_m()


def check_tiling(tile_size_m: float, scales: Sequence[float], overlap: float) -> None:
    """Raise unless tile size in metres, scales and overlap are in range.

    Raises:
        UsageError: naming the number that is not.
    """
    if not (math.isfinite(tile_size_m) and tile_size_m > 0):
        raise UsageError(
            f"The tile size is {tile_size_m:g} m", hint="Give a number of metres above 0"
        )
    if not scales or any(not (math.isfinite(s) and s > 0) for s in scales):
        raise UsageError(
            f"The scales are {list(scales)}", hint="Give one or more numbers above 0, such as 1,2,4"
        )
    if not 0.0 <= overlap <= 0.95:
        raise UsageError(f"The overlap is {overlap:g}", hint="Give a share from 0 to 0.95")


def _usable_scales(raster: Raster, tile_size_m: float, scales: list[float]) -> tuple[float, ...]:
    """Return the scales that give sensible tiles, at least one."""
    name = raster.label
    if min(raster.width, raster.height) < MIN_TILE_PIXELS:
        raise RasterError(
            f"{name} is too small to show a scene ({raster.width} × {raster.height} pixels)",
            hint=f"A raster needs at least {MIN_TILE_PIXELS} pixels on either side",
            path=raster.name,
        )
    pixel_m = raster.pixel_size_m(raster.width / 2, raster.height / 2)
    fine = [s for s in scales if tile_size_m * s >= MIN_TILE_PIXELS * max(pixel_m)]
    if not fine:
        raise RasterError(
            f"{name}: pixels of {_metres(max(pixel_m))} are too coarse"
            f" for {_metres(tile_size_m * scales[-1])} tiles",
            hint=f"Use a tile size of at least {_metres(MIN_TILE_PIXELS * max(pixel_m))}",
            path=raster.name,
        )
    ground_m = min(raster.width * pixel_m[0], raster.height * pixel_m[1])
    return (fine[0], *(s for s in fine[1:] if 2 * ground_m >= tile_size_m * s))


def _is_uniform(sizes: np.ndarray) -> bool:
    return bool(sizes.max() - sizes.min() <= _UNIFORM * sizes.max())


def _metres(length: float) -> str:
    return f"{length / 1000:.4g} km" if length >= 1000 else f"{length:.4g} m"
