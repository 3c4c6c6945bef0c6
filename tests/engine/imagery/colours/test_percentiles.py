import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scene_search.engine.imagery.colours.percentiles import percentiles


@given(
    sample=hnp.arrays(
        st.sampled_from([np.uint8, np.uint16, np.int16, np.int8]),
        st.tuples(st.integers(1, 3), st.integers(1, 60)),
    ),
    shares=st.lists(st.floats(0, 100), min_size=1, max_size=3),
)
def test_counting_gives_what_sorting_gives(sample, shares):
    assert percentiles(sample, shares) == pytest.approx(
        np.percentile(sample.astype(float), shares, axis=1)
    )
