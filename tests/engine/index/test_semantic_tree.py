"""The tree over codes, against a scan over all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.index.hamming import nearest
from scene_search.engine.index.semantic_tree import SemanticTree, level_bits


def made_codes(rng, count, width, centres):
    """Codes around few centres, many of them equal; as uniform as can be with many centres."""
    middle = rng.integers(0, 256, (centres, width), dtype=np.uint8)
    flips = np.bitwise_and.reduce(rng.integers(0, 256, (4, count, width), dtype=np.uint8))
    return middle[rng.integers(0, centres, count)] ^ flips


cases = st.tuples(
    st.integers(0, 2**32),
    st.sampled_from([1, 2, 3, 4, 8, 12, 16, 32]),
    st.integers(1, 3000),
    st.sampled_from([1, 5, 10_000]),
    st.sampled_from([1, 3, 40, 256]),
    st.integers(1, 200),
)


@given(cases, st.booleans())
def test_the_answer_is_that_of_a_scan(case, masked):
    seed, width, size, centres, least, count = case
    rng = np.random.default_rng(seed)
    codes = made_codes(rng, size, width, centres)
    query = codes[0] if seed % 2 else rng.integers(0, 256, width, dtype=np.uint8)
    mask = rng.random(size) < rng.random() if masked else None
    levels = rng.multinomial(8 * width - 3, (0.2, 0.3, 0.5)) + 1 if seed % 3 else None
    tree = SemanticTree(codes, None if levels is None else levels.tolist(), least)
    found = tree.nearest(query, count, mask=mask)
    expected = nearest(codes, query, count, mask=mask)
    np.testing.assert_array_equal(found.positions, expected.positions)
    np.testing.assert_array_equal(found.distances, expected.distances)
    assert found.positions.dtype == np.int64
    assert found.distances.dtype == np.uint16


@given(cases, st.integers(1, 4000))
def test_a_budget_gives_true_distances_and_enough_of_them(case, budget):
    seed, width, size, centres, least, count = case
    rng = np.random.default_rng(seed)
    codes = made_codes(rng, size, width, centres)
    query = rng.integers(0, 256, width, dtype=np.uint8)
    tree = SemanticTree(codes, least=least)
    found = tree.nearest(query, count, budget=budget)
    exact = nearest(codes, query, count)
    assert len(found) >= min(count, size)
    assert (found.distances[: len(exact)] >= exact.distances[: len(found)]).all()
    true = np.bitwise_count(codes[found.positions] ^ query).sum(axis=1)
    np.testing.assert_array_equal(found.distances, true)
    assert len(set(found.positions.tolist())) == len(found)
    if budget >= size:
        np.testing.assert_array_equal(found.positions, exact.positions)


def test_more_budget_finds_no_less():
    rng = np.random.default_rng(2)
    codes = made_codes(rng, 20_000, 8, 400)
    query = rng.integers(0, 256, 8, dtype=np.uint8)
    tree = SemanticTree(codes, least=16)
    exact = nearest(codes, query, 50)
    limit = exact.distances[-1]
    hits = [
        int((tree.nearest(query, 50, budget=budget).distances <= limit).sum())
        for budget in (1, 500, 2_000, 8_000, 20_000)
    ]
    assert hits == sorted(hits)
    assert hits[0] < hits[-1] == len(exact)


def test_codes_that_share_prefixes_are_found_without_looking_at_the_others(monkeypatch):
    rng = np.random.default_rng(4)
    heads = rng.integers(0, 256, (50, 3), dtype=np.uint8)
    codes = np.concatenate(
        [heads.repeat(400, axis=0), rng.integers(0, 256, (20_000, 5), dtype=np.uint8)], axis=1
    )
    tree = SemanticTree(codes)
    assert tree.leaves == 50
    looked = []
    compare = SemanticTree._compare

    def counting(self, target, starts, stops, threshold):
        looked.append(int((stops - starts).sum()))
        return compare(self, target, starts, stops, threshold)

    monkeypatch.setattr(SemanticTree, "_compare", counting)
    query = codes[777]
    found = tree.nearest(query, 1)
    assert found.positions.tolist() == [777]
    assert sum(looked) == 400


def test_small_leaves_merge_upward():
    # 300 codes of one 24-bit prefix, 200 of three others below the same first byte, 5 elsewhere
    def under(head, count, seed):
        rng = np.random.default_rng(seed)
        rest = rng.integers(0, 256, (count, 8 - len(head)), dtype=np.uint8)
        return np.concatenate([np.tile(np.array(head, np.uint8), (count, 1)), rest], axis=1)

    codes = np.concatenate(
        [under([7, 1, 1], 300, 0), under([7, 2, 2], 100, 1), under([7, 3, 3], 160, 2),
         under([9, 4, 4], 5, 3)]
    )  # fmt: skip
    tree = SemanticTree(codes, least=256)
    sizes = tree._stops - tree._starts
    lengths = np.bitwise_count(tree._masks).sum(axis=1)
    assert dict(zip(lengths.tolist(), sizes.tolist(), strict=True)) == {24: 300, 8: 260, 0: 5}


@given(st.integers(0, 2**32), st.integers(1, 2000), st.integers(1, 300))
def test_every_code_is_in_one_leaf_of_its_prefix(seed, size, least):
    rng = np.random.default_rng(seed)
    codes = made_codes(rng, size, 8, 6)
    tree = SemanticTree(codes, least=least)
    assert sorted(tree._rows.tolist()) == list(range(size))
    sizes = tree._stops - tree._starts
    assert sizes.sum() == size
    prefix = tree._prefixes.repeat(sizes, axis=0)
    assert ((tree._codes ^ prefix) & tree._masks.repeat(sizes, axis=0) == 0).all()
    lengths = np.bitwise_count(tree._masks).sum(axis=1)
    assert (sizes[lengths > 0] >= least).all()


def test_no_codes():
    tree = SemanticTree(np.empty((0, 8), np.uint8))
    assert len(tree.nearest(np.zeros(8, np.uint8), 5)) == 0


@pytest.mark.parametrize(
    ("bits", "expected"),
    [(64, (8, 16, 40)), (32, (4, 8, 20)), (128, (16, 32, 80)), (16, (2, 4, 10)), (8, (1, 2, 5))],
)
def test_bits_of_the_levels(bits, expected):
    assert level_bits(bits) == expected


def test_the_card_may_give_the_levels():
    key = "scene_search:code_levels"
    assert level_bits(64, {key: [4, 12, 16, 32]}) == (4, 12, 16, 32)
    for wrong in ([8, 16], [0, 24, 40], "8,16,40", None, [-8, 32, 40]):
        assert level_bits(64, {key: wrong}) == (8, 16, 40)


def test_wrong_arguments():
    codes = np.zeros((3, 8), np.uint8)
    with pytest.raises(ValueError, match="do not make codes of 64"):
        SemanticTree(codes, (8, 16))
    tree = SemanticTree(codes)
    for arguments in ({"count": 0}, {"count": 1, "budget": 0}):
        with pytest.raises(ValueError, match="at least 1"):
            tree.nearest(codes[0], **arguments)
