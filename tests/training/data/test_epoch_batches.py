"""The order of batches, against numpy's own permutation."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scene_search.training.data.epoch_batches import EpochBatches


class Rows(EpochBatches[tuple[list[int], float]]):
    """Batches of row numbers and of what was drawn for them."""

    def batch(self, rows, rng):
        return [int(row) for row in rows], float(rng.random())


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=40),
    st.integers(1, 12),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_an_epoch_is_the_permutation_of_its_seed(rows, size, seed, epoch):
    batches = Rows(np.array(rows), size, seed)
    batches.set_epoch(epoch)
    found = list(batches)
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(np.array(rows)).tolist()
    expected = [order[start : start + size] for start in range(0, len(rows) - size + 1, size)]
    assert [batch for batch, _ in found] == expected
    assert len(batches) == len(expected)
    assert [drawn for _, drawn in found] == [float(rng.random()) for _ in expected]
    assert list(batches) == found  # the same again until the epoch changes
