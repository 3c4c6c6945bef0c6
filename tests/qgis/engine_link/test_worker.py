from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

import pytest
from scene_search.engine_link.errors import (
    EngineCallError,
    EngineCancelledError,
    EngineDiedError,
)
from scene_search.engine_link.exit_reason import ExitKind
from scene_search.engine_link.worker import EngineWorker

FAKE = Path(__file__).resolve().parents[2] / "support" / "fake_engine.py"


@pytest.fixture
def make_worker():
    workers = []

    def make(*arguments, **options):
        worker = EngineWorker([sys.executable, str(FAKE), *arguments], **options)
        workers.append(worker)
        return worker

    yield make
    for worker in workers:
        worker.stop()


@pytest.fixture
def worker(make_worker):
    return make_worker()


def scene_search_threads():
    return [t.name for t in threading.enumerate() if t.name.startswith("scene-search")]


def exists(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z")


def test_starts_with_the_first_call_only(worker):
    assert not worker.is_running
    assert worker.pid is None
    assert worker.call("pid") == {"pid": worker.pid}
    assert worker.is_running


def test_carries_any_text(worker):
    params = {"text": "Zürich 東京 \n \u2028 \U0001f6f0 \"'\\", "number": 1.5, "none": None}
    assert worker.call("echo", params) == params


def test_carries_names_that_are_no_utf_8(worker):
    """Such as of files from an old Windows, which Python reads as halves of surrogate pairs."""
    params = {"path": "caf\udce9 \ud800.tif", "nul": "a\0b"}
    assert worker.call("echo", params) == params


@pytest.mark.parametrize("number", [float("nan"), float("-inf")])
def test_a_number_that_json_lacks_is_a_typed_error(worker, number):
    with pytest.raises(EngineCallError) as caught:
        worker.call("echo", {"extent": [0.0, number]})
    assert caught.value.hint
    assert worker.call("echo", {"a": 1}) == {"a": 1}


def test_answers_that_are_none_do_not_end_the_link(worker):
    assert worker.call("babble", {}) == {"after": "babble"}


def test_a_long_message_passes(worker):
    params = {"wkt": "x" * 3_000_000}
    assert worker.call("echo", params) == params


def test_an_error_is_typed_and_the_engine_stays(worker):
    pid = worker.call("pid")["pid"]
    with pytest.raises(EngineCallError) as caught:
        worker.call("fail")
    error = caught.value
    assert (error.message, error.hint, error.error_type, error.details) == (
        "Not a raster",
        "Choose another file",
        "RasterError",
        {"path": "a.tif"},
    )
    assert worker.call("pid")["pid"] == pid


def test_an_unknown_method_is_an_error(worker):
    with pytest.raises(EngineCallError, match="No method nonsense"):
        worker.call("nonsense")


def test_progress_comes_in_order_and_in_the_calling_thread(worker):
    seen = []
    worker.call(
        "progress",
        {"total": 50},
        progress=lambda value: seen.append((value["done"], threading.get_ident())),
    )
    assert seen == [(done, threading.get_ident()) for done in range(50)]


def test_an_error_in_a_progress_listener_reaches_the_caller(worker):
    def listener(value):
        raise ValueError("listener")

    with pytest.raises(ValueError, match="listener"):
        worker.call("progress", {"total": 3}, progress=listener)
    assert worker.call("echo", {"a": 1}) == {"a": 1}


def test_calls_overlap_and_get_their_own_answers(worker):
    worker.call("pid")
    answers = {}

    def call(number):
        seconds = 0.4 if number % 2 else 0.0
        worker.call("sleep", {"seconds": seconds})
        answers[number] = worker.call("echo", {"number": number})["number"]

    start = time.monotonic()
    threads = [threading.Thread(target=call, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: number for number in range(16)}
    assert time.monotonic() - start < 3, "eight sleeps of 0.4 s one after the other take longer"
    assert worker.starts == 1


@pytest.mark.parametrize("method", ["sleep", "hang"])
def test_cancel_returns_within_a_second(worker, method):
    worker.call("pid")
    flag = threading.Event()
    threading.Timer(0.3, flag.set).start()
    start = time.monotonic()
    with pytest.raises(EngineCancelledError):
        worker.call(method, {"seconds": 60}, is_cancelled=flag.is_set)
    assert time.monotonic() - start < 0.3 + 1.0
    assert worker.call("echo", {"still": "there"}) == {"still": "there"}


def test_cancel_returns_when_the_engine_no_longer_reads(worker):
    worker.call("deaf")
    flag = threading.Event()
    threading.Timer(0.3, flag.set).start()
    start = time.monotonic()
    with pytest.raises(EngineCancelledError):
        worker.call("echo", {"big": "x" * 1_000_000}, is_cancelled=flag.is_set)
    assert time.monotonic() - start < 1.3


def test_a_call_cancelled_beforehand_does_not_start_the_engine(worker):
    with pytest.raises(EngineCancelledError):
        worker.call("pid", is_cancelled=lambda: True)
    assert worker.starts == 0


@pytest.mark.parametrize(
    ("params", "kind", "text"),
    [
        ({"signal": "SIGKILL"}, ExitKind.MEMORY, "memory ran out"),
        ({"signal": "SIGSEGV"}, ExitKind.CRASH, "SIGSEGV"),
        ({"code": 3}, ExitKind.EXIT, "exit code 3"),
        ({"code": 137}, ExitKind.MEMORY, "memory ran out"),
    ],
)
def test_death_is_explained_and_the_next_call_restarts(make_worker, params, kind, text):
    told = []
    worker = make_worker(on_death=lambda error, calls: told.append((error.reason.kind, calls)))
    first = worker.call("pid")["pid"]
    with pytest.raises(EngineDiedError) as caught:
        worker.call("die", params)
    assert caught.value.reason.kind is kind
    assert text in caught.value.message
    assert "about to die" in caught.value.log_tail
    assert "secret" not in caught.value.log_tail
    second = worker.call("pid")["pid"]
    assert second != first
    assert worker.starts == 2
    assert told == [(kind, 1)]


def test_death_fails_every_call_in_flight(worker):
    worker.call("pid")
    failures = []

    def call():
        try:
            worker.call("hang")
        except EngineDiedError as error:
            failures.append(error)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    with pytest.raises(EngineDiedError):
        worker.call("die", {"code": 1})
    for thread in threads:
        thread.join(5)
    assert len(failures) == 4


def test_killed_while_idle_is_restarted_and_reported(make_worker):
    told = []
    worker = make_worker(on_death=lambda _error, calls: told.append(calls))
    pid = worker.call("pid")["pid"]
    os.kill(pid, 9)
    deadline = time.monotonic() + 5
    while worker.is_running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert worker.call("pid")["pid"] != pid
    while not told and time.monotonic() < deadline:
        time.sleep(0.01)
    assert told == [0]


def test_a_program_that_cannot_start(tmp_path):
    worker = EngineWorker([str(tmp_path / "no such python")])
    with pytest.raises(EngineDiedError) as caught:
        worker.call("pid")
    assert caught.value.reason.kind is ExitKind.START
    assert "no such python" in caught.value.message
    assert "options" in caught.value.hint


def test_a_program_that_ends_at_once_shows_its_last_words():
    worker = EngineWorker([sys.executable, "-c", "raise SystemExit('no module named numpy')"])
    with pytest.raises(EngineDiedError) as caught:
        worker.call("pid")
    assert "no module named numpy" in caught.value.log_tail
    worker.stop()


def test_much_logging_does_not_block_and_is_bounded(make_worker, tmp_path):
    log = tmp_path / "Ä log" / "engine.log"
    worker = make_worker(log_file=log)
    worker.call("shout", {"lines": 20_000})
    worker.stop()
    assert len(worker.log.tail(10_000).splitlines()) <= 400
    assert "line 19999" in worker.log.tail(1)
    kept = sum(file.stat().st_size for file in log.parent.iterdir())
    assert 1_000_000 < kept < 2_200_000


def test_text_on_standard_output_is_logged_not_fatal(worker):
    assert worker.call("noise") == {}
    assert "a native library says hello" in worker.log.tail()


def test_a_child_of_the_engine_does_not_hide_its_death(worker):
    worker.call("child")
    start = time.monotonic()
    with pytest.raises(EngineDiedError):
        worker.call("die", {"code": 5})
    assert time.monotonic() - start < 4


def test_stop_ends_process_children_and_threads(make_worker):
    worker = make_worker()
    pid = worker.call("pid")["pid"]
    before = scene_search_threads()
    assert len(before) == 4
    worker.stop()
    assert not exists(pid)
    assert scene_search_threads() == []
    assert not worker.is_running
    with pytest.raises(EngineCancelledError):
        worker.call("pid")
    worker.stop()


def test_stop_ends_an_engine_that_does_not_want_to(make_worker):
    worker = make_worker("--ignore-end")
    pid = worker.call("pid")["pid"]
    child = worker.call("child")["pid"]
    start = time.monotonic()
    worker.stop()
    assert time.monotonic() - start < 3.5
    assert not exists(pid)
    deadline = time.monotonic() + 2
    while exists(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not exists(child)


def test_stop_frees_callers(worker):
    worker.call("pid")
    threading.Timer(0.3, worker.stop).start()
    with pytest.raises(EngineCancelledError):
        worker.call("hang")
