"""Chunks keep the order of the grid, and what lies side by side stays in one lane."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.imagery.tiles.grid import TileWindow
from scene_search.engine.indexing.lanes import LEAST_TILES, split


def rows_of(across: int, down: int, side: int = 64) -> list[TileWindow]:
    return [
        TileWindow(side * column, side * row, side, side, 1.0)
        for row in range(down)
        for column in range(across)
    ]


@given(st.integers(1, 200), st.integers(1, 6), st.integers(1, 8), st.integers(1, 20))
def test_chunks_are_the_grid_in_order(across: int, down: int, lanes: int, size: int) -> None:
    windows = rows_of(across, down)
    chunks = list(split(windows, 64 * across, 0.0, lanes, size))
    assert [window for _, chunk in chunks for window in chunk] == windows
    assert all(1 <= len(chunk) <= size and 0 <= lane < lanes for lane, chunk in chunks)


@given(st.integers(LEAST_TILES, 200), st.integers(2, 4))
def test_a_place_in_the_row_stays_in_one_lane_and_lanes_share_the_row(
    across: int, lanes: int
) -> None:
    chunks = list(split(rows_of(across, 5), 64 * across, 0.0, lanes, 16))
    lane_of: dict[int, set[int]] = {}
    for lane, chunk in chunks:
        for window in chunk:
            lane_of.setdefault(window.col_off, set()).add(lane)
    assert all(len(found) == 1 for found in lane_of.values())
    shares = [sum(found == {lane} for found in lane_of.values()) for lane in range(lanes)]
    stripes = -(-across // 32)
    assert max(shares) - min(shares) <= stripes + 1


def test_short_rows_are_read_in_full_chunks_by_turns() -> None:
    chunks = list(split(rows_of(5, 16), 320, 0.0, 2, 16))
    assert [(lane, len(chunk)) for lane, chunk in chunks] == [(n % 2, 16) for n in range(5)]


def test_overlapping_tiles_and_a_resumed_row() -> None:
    windows = [TileWindow(32 * n, 0, 64, 64, 1.0) for n in range(31)][7:]
    chunks = list(split(windows, 1024, 0.5, 2, 16))
    assert [lane for lane, _ in chunks] == [0, 1]
    assert [len(chunk) for _, chunk in chunks] == [8, 16]
