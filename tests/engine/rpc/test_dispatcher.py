import io
import json
import os
import threading
import time

import pytest
from scene_search.engine.errors import QueryError
from scene_search.engine.rpc import dispatcher
from scene_search.engine.rpc.dispatcher import WORKERS, Dispatcher, Method


class Link:
    """A dispatcher in a thread with pipes for its input and a list of its messages."""

    def __init__(self, methods):
        reader, writer = os.pipe()
        self.input = os.fdopen(writer, "wb", buffering=0)
        self._source = os.fdopen(reader, "rb")
        self.messages = []
        self._arrived = threading.Condition()
        self.dispatcher = Dispatcher(self, methods)
        self.thread = threading.Thread(target=self.dispatcher.serve, args=(self._source,))
        self.thread.start()

    def write(self, data):  # the dispatcher's sink takes at most a few bytes at a time
        piece = bytes(data[:50])
        with self._arrived:
            self.messages.append(piece)
            self._arrived.notify_all()
        return len(piece)

    def received(self):
        return [json.loads(line) for line in b"".join(self.messages).split(b"\n")[:-1]]

    def send(self, method, request_id=None, **params):
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        if request_id is not None:
            message["id"] = request_id
        self.input.write(json.dumps(message).encode() + b"\n")

    def answer(self, request_id, timeout=10):
        def found():
            return [m for m in self.received() if "method" not in m and m["id"] == request_id]

        with self._arrived:
            assert self._arrived.wait_for(found, timeout), self.received()
        return found()[0]


@pytest.fixture
def connect():
    links = []

    def make(**methods):
        links.append(Link({name: Method(*value) for name, value in methods.items()}))
        return links[-1]

    yield make
    for link in links:
        link.input.close()
        link.thread.join(10)
        assert not link.thread.is_alive()


def wait_until_cancelled(_params, progress):
    while True:
        progress.check()
        time.sleep(0.01)


def test_answers_come_in_the_order_of_finishing(connect):
    release = threading.Event()

    def slow(_params, _progress):
        assert release.wait(10)
        return {"slow": True}

    link = connect(slow=(slow,), quick=(lambda p, _: {"echo": p.text("say")},))
    link.send("slow", 1)
    link.send("quick", 2, say="hé")
    assert link.answer(2)["result"] == {"echo": "hé"}
    release.set()
    assert link.answer(1)["result"] == {"slow": True}


def test_a_long_request_does_not_hold_up_short_ones(connect):
    link = connect(build=(wait_until_cancelled, True), quick=(lambda *_: {},))
    for number in range(WORKERS + 2):
        link.send("build", f"b{number}")
    link.send("quick", 1)
    assert link.answer(1)["result"] == {}


def test_cancelling_answers_with_the_cancelled_error_within_a_second(connect):
    link = connect(build=(wait_until_cancelled, True))
    link.send("build", 7)
    started = time.monotonic()
    link.send("$/cancelRequest", id=7)
    error = link.answer(7)["error"]
    assert time.monotonic() - started < 1
    assert error["code"] == -32800
    assert error["data"]["type"] == "CancelledError"


def test_a_request_still_waiting_for_a_worker_is_cancelled_at_once(connect):
    release = threading.Event()
    started = []

    def stuck(_params, _progress):
        started.append(1)
        release.wait(10)
        return {}

    link = connect(stuck=(stuck,))
    for number in range(WORKERS + 1):
        link.send("stuck", number)
    link.send("$/cancelRequest", id=WORKERS)
    assert link.answer(WORKERS)["error"]["code"] == -32800
    release.set()
    link.answer(0)
    assert len(started) == WORKERS


def test_progress_carries_the_id_of_its_request(connect):
    def work(_params, progress):
        progress.report(3, 10, message="a.tif", force=True)
        return {}

    link = connect(work=(work,))
    link.send("work", "w")
    link.answer("w")
    notification = link.received()[0]
    assert notification["method"] == "$/progress"
    assert notification["params"]["token"] == "w"
    value = notification["params"]["value"]
    assert (value["done"], value["total"], value["message"]) == (3, 10, "a.tif")


def test_failures_are_answered_and_the_server_stays(connect, caplog):
    def bad(params, _progress):
        if params.boolean("typed"):
            raise QueryError("The text is empty", hint="Type some words")
        return {"never": 1 / 0}

    link = connect(bad=(bad,), nan=(lambda *_: {"x": float("nan")},), fine=(lambda *_: {},))
    link.send("bad", 1, typed=True)
    link.send("bad", 2, typed=False)
    link.send("bad", 3)
    link.send("nan", 4)
    link.send("unheard", 5)
    link.send("fine", 6)
    assert link.answer(1)["error"]["data"]["hint"] == "Type some words"
    assert link.answer(2)["error"]["code"] == -32603
    assert "ZeroDivisionError" in link.answer(2)["error"]["message"]
    assert link.answer(3)["error"]["code"] == -32602
    assert "'typed'" in link.answer(3)["error"]["message"]
    assert link.answer(4)["error"]["code"] == -32603
    assert link.answer(5)["error"]["code"] == -32601
    assert link.answer(6)["result"] == {}
    assert "ZeroDivisionError" in caplog.text  # the traceback is in the log


def test_an_id_in_use_is_refused_and_the_first_goes_on(connect):
    link = connect(build=(wait_until_cancelled, True))
    link.send("build", 1)
    link.send("build", 1)
    assert link.answer(1)["error"]["code"] == -32600
    assert link.dispatcher.busy


def test_the_end_of_input_stops_running_work(connect):
    link = connect(build=(wait_until_cancelled, True))
    link.send("build", 1)
    link.input.close()
    assert link.answer(1)["error"]["code"] == -32800
    link.thread.join(5)
    assert not link.thread.is_alive()


def test_shutdown_is_answered_last(connect):
    link = connect(build=(wait_until_cancelled, True))
    link.send("build", 1)
    link.send("shutdown", 2)
    link.thread.join(5)
    assert [m["id"] for m in link.received()] == [1, 2]


def test_a_sink_that_is_gone_ends_serving():
    class Gone(io.RawIOBase):
        def write(self, _data):
            raise BrokenPipeError

    lines = iter([b'{"jsonrpc":"2.0","id":1,"method":"x"}\n'] * 1000)
    Dispatcher(Gone(), {}).serve(lines)
    assert len(list(lines)) == 999, "it stops at the first answer that nobody takes"


def test_requests_that_hang_do_not_hold_up_the_others_for_long(connect, monkeypatch):
    monkeypatch.setattr(dispatcher, "PATIENCE_SECONDS", 0.1)
    link = connect(hang=(wait_until_cancelled, False), ask=(lambda *_: {"n": 1}, False))
    for number in range(WORKERS + 3):
        link.send("hang", number)
    link.send("ask", "a")
    started = time.monotonic()
    assert link.answer("a")["result"] == {"n": 1}
    assert time.monotonic() - started < 3
    for number in range(WORKERS + 3):
        link.send("$/cancelRequest", id=number)
        assert link.answer(number)["error"]["code"] == -32800


def test_no_worker_is_added_while_requests_are_answered(connect, monkeypatch):
    monkeypatch.setattr(dispatcher, "PATIENCE_SECONDS", 2.0)  # a busy machine has paused by then
    link = connect(ask=(lambda *_: time.sleep(0.01) or {}, False))
    for number in range(60):
        link.send("ask", number)
    for number in range(60):
        link.answer(number)
    time.sleep(2.2)
    assert link.dispatcher._workers == WORKERS
