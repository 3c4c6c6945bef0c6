from __future__ import annotations

import threading
from pathlib import Path

import pytest
from fake_wheels import write_wheel
from qgis.PyQt.QtWidgets import QApplication
from scene_search.engine_link import environment, session
from scene_search.engine_link.environment import (
    OVERRIDE,
    EnvironmentState,
    find_engine_python,
    profile_environment,
)
from scene_search.engine_link.settings import EngineSettings
from scene_search.engine_link.setup import task as setup_task
from scene_search.gui.setup import dialog as dialog_module
from scene_search.gui.setup.engine_setup import EngineSetup

FAKE = Path(__file__).resolve().parents[3] / "support" / "fake_engine.py"


@pytest.fixture
def wheels(tmp_path):
    folder = tmp_path / "Räder"
    write_wheel(folder, "sstiny")
    return folder


@pytest.fixture
def setup(iface, profile, monkeypatch, wait_until, quick_interpreter):
    """The setup of a machine that has no engine; it installs one tiny package."""
    monkeypatch.delenv(OVERRIDE, raising=False)
    session.stop()
    made_from = setup_task.plan_from_settings

    def small_plan(settings):
        plan = made_from(settings)
        changes = {"requirements": ["sstiny"], "launcher": FAKE, "gpu": False}
        return type(plan)(**{**vars(plan), **changes})

    monkeypatch.setattr(dialog_module, "plan_from_settings", small_plan)
    made = EngineSetup(iface.mainWindow(), iface.messageBar())
    yield made
    setup_task.cancel_running()
    wait_until(lambda: setup_task.running() is None)
    made.close()


def test_nothing_is_installed_before_the_user_agrees(setup, monkeypatch, qgis_app):
    def refuse(*_arguments, **_options):
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    assert setup.is_needed
    dialog = setup.offer()
    qgis_app.processEvents()
    assert dialog.isVisible()
    consent = dialog.consent
    assert "onnxruntime" in consent.what.text()
    assert consent.where.text() == str(profile_environment().directory)
    assert "MB" in consent.size.text()
    assert dialog.install.isVisible()
    assert not dialog.cancel.isVisible()
    dialog.dismiss.click()
    assert not dialog.isVisible()
    assert not profile_environment().directory.exists()


def test_a_folder_of_wheels_has_to_be_named(setup):
    dialog = setup.offer()
    dialog.consent.from_wheels.setChecked(True)
    assert not dialog.install.isEnabled()
    dialog.consent.wheels.setFilePath("/some/folder")
    assert dialog.install.isEnabled()
    assert "download" not in dialog.consent.size.text()
    dialog.consent.from_index.setChecked(True)
    assert dialog.install.isEnabled()
    assert dialog.consent.settings().wheel_folder == ""


def test_sets_up_from_a_folder_of_wheels(setup, wheels, wait_until):
    ready = []
    setup.ready.connect(lambda: ready.append(True))
    dialog = setup.offer()
    dialog.consent.from_wheels.setChecked(True)
    dialog.consent.wheels.setFilePath(str(wheels))
    dialog.install.click()
    assert dialog.is_running
    assert dialog.cancel.isVisible()
    wait_until(lambda: ready, seconds=60)
    assert not setup.is_needed
    assert find_engine_python() == profile_environment().python
    assert "ready" in dialog.progress.title.text()
    assert not dialog.cancel.isVisible()
    assert "sstiny" in dialog.progress.log.toPlainText()
    assert EngineSettings.load().wheel_folder == str(wheels)


def test_a_failed_setup_says_what_to_do_and_can_be_tried_again(setup, tmp_path, wait_until):
    dialog = setup.offer()
    empty = tmp_path / "empty"
    empty.mkdir()
    dialog.consent.from_wheels.setChecked(True)
    dialog.consent.wheels.setFilePath(str(empty))
    dialog.install.click()
    wait_until(lambda: not dialog.is_running, seconds=30)
    assert "not set up" in dialog.progress.title.text()
    assert "no wheels" in dialog.progress.step.text()
    assert "Choose the folder" in dialog.progress.step.text()
    dialog.progress.copy.click()
    copied = QApplication.clipboard().text()
    assert "no wheels" in copied
    assert setup.is_needed
    dialog.back.click()
    assert dialog.install.isVisible()
    assert dialog.consent.wheels.filePath() == str(empty)


def test_cancel_leaves_nothing(setup, wait_until):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        reached = threading.Event()
        kept = []

        def accept():
            kept.append(server.accept())
            reached.set()

        threading.Thread(target=accept, daemon=True).start()
        dialog = setup.offer()
        dialog.consent.index_url.setText(f"http://127.0.0.1:{server.getsockname()[1]}/simple")
        dialog.install.click()
        wait_until(reached.is_set, seconds=60)
        dialog.cancel.click()
        wait_until(lambda: not dialog.is_running, seconds=3)
        kept[0][0].close()
    assert dialog.install.isVisible()
    assert not profile_environment().directory.exists()


def test_the_outcome_is_told_when_the_window_was_closed(setup, iface, tmp_path, wait_until):
    dialog = setup.offer()
    dialog.consent.interpreter.setFilePath(str(tmp_path / "no python"))
    dialog.install.click()
    dialog.dismiss.click()
    wait_until(lambda: not dialog.is_running, seconds=30)
    ((title, text, _level),) = iface.messages()
    assert title == "Setup failed"
    assert "no python" in text
    assert "Choose a Python" in text


def test_a_setup_that_runs_is_shown_again_not_started_twice(setup, wheels, wait_until):
    dialog = setup.offer()
    dialog.consent.from_wheels.setChecked(True)
    dialog.consent.wheels.setFilePath(str(wheels))
    dialog.install.click()
    task = setup_task.running()
    dialog.dismiss.click()
    assert setup.offer() is dialog
    dialog.start()
    assert setup_task.running() is task
    assert dialog.cancel.isVisible()
    wait_until(lambda: not dialog.is_running, seconds=60)
    assert profile_environment().state() is EnvironmentState.READY


def test_the_gpu_build_is_offered_only_where_there_is_one(setup, monkeypatch):
    monkeypatch.setattr("scene_search.gui.setup.consent_page.has_nvidia_gpu", lambda: True)
    dialog = setup.offer()
    assert dialog.consent.gpu.isVisible()
    assert "onnxruntime-gpu" in dialog.consent.what.text()
    with_gpu = dialog.consent.size.text()
    dialog.consent.gpu.setChecked(False)
    assert "onnxruntime-gpu" not in dialog.consent.what.text()
    assert dialog.consent.size.text() != with_gpu
    setup.close()
    monkeypatch.setattr("scene_search.gui.setup.consent_page.has_nvidia_gpu", lambda: False)
    assert not setup.offer().consent.gpu.isVisible()


def test_the_plan_carries_the_proxy_of_qgis(profile, qgis_app):
    from qgis.core import QgsNetworkAccessManager
    from qgis.PyQt.QtNetwork import QNetworkProxy

    manager = QgsNetworkAccessManager.instance()
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, "proxy.local", 3128)
    manager.setFallbackProxyAndExcludes(proxy, [], [])
    try:
        plan = setup_task.plan_from_settings(EngineSettings(interpreter="/py"))
    finally:
        manager.setFallbackProxyAndExcludes(QNetworkProxy(), [], [])
    assert plan.variables["HTTPS_PROXY"] == "http://proxy.local:3128"
    assert plan.interpreter == "/py"
    assert list(plan.requirements) == environment.requirements()
    assert plan.launcher.is_absolute()


def test_listeners_of_ready_find_the_engine_ready(setup, wheels, wait_until):
    from scene_search.gui.setup.engine_status import engine_status

    seen = []
    setup.ready.connect(lambda: seen.append(engine_status()))
    dialog = setup.offer()
    dialog.consent.from_wheels.setChecked(True)
    dialog.consent.wheels.setFilePath(str(wheels))
    dialog.install.click()
    assert engine_status().text == "Being set up"
    wait_until(lambda: seen, seconds=60)
    assert seen[0].is_ready
