from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.imagery.tiles.tiling import lay


@given(
    start=st.integers(0, 50),
    length=st.integers(1, 3000),
    overlap=st.floats(0, 0.95),
    ends=st.tuples(st.floats(1, 400), st.floats(1, 400)),
)
def test_an_axis_is_covered_without_gaps_whatever_the_sizes(start, length, overlap, ends):
    def size_at(position):
        share = min(max((position - start) / length, 0.0), 1.0)
        return ends[0] + (ends[1] - ends[0]) * share

    stop = start + length
    tiles = list(lay(start, stop, overlap, size_at))
    assert tiles[0][0] == start
    assert tiles[-1][0] + tiles[-1][1] == stop
    for (before, size), (after, _) in pairwise(tiles):
        assert before < after <= before + size
        assert before + size - after >= int(overlap * size)


def test_equal_tiles_lie_side_by_side_and_the_last_is_shifted_inwards():
    assert list(lay(0, 100, 0.0, lambda _: 30)) == [(0, 30), (30, 30), (60, 30), (70, 30)]
    assert list(lay(0, 90, 0.0, lambda _: 30)) == [(0, 30), (30, 30), (60, 30)]
    assert list(lay(0, 100, 0.5, lambda _: 40)) == [(0, 40), (20, 40), (40, 40), (60, 40)]
    assert list(lay(0, 20, 0.0, lambda _: 30)) == [(0, 20)]
