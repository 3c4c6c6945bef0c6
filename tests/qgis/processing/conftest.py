"""A recorded engine and small layers for the tests of the Processing algorithms."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from processing_support import hit


@dataclass
class RecordingWorker:
    """Answers calls from a table and remembers them, in place of the engine."""

    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def call(self, method, params, *, progress=None, is_cancelled=None):
        self.calls.append((method, params))
        answer = self.answers[method]
        if isinstance(answer, Exception):
            raise answer
        return answer(params, progress, is_cancelled) if callable(answer) else answer

    def params_of(self, method: str) -> dict[str, Any]:
        return next(params for name, params in self.calls if name == method)


@pytest.fixture
def worker(monkeypatch, qgis_app):
    """The engine of the algorithms, answering two hits and a small report."""
    from scene_search.engine_link import session

    recording = RecordingWorker(
        {
            "search": {"hits": [hit(1, 0.9), hit(2, 0.4)], "milliseconds": 1.5, "notes": []},
            "index.build": {
                "tiles": 120,
                "sources": 3,
                "skipped": [{"path": "/imagery/<odd>.tif", "reason": "It has no CRS"}],
                "failed": [],
                "seconds": 2.0,
                "tiles_per_second": 60.0,
                "provider": "CPUExecutionProvider",
            },
            "index.info": {"tile_size": 64.0, "example_tile_size": 64.0},
        }
    )
    monkeypatch.setattr(session, "engine", lambda: recording)
    return recording


class Listener:
    """What a run told its user."""

    def __init__(self) -> None:
        from qgis.core import QgsProcessingFeedback

        listener = self
        self.messages: list[str] = []
        self.warnings: list[str] = []
        self.errors: list[str] = []
        self.texts: list[str] = []

        class Feedback(QgsProcessingFeedback):
            def pushInfo(self, info):  # noqa: N802
                listener.messages.append(info)

            def pushWarning(self, warning):  # noqa: N802
                listener.warnings.append(warning)

            def reportError(self, error, fatalError=False):  # noqa: N802, N803
                listener.errors.append(error)

            def setProgressText(self, text):  # noqa: N802
                listener.texts.append(text)

        self.feedback = Feedback(False)


@pytest.fixture
def listener(qgis_app):
    """A feedback that keeps what it is told."""
    return Listener()


@pytest.fixture
def run(qgis_app, listener):
    """Run an algorithm as the toolbox does: ``run(algorithm, parameters) -> (results, ok)``."""
    from qgis.core import QgsProcessingContext, QgsProject

    contexts = []

    def runner(algorithm, parameters):
        context = QgsProcessingContext()
        context.setProject(QgsProject.instance())
        contexts.append(context)
        algorithm = algorithm.create()
        valid, message = algorithm.checkParameterValues(parameters, context)
        assert valid, message
        results, ok = algorithm.run(parameters, context, listener.feedback)
        runner.context = context
        return results, ok

    return runner


@pytest.fixture
def raster_file(tmp_path) -> Path:
    """A picture of 64 by 64 pixels of 2 m in UTM zone 33, in a folder with an odd name."""
    from osgeo import gdal, osr

    folder = tmp_path / "Bilder für Zoë"
    folder.mkdir()
    path = folder / "häfen 1.tif"
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 64, 64, 3)
    dataset.SetGeoTransform((300000, 2, 0, 5000000, 0, -2))
    reference = osr.SpatialReference()
    reference.ImportFromEPSG(32633)
    dataset.SetProjection(reference.ExportToWkt())
    for band in (1, 2, 3):
        dataset.GetRasterBand(band).Fill(60 * band)
    dataset.FlushCache()
    return path


@pytest.fixture
def index_file(tmp_path) -> Path:
    """A file at the place of an index; the recorded engine does not read it."""
    path = tmp_path / "index.gpkg"
    path.write_bytes(b"")
    return path
