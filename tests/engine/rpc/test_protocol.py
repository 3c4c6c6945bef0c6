import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_search.engine.errors import RasterError
from scene_search.engine.rpc import protocol


def test_a_request_is_read_with_its_parameters():
    line = b'{"jsonrpc":"2.0","id":"a","method":"search","params":{"limit":3}}\n'
    assert protocol.parse_request(line) == protocol.Request("a", "search", {"limit": 3})


@pytest.mark.parametrize(
    ("line", "code", "request_id"),
    [
        (b"rubbish", -32700, None),
        (b"\xff\xfe", -32700, None),
        (b'{"jsonrpc":"2.0","id":1,', -32700, None),
        (b"[" * 100_000, -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":' + b"[" * 50_000, -32700, None),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"x"}', -32700, None),
        (b'{"jsonrpc":"2.0","id":-Infinity,"method":"x"}', -32700, None),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":{"limit":NaN}}', -32700, None),
        (b'{"jsonrpc":"2.0","id":1e999,"method":"shutdown"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":' + b"9" * 5000 + b',"method":"x"}', -32700, None),
        (b"[]", -32600, None),
        (b"3", -32600, None),
        (b'{"id":1,"method":"x"}', -32600, 1),
        (b'{"jsonrpc":"2.0","id":true,"method":"x"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":{},"method":"x"}', -32600, None),
        (b'{"jsonrpc":"2.0","id":1}', -32600, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600, 1),
        (b'{"jsonrpc":"2.0","id":1,"method":"x","params":[1]}', -32602, 1),
    ],
)
def test_what_is_no_request_is_refused_with_its_code(line, code, request_id):
    with pytest.raises(protocol.InvalidMessageError) as caught:
        protocol.parse_request(line)
    assert (caught.value.code, caught.value.request_id) == (code, request_id)


@given(st.binary(max_size=200))
def test_no_line_raises_anything_else(line):
    with contextlib.suppress(protocol.InvalidMessageError):
        protocol.parse_request(line)


def test_a_typed_error_keeps_its_message_hint_and_facts():
    error = RasterError("a.tif is empty", hint="Copy it again", size=0)
    message = protocol.failure_message(4, error)
    assert message["error"] == {
        "code": -32002,
        "message": "a.tif is empty",
        "data": {"type": "RasterError", "hint": "Copy it again", "details": {"size": 0}},
    }


def test_any_other_exception_is_a_defect_to_report():
    error = protocol.failure_message(4, KeyError("x"))["error"]
    assert error["code"] == -32603
    assert error["data"]["type"] == "KeyError"
    assert "Report" in error["data"]["hint"]


def test_a_message_is_one_line_whatever_is_in_it():
    line = protocol.encode({"path": "a\nb\u2028\udcff.tif"})
    assert line.count(b"\n") == 1
    assert json.loads(line)["path"] == "a\nb\u2028\udcff.tif"


def test_an_answer_that_is_no_json_becomes_one_that_says_so():
    answer = json.loads(protocol.encode(protocol.result_message(7, {"score": float("nan")})))
    assert (answer["id"], answer["error"]["code"]) == (7, -32603)
    told = protocol.failure_message(8, RasterError("a.tif is empty", path=object()))
    error = json.loads(protocol.encode(told))["error"]
    assert error["message"] == "a.tif is empty"
    assert error["data"]["type"] == "RasterError"


def test_every_refusal_says_what_to_do():
    for line in (b"rubbish", b"[]"):
        with pytest.raises(protocol.InvalidMessageError) as caught:
            protocol.parse_request(line)
        assert protocol.failure_message(None, caught.value)["error"]["data"]["hint"]
