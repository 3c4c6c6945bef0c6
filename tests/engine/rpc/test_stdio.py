import io

from scene_search.engine.rpc.stdio import read_lines


def test_lines_are_read_and_an_over_long_one_is_skipped_whole():
    source = io.BytesIO(b"one\n" + b"x" * 1000 + b"\n" + b"\n" + b"last")
    assert list(read_lines(source, limit=10)) == [b"one\n", None, b"\n", b"last"]
