"""What is remembered of texts, against computing it anew."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.encoders.recent import Recent

texts = st.lists(st.sampled_from("abcdefg"), max_size=12)


@given(st.lists(texts, max_size=8), st.integers(1, 4))
def test_answers_in_order_and_computes_what_is_not_recent(calls, kept):
    asked = []

    def compute(new):
        asked.append(list(new))
        return [text.upper() for text in new]

    recent = Recent(compute, kept)
    order: list[str] = []  # of last use, the latest last
    for call in calls:
        asked.clear()
        assert recent(call) == [text.upper() for text in call]
        new = [text for text in dict.fromkeys(call) if text not in order[-kept:]]
        assert asked == ([new] if new else [])
        for text in call:
            order = [old for old in order if old != text] + [text]


def test_what_fails_is_not_remembered():
    answers = iter([OSError("no memory"), ["A"]])

    def compute(_):
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    recent = Recent(compute, 2)
    with pytest.raises(OSError, match="no memory"):
        recent(["a"])
    assert recent(["a"]) == ["A"]


def test_several_threads():
    recent = Recent(lambda new: [text * 2 for text in new], 3)
    words = [[f"{(n * 7 + k) % 11}" for k in range(5)] for n in range(400)]
    with ThreadPoolExecutor(8) as pool:
        for call, found in zip(words, pool.map(recent, words), strict=True):
            assert found == [text * 2 for text in call]
