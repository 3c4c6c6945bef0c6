"""A dock without an engine: calls are recorded, and the test answers them."""

from __future__ import annotations

import pytest


@pytest.fixture
def fake_engine(qgis_app):
    """Records calls; ``fake_engine.answer("search", {...})`` answers the newest open one."""
    from qgis.PyQt.QtCore import QObject, pyqtSignal

    class Task(QObject):
        succeeded = pyqtSignal(object)
        failed = pyqtSignal(object)
        cancelled = pyqtSignal()
        progressed = pyqtSignal(object)

        def __init__(self, method, params):
            super().__init__()
            self.method, self.params = method, params
            self.is_cancelled = False

        def cancel(self):
            self.is_cancelled = True

    class FakeEngine:
        def __init__(self):
            self.tasks = []
            self.missing = None
            self.info = None  # of the index that ``open_dock`` opened

        def engine(self):
            if self.missing is not None:
                raise self.missing

        def start(self, _description, method, params):
            self.tasks.append(Task(method, params))
            return self.tasks[-1]

        def of(self, method):
            return [task for task in self.tasks if task.method == method]

        def answer(self, method, result):
            self.of(method)[-1].succeeded.emit(result)

    return FakeEngine()


@pytest.fixture
def info_message(tmp_path):
    """Make the answer to ``index.info``; the index file exists."""

    def make(**changes):
        path = tmp_path / "städte.gpkg"
        path.touch()
        message = {
            "path": str(path),
            "tiles": 1240,
            "sources": 8,
            "encoder": {"name": "Tiny", "id": "t", "sha256": "0", "matches": True},
            "tile_size": 250.0,
            "example_tile_size": 250.0,
            "text": True,
            "extent": [10.0, 50.0, 10.3, 50.2],
            "created": "2026-11-21T07:00:00Z",
        }
        return message | changes

    return make


@pytest.fixture
def search_answer():
    """Make the answer to ``search`` with hits in a row."""

    def make(number=5, first_tile=100):
        hits = []
        for place in range(number):
            west, south = 10.0 + 0.02 * place, 50.0
            ring = [
                [west, south],
                [west + 0.01, south],
                [west + 0.01, south + 0.01],
                [west, south + 0.01],
                [west, south],
            ]
            hits.append(
                {
                    "rank": place + 1,
                    "score": 0.9 - 0.05 * place,
                    "hamming": place,
                    "tile": first_tile + place,
                    "source": f"/imagery/scene {place}.tif",
                    "geometry": {"type": "Polygon", "coordinates": [ring]},
                    "crs": "EPSG:32632",
                    "acquired": "2024-05-06T10:20:30Z",
                    "scale": 1.0,
                }
            )
        return {"hits": hits, "milliseconds": 12.3, "notes": []}

    return make


@pytest.fixture
def dock(fake_engine, iface, profile):
    """The dock in a window, its engine faked, no index open."""
    from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsRectangle
    from qgis.PyQt.QtCore import Qt
    from scene_search.gui.dock.dock import SceneSearchDock
    from scene_search.layers.results.keeper import ResultsKeeper

    keeper = ResultsKeeper(QgsProject.instance(), profile / "results")
    canvas = iface.mapCanvas()
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    made = SceneSearchDock(
        canvas,
        QgsProject.instance(),
        fake_engine,
        iface.messageBar(),
        iface,
        iface.mainWindow(),
        start_call=fake_engine.start,
        open_setup=lambda: None,
        keeper=keeper,
    )
    iface.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, made)
    iface.mainWindow().show()
    canvas.setExtent(QgsRectangle(9.9, 49.9, 10.3, 50.2))
    yield made
    made.shutdown()
    iface.removeDockWidget(made)
    made.deleteLater()
    keeper.shutdown()


@pytest.fixture
def open_dock(dock, fake_engine, info_message):
    """The dock with an index open."""
    from pathlib import Path

    message = info_message()
    dock.index.open(Path(message["path"]))
    fake_engine.info = message
    fake_engine.answer("index.info", message)
    fake_engine.answer("index.sources", {"sources": []})
    return dock
