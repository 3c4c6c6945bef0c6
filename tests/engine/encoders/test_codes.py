"""Code helpers agree with counting bits one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scene_search.engine.encoders.codes import hamming_matrix, truncate_codes
from scene_search.engine.errors import UsageError

_BITS = arrays.arrays(bool, st.tuples(st.integers(0, 9), st.integers(1, 150)))


@given(_BITS, st.data())
def test_truncation_keeps_the_first_bits(bits: np.ndarray, data: st.DataObject) -> None:
    codes = np.packbits(bits, axis=-1)
    kept = data.draw(st.integers(1, codes.shape[1] * 8))
    before = codes.copy()
    short = truncate_codes(codes, kept)
    expected = np.zeros((len(bits), short.shape[1] * 8), bool)
    all_bits = np.unpackbits(codes, axis=-1).astype(bool)
    expected[:, :kept] = all_bits[:, :kept]
    np.testing.assert_array_equal(np.unpackbits(short, axis=-1), expected)
    np.testing.assert_array_equal(codes, before)


@pytest.mark.parametrize("bits", [0, -1, 65])
def test_truncation_refuses(bits: int) -> None:
    with pytest.raises(UsageError, match="64"):
        truncate_codes(np.zeros((2, 8), np.uint8), bits)


@given(st.integers(0, 6), st.integers(0, 40), st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_hamming_matrix(queries: int, database: int, width: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    left = random.integers(0, 256, (queries, width), dtype=np.uint8)
    right = random.integers(0, 256, (database, width), dtype=np.uint8)
    expected = (
        np.unpackbits(left, axis=-1)[:, None, :] != np.unpackbits(right, axis=-1)[None, :, :]
    ).sum(2)
    np.testing.assert_array_equal(hamming_matrix(left, right), expected)
