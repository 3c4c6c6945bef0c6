from __future__ import annotations

import gc
import threading
import weakref

import pytest
from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QEvent
from qgis.PyQt.QtWidgets import QAction, QDockWidget
from scene_search import classFactory
from scene_search.engine_link import session, task

from tests.support.shared_engine import ask


@pytest.fixture
def plugin(iface, profile):
    made = classFactory(iface)
    yield made
    made.unload()
    settle()


def settle():
    """Let deferred deletions happen."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
    gc.collect()


def provider():
    return QgsApplication.processingRegistry().providerById("scene_search")


def traces(iface):
    """Return all that a plugin can leave in the window."""
    window = iface.mainWindow()
    return {
        "actions": sorted(action.text() for action in window.findChildren(QAction)),
        "docks": [dock.objectName() for dock in window.findChildren(QDockWidget)],
        "children": sorted(type(child).__name__ for child in window.children()),
        "menus": [*iface.menu_actions(), *iface.rasterMenu().actions()],
        "toolbars": [
            action.text()
            for bar in (iface.plugins_toolbar, iface.raster_toolbar)
            for action in bar.actions()
        ],
        "options": list(iface.options_factories),
        "locator": list(iface.locator_filters),
        "provider": provider(),
        "map tool": iface.mapCanvas().mapTool(),
        "canvas items": len(iface.mapCanvas().scene().items()),
        "threads": sorted(
            thread.name for thread in threading.enumerate() if "scene-search" in thread.name
        ),
        "tasks": QgsApplication.taskManager().count(),
        "engine": session.current(),
    }


def test_importing_and_loading_starts_nothing(iface, plugin, monkeypatch):
    def refuse(*_arguments, **_options):
        raise AssertionError("a process was started")

    monkeypatch.setattr("subprocess.Popen", refuse)
    plugin.initGui()
    assert session.current() is None
    assert plugin.dock is None
    assert provider() is not None
    assert next(action.text() for action in iface.menu_actions()) == "Scene Search"
    assert len(iface.options_factories) == 1


def test_unload_leaves_nothing(iface, plugin, engine_python, wait_until):
    settle()
    before = traces(iface)
    plugin.initGui()
    plugin.show_dock()
    plugin.setup.offer()
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    worker = session.current()
    assert worker.is_running
    assert traces(iface) != before
    plugin.unload()
    settle()
    wait_until(lambda: QgsApplication.taskManager().count() == before["tasks"])
    assert traces(iface) == before
    assert not worker.is_running


def test_unload_while_the_engine_works(iface, plugin, engine_python, tmp_path, wait_until):
    plugin.initGui()
    plugin.show_dock()
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    worker = session.current()
    outcomes = []
    _call = ask(
        "index.build",
        {"index": str(tmp_path / "a.gpkg"), "paths": [str(tmp_path)]},
        succeeded=lambda _result: outcomes.append("succeeded"),
        failed=outcomes.append,
        cancelled=lambda: outcomes.append("cancelled"),
    )
    plugin.unload()
    assert not worker.is_running
    wait_until(lambda: outcomes)
    settle()
    assert not task._alive


def test_reload_works(iface, plugin, engine_python):
    settle()
    before = traces(iface)
    for _ in range(3):
        plugin.initGui()
        plugin.show_dock()
        assert provider() is not None
        plugin.unload()
        settle()
        assert traces(iface) == before


def test_unload_without_initgui_and_twice(iface, plugin):
    settle()
    before = traces(iface)
    plugin.unload()
    plugin.initGui()
    assert traces(iface) != before
    plugin.unload()
    plugin.unload()
    settle()
    assert traces(iface) == before


def test_the_dock_is_freed(iface, plugin, engine_python):
    plugin.initGui()
    plugin.show_dock()
    freed = []
    plugin.dock.destroyed.connect(lambda: freed.append("widget"))
    weakref.finalize(plugin.dock, freed.append, "Python's object")
    plugin.unload()
    settle()
    assert sorted(freed) == ["Python's object", "widget"]


def test_the_action_follows_the_dock(iface, plugin, engine_python, qgis_app):
    iface.mainWindow().show()
    plugin.initGui()
    (action,) = [a for a in iface.plugins_toolbar.actions() if a.text() == "Scene Search"]
    action.trigger()
    qgis_app.processEvents()
    assert plugin.dock.isVisible()
    assert action.isChecked()
    plugin.dock.close()
    qgis_app.processEvents()
    assert not action.isChecked()
    action.trigger()
    qgis_app.processEvents()
    assert plugin.dock.isVisible()


def test_processing_alone_needs_no_window(qgis_app, profile):
    made = classFactory(None)
    made.initProcessing()
    try:
        names = {algorithm.name() for algorithm in provider().algorithms()}
        assert {"index", "search_by_region", "search_by_text", "search_by_image"} <= names
    finally:
        made.unload()
    assert provider() is None


def test_options_action_opens_our_page(iface, plugin):
    from scene_search.gui.options.factory import PAGE

    plugin.initGui()
    (action,) = [a for a in iface.menu_actions() if a.text().startswith("Options")]
    action.trigger()
    assert iface.options_opened == [PAGE]
    page = iface.options_factories[0].createWidget(iface.mainWindow())
    assert page.objectName() == PAGE


def test_death_of_the_idle_engine_is_said(iface, plugin, engine_python, wait_until):
    import os

    plugin.initGui()
    results = []
    _call = ask("engine.info", succeeded=results.append)
    wait_until(lambda: results, seconds=60)
    os.kill(results[0]["pid"], 11)
    wait_until(lambda: iface.messages())
    ((title, text, _level),) = iface.messages()
    assert title == "Engine stopped"
    assert "SIGSEGV" in text
