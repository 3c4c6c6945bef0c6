from __future__ import annotations

import pytest
from qgis.PyQt.QtWidgets import QApplication
from scene_search.engine_link import session
from scene_search.engine_link.environment import OVERRIDE, profile_environment
from scene_search.engine_link.settings import EngineSettings
from scene_search.gui.options.cache_group import folder_size
from scene_search.gui.options.page import OptionsPage
from scene_search.gui.setup.engine_setup import EngineSetup

from tests.support.shared_engine import ask


@pytest.fixture
def make_page(iface, profile):
    setup = EngineSetup(iface.mainWindow())
    pages = []

    def make():
        page = OptionsPage(setup, iface.mainWindow())
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.deleteLater()
    setup.close()


@pytest.fixture
def no_engine(monkeypatch):
    monkeypatch.delenv(OVERRIDE, raising=False)
    session.stop()


def test_shows_and_keeps_every_setting(make_page):
    settings = EngineSettings(
        interpreter="/opt/python3.12",
        location="/große/platte",
        package_index="https://index.example/simple",
        wheel_folder="/räder",
        use_gpu=False,
        threads=3,
        provider="cpu",
        cache="/cache",
    )
    settings.save()
    page = make_page()
    assert page.settings() == settings
    page.threads.setValue(0)
    page.apply()
    settings.threads = 0
    assert EngineSettings.load() == settings


def test_says_that_the_engine_is_missing(make_page, no_engine):
    page = make_page()
    assert "not set up" in page.status.text()
    assert page.place.text() == str(profile_environment().directory)
    assert page.set_up.text().startswith("Set Up the Engine")
    page.set_up.click()
    assert page._setup.dialog.isVisible()


def test_says_what_the_engine_is(make_page, no_engine):
    environment = profile_environment()
    environment.python.parent.mkdir(parents=True)
    environment.python.write_text("")
    environment.mark_ready(
        engine={
            "python": "3.12.1",
            "onnxruntime": "1.22",
            "provider": "cpu",
            "provider_note": "An NVIDIA GPU is there, but its driver is too old",
        }
    )
    text = make_page().status.text()
    for words in ("Ready", "3.12.1", "1.22", "Runs on: processor (CPU)", "driver is too old"):
        assert words in text


def test_an_engine_named_by_the_variable_cannot_be_set_up(make_page, engine_python):
    page = make_page()
    assert OVERRIDE in page.status.text()
    assert page.place.text() == str(engine_python)
    assert not page.set_up.isEnabled()


def test_other_threads_restart_the_engine(make_page, engine_python, wait_until):
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    worker = session.current()
    page = make_page()
    page.apply()
    assert session.current() is worker, "nothing changed, nothing restarts"
    page.threads.setValue(1)
    page.apply()
    wait_until(lambda: not worker.is_running)
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: len(results) == 2, seconds=60)
    assert results[1]["pid"] != results[0]["pid"]


def test_the_cache_is_measured_and_emptied(make_page, profile, wait_until):
    cache = EngineSettings().cache_folder()
    (cache / "thumbnails").mkdir(parents=True)
    (cache / "thumbnails" / "1.png").write_bytes(b"x" * 3000)
    (cache / "2.png").write_bytes(b"x" * 2000)
    beside = profile / "beside.txt"
    beside.write_text("stays")
    page = make_page()
    wait_until(page.cache.empty.isEnabled)
    assert folder_size(cache) == 5000
    page.cache.empty.click()
    wait_until(lambda: folder_size(cache) == 0)
    wait_until(lambda: page.cache._task is None)
    assert not page.cache.empty.isEnabled()
    assert beside.exists()


def test_emptying_a_chosen_cache_folder_touches_only_our_part(make_page, tmp_path, wait_until):
    EngineSettings(cache=str(tmp_path)).save()
    thesis = tmp_path / "thesis.odt"
    thesis.write_text("years of work")
    cache = EngineSettings.load().cache_folder()
    cache.mkdir(parents=True)
    (cache / "1.png").write_text("x")
    page = make_page()
    wait_until(page.cache.empty.isEnabled)
    page.cache.empty.click()
    wait_until(lambda: not (cache / "1.png").exists())
    wait_until(lambda: page.cache._task is None)
    assert thesis.exists()


def test_the_report_goes_to_the_clipboard(make_page, engine_python, wait_until):
    page = make_page()
    QApplication.clipboard().clear()
    page.report.click()
    assert not page.report.isEnabled()
    wait_until(page.report.isEnabled, seconds=60)
    report = QApplication.clipboard().text()
    assert "onnxruntime" in report
    assert "Python" in report or "python" in report
