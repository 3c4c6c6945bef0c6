import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.strict_json import decode, encode_line

TEXT = st.text(st.characters())  # lone surrogates and NUL, too
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    # without the halves that JSON's escapes join to one character
    | TEXT.filter(lambda text: json.loads(json.dumps(text)) == text),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.just("key"), inner),
    max_leaves=8,
)


@given(VALUES)
def test_what_is_written_is_read_again(value):
    line = encode_line(value)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert decode(line) == value


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_whatever_is_read_is_a_value_or_a_value_error(text):
    try:
        value = decode(text)
    except ValueError:
        return
    encoded = decode(json.dumps(value, allow_nan=True).replace("Infinity", "1e999"))
    assert encoded == value or value != value


@pytest.mark.parametrize("text", ["NaN", "[Infinity]", "-Infinity", "[" * 100_000, '{"a":' * 9_999])
def test_what_json_has_not_and_what_is_too_deep_is_refused(text):
    with pytest.raises(ValueError):
        decode(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_json_lacks_are_not_written(number):
    with pytest.raises(ValueError):
        encode_line({"a": [number]})


def test_a_value_that_nests_too_deeply_is_not_written():
    deep = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        encode_line(deep)
