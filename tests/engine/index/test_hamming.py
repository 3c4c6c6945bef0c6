import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as stnp
from scene_search.engine.index import hamming


def brute_force(codes, query, count, mask):
    """Whole shells up to the count-th nearest, from unpacked bits."""
    found = np.unpackbits(codes ^ query, axis=1).sum(axis=1)
    allowed = np.flatnonzero(mask)
    order = allowed[np.argsort(found[allowed], kind="stable")]
    if len(order) > count:
        order = order[found[order] <= found[order[count - 1]]]
    return order, found[order]


@st.composite
def scans(draw):
    n = draw(st.integers(0, 60))
    width = draw(st.sampled_from([1, 2, 3, 4, 5, 6, 8, 12, 16, 17, 32]))
    # few different bytes make many ties
    byte = st.sampled_from([0, 1, 3, 255]) if draw(st.booleans()) else st.integers(0, 255)
    codes = draw(stnp.arrays(np.uint8, (n, width), elements=byte))
    query = draw(stnp.arrays(np.uint8, width, elements=byte))
    mask = draw(st.none() | stnp.arrays(np.bool_, n))
    return codes, query, draw(st.integers(1, 70)), mask


@settings(deadline=None)
@given(scans(), st.sampled_from([1, 7, 65_536]))
def test_nearest_is_brute_force(scan, chunk):
    codes, query, count, mask = scan
    positions, found = brute_force(
        codes, query, count, np.ones(len(codes), bool) if mask is None else mask
    )
    original, hamming.CHUNK = hamming.CHUNK, chunk
    try:
        shortlist = hamming.nearest(codes, query, count, mask=mask)
    finally:
        hamming.CHUNK = original
    np.testing.assert_array_equal(shortlist.positions, positions)
    np.testing.assert_array_equal(shortlist.distances, found)


@pytest.mark.parametrize("bits", [8, 24, 48, 64, 96, 128, 256, 1024])
def test_many_codes(bits):
    rng = np.random.default_rng(bits)
    codes = rng.integers(0, 256, (200_000, bits // 8), dtype=np.uint8)
    query = codes[123_456]
    mask = rng.random(len(codes)) < 0.5
    for count in (1, 100):
        positions, found = brute_force(codes, query, count, mask)
        shortlist = hamming.nearest(codes, query, count, mask=mask)
        np.testing.assert_array_equal(shortlist.positions, positions)
        np.testing.assert_array_equal(shortlist.distances, found)


def test_distance_of_the_longest_codes_does_not_overflow():
    codes = np.zeros((2, 128), np.uint8)
    codes[1] = 255
    assert hamming.distances(codes, codes[0]).tolist() == [0, 1024]


def test_all_equal_codes_are_one_shell():
    codes = np.full((1000, 8), 7, np.uint8)
    assert len(hamming.nearest(codes, codes[0], 1)) == 1000


@pytest.mark.parametrize(
    ("codes", "query", "count", "mask"),
    [
        (np.zeros((3, 8), np.uint8), np.zeros(4, np.uint8), 1, None),
        (np.zeros((3, 8), np.int8), np.zeros(8, np.uint8), 1, None),
        (np.zeros((3, 8), np.uint8), np.zeros(8, np.uint8), 0, None),
        (np.zeros((3, 8), np.uint8), np.zeros(8, np.uint8), 1, np.ones(2, bool)),
        (np.zeros((3, 0), np.uint8), np.zeros(0, np.uint8), 1, None),
    ],
)
def test_shapes_are_checked(codes, query, count, mask):
    with pytest.raises(ValueError):
        hamming.nearest(codes, query, count, mask=mask)


@pytest.mark.parametrize("width", [3, 8, 16])
def test_only_the_bits_of_a_mask_count(width):
    random = np.random.default_rng(6)
    codes = random.integers(0, 256, (500, width), np.uint8)
    query = random.integers(0, 256, width, np.uint8)
    mask = random.integers(0, 256, width, np.uint8)
    found = hamming.nearest(codes, query, 20, code_mask=mask)
    expected = np.unpackbits((codes ^ query) & mask, axis=1).sum(axis=1)
    farthest = np.sort(expected)[19]
    assert set(found.positions.tolist()) == set(np.flatnonzero(expected <= farthest).tolist())
    np.testing.assert_array_equal(found.distances, expected[found.positions])
