"""Leaving out tiles that show what a better hit, or the query, shows already.

Tiles of one source are compared by their windows in source pixels, across scales: a small tile
within a large one is the same place. Tiles of different sources never suppress each other, since
another date of the same place is what analysts want to see.
"""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import box
from shapely.geometry.base import BaseGeometry


class OverlapFilter:
    """Accepts tiles best first and refuses those that overlap an accepted one.

    Args:
        max_overlap: share of the smaller of two tiles that may lie in the other; with 1 or more
            everything is accepted.
    """

    def __init__(self, max_overlap: float) -> None:
        self._max = max_overlap
        self._accepted: dict[int, list[tuple[int, int, int, int]]] = {}
        self._areas: dict[int, list[BaseGeometry]] = {}

    def copy(self) -> OverlapFilter:
        """Return a filter that has accepted and blocked the same."""
        other = OverlapFilter(self._max)
        other._accepted = {source: list(windows) for source, windows in self._accepted.items()}
        other._areas = {source: list(areas) for source, areas in self._areas.items()}
        return other

    def block(self, source_id: int, area: BaseGeometry) -> None:
        """Refuse what overlaps an area of a source, given in its pixels."""
        shapely.prepare(area)
        self._areas.setdefault(source_id, []).append(area)

    def accept(self, source_id: int, window: tuple[int, int, int, int]) -> bool:
        """Return whether a tile may be a hit, and if so remember it.

        Args:
            source_id: its source.
            window: column, row, width, height in source pixels.
        """
        if self._max < 1 and (
            self._overlaps_tile(source_id, window) or self._overlaps_area(source_id, window)
        ):
            return False
        self._accepted.setdefault(source_id, []).append(window)
        return True

    def _overlaps_tile(self, source_id: int, window: tuple[int, int, int, int]) -> bool:
        others = self._accepted.get(source_id)
        if not others:
            return False
        column, row, width, height = window
        left, upper, widths, heights = np.array(others, dtype=np.float64).T
        across = np.minimum(left + widths, column + width) - np.maximum(left, column)
        down = np.minimum(upper + heights, row + height) - np.maximum(upper, row)
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        smaller = np.minimum(widths * heights, width * height)
        return bool((shared > self._max * smaller).any())

    def _overlaps_area(self, source_id: int, window: tuple[int, int, int, int]) -> bool:
        areas = self._areas.get(source_id)
        if not areas:
            return False
        tile = window_box(window)
        return any(
            tile.intersection(area).area > self._max * min(tile.area, area.area) for area in areas
        )


def window_box(window: tuple[int, int, int, int]) -> BaseGeometry:
    """Return a window (column, row, width, height) as a rectangle in pixels."""
    column, row, width, height = window
    return box(column, row, column + width, row + height)
