import threading
import time

import pytest
from scene_search.engine.errors import CancelledError
from scene_search.engine.progress import Progress
from scene_search.engine.service.opening import Opener


def test_results_and_errors_reach_whoever_asked():
    opener = Opener()
    assert opener.open("a", lambda: 5) == 5
    with pytest.raises(ZeroDivisionError):
        opener.open("a", lambda: 1 / 0)
    assert opener.open("a", lambda: 6) == 6, "an error is not remembered"


def test_one_opening_of_a_key_at_a_time_and_other_keys_go_on():
    opener, go, calls, got = Opener(), threading.Event(), [], []

    def slow():
        calls.append(1)
        assert go.wait(10)
        return object()

    threads = [
        threading.Thread(target=lambda: got.append(opener.open("slow", slow))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    assert opener.open("other", lambda: 1) == 1
    go.set()
    for thread in threads:
        thread.join(10)
    assert len(calls) == 1
    assert len(got) == 5
    assert len(set(got)) == 1


def test_waiting_ends_after_the_time_given_and_the_late_result_is_had_by_the_next():
    opener, go = Opener(), threading.Event()

    def slow():
        assert go.wait(10)
        return 7

    started = time.monotonic()
    for _ in range(2):  # the second does not wait all over again
        with pytest.raises(TimeoutError):
            opener.open("a", slow, seconds=0.3)
    assert 0.3 <= time.monotonic() - started < 0.9
    go.set()
    assert opener.open("a", lambda: 8, seconds=5) in (7, 8)


def test_waiting_is_cancelled():
    opener, go, progress = Opener(), threading.Event(), Progress()
    threading.Timer(0.1, progress.cancel).start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        opener.open("a", lambda: go.wait(10), progress)
    assert time.monotonic() - started < 1
    go.set()


def test_an_opening_that_itself_times_out_is_no_waiting_without_end():
    def refuse():
        raise TimeoutError("the share")

    with pytest.raises(TimeoutError, match="the share"):
        Opener().open("a", refuse)
