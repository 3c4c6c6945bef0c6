from __future__ import annotations

import itertools
import sys
import time
from pathlib import Path

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QThread, QTimer
from scene_search.engine_link import session, task
from scene_search.engine_link.environment import OVERRIDE
from scene_search.engine_link.errors import (
    EngineCallError,
    EngineDiedError,
    EngineNotInstalledError,
)
from scene_search.engine_link.task import EngineTask
from scene_search.engine_link.worker import EngineWorker

from tests.support.shared_engine import ask

FAKE = Path(__file__).resolve().parents[2] / "support" / "fake_engine.py"


@pytest.fixture
def worker(qgis_app):
    made = EngineWorker([sys.executable, str(FAKE)])
    yield made
    task.cancel_all()
    made.stop()


class Outcome:
    """Keeps what a task tells, and in which thread."""

    def __init__(self, watched):
        self.events = []
        self.threads = set()
        watched.succeeded.connect(lambda result: self.add("succeeded", result))
        watched.failed.connect(lambda error: self.add("failed", error))
        watched.cancelled.connect(lambda: self.add("cancelled", None))
        watched.progressed.connect(lambda value: self.add("progressed", value["done"]))

    def add(self, name, value):
        self.events.append((name, value))
        self.threads.add(QThread.currentThread())

    @property
    def ended(self):
        return [name for name, _ in self.events if name != "progressed"]


def run(worker, method, params=None):
    made = EngineTask("test", method, params, worker)
    outcome = Outcome(made)
    made.start()
    return made, outcome


def test_success_and_progress_arrive_on_the_main_thread(worker, wait_until, qgis_app):
    _, outcome = run(worker, "progress", {"total": 20})
    wait_until(lambda: outcome.ended)
    assert [value for name, value in outcome.events if name == "progressed"] == list(range(20))
    assert outcome.events[-1] == ("succeeded", {"done": 20})
    assert outcome.threads == {qgis_app.thread()}


def test_an_engine_error_is_typed(worker, wait_until):
    _, outcome = run(worker, "fail")
    wait_until(lambda: outcome.ended)
    ((name, error),) = outcome.events
    assert name == "failed"
    assert isinstance(error, EngineCallError)
    assert error.error_type == "RasterError"


def test_death_is_typed_and_the_next_task_works(worker, wait_until):
    _, outcome = run(worker, "die", {"code": 9})
    wait_until(lambda: outcome.ended)
    assert isinstance(outcome.events[0][1], EngineDiedError)
    _, again = run(worker, "echo", {"a": 1})
    wait_until(lambda: again.ended)
    assert again.events == [("succeeded", {"a": 1})]


def test_cancel_within_a_second(worker, wait_until):
    made, outcome = run(worker, "hang")
    wait_until(lambda: made.status() == EngineTask.TaskStatus.Running)
    time.sleep(0.3)
    start = time.monotonic()
    made.cancel()
    wait_until(lambda: outcome.ended, seconds=3)
    assert time.monotonic() - start < 1.2
    assert outcome.events == [("cancelled", None)]


def test_the_main_thread_goes_on_while_the_engine_works(worker, wait_until):
    ticks = []
    timer = QTimer()
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start(20)
    _, outcome = run(worker, "sleep", {"seconds": 1.5})
    start = time.monotonic()
    wait_until(lambda: outcome.ended)
    timer.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(ticks)]
    assert time.monotonic() - start > 1.4
    assert len(ticks) > 15
    assert max(gaps) < 0.5


def test_several_at_once(worker, wait_until):
    outcomes = [run(worker, "echo", {"n": number})[1] for number in range(12)]
    wait_until(lambda: all(outcome.ended for outcome in outcomes))
    assert [outcome.events for outcome in outcomes] == [
        [("succeeded", {"n": number})] for number in range(12)
    ]


def test_no_task_is_kept_after_its_end(worker, wait_until):
    run(worker, "echo")
    wait_until(lambda: not task._alive)
    wait_until(lambda: QgsApplication.taskManager().count() == 0)


def test_a_programming_error_becomes_a_failure(worker, wait_until):
    _, outcome = run(worker, "echo", {"path": Path()})
    wait_until(lambda: outcome.ended)
    ((name, error),) = outcome.events
    assert name == "failed"
    assert "Unexpected error" in error.message
    assert "Traceback" in error.details["traceback"]


def test_an_engine_that_is_not_set_up_fails_in_the_background(
    profile, monkeypatch, wait_until, qgis_app
):
    session.stop()
    monkeypatch.delenv(OVERRIDE, raising=False)
    failures = []
    _call = ask("engine.info", failed=failures.append)
    wait_until(lambda: failures)
    assert isinstance(failures[0], EngineNotInstalledError)


def test_the_shared_engine_answers(engine_python, profile, wait_until):
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    assert results[0]["protocol"] == 1
    assert session.engine() is session.engine()
    worker = session.engine()
    assert results[0]["pid"] == worker.pid
    session.stop()
    assert session.current() is None
    assert not worker.is_running
    assert (profile / "engine.log").is_file()


def test_death_of_the_shared_engine_is_told_to_listeners(engine_python, wait_until):
    told = []
    remove = session.on_death(lambda error, calls: told.append((error.reason.kind, calls)))
    worker = session.engine()
    _call = ask("engine.info")
    wait_until(lambda: not task._alive, seconds=60)
    import os

    os.kill(worker.pid, 9)
    wait_until(lambda: told)
    remove()
    assert told[0][1] == 0
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    assert worker.starts == 2
