"""A real window with a real engine behind it, as an analyst meets them."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[1] / "qgis" / "conftest.py"


def _shared_fixtures():
    spec = importlib.util.spec_from_file_location("scene_search_qgis_fixtures", _SHARED)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_fixtures = _shared_fixtures()
profile = _fixtures.profile
iface = _fixtures.iface
engine_interpreter = _fixtures.engine_interpreter
engine_python = _fixtures.engine_python
tiny_encoder = _fixtures.tiny_encoder
wait_until = _fixtures.wait_until


@pytest.fixture(scope="session")
def qgis_app(tmp_path_factory):
    """The one QGIS of the process: that of the other tests if they have run before."""
    from qgis.core import QgsApplication
    from qgis.PyQt.QtCore import QCoreApplication, QSettings

    if QgsApplication.instance() is not None:
        yield QgsApplication.instance()
        return
    profile = tmp_path_factory.mktemp("profile")
    QCoreApplication.setOrganizationName("SceneSearchTests")
    QCoreApplication.setApplicationName("SceneSearchUiTests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(profile))
    app = QgsApplication([], True, str(profile))
    app.initQgis()
    yield app
    from scene_search.engine_link import session, task

    task.cancel_all()
    session.stop()


@pytest.fixture
def window(iface, profile, engine_python, tiny_encoder, qgis_app):
    """The dock in a main window on the screen, with the shared engine."""
    from analyst_window import AnalystWindow

    made = AnalystWindow(iface, tiny_encoder, qgis_app)
    yield made
    made.close()


@pytest.fixture
def screenshot(tmp_path):
    """Save the window: to ``SCENE_SEARCH_SCREENSHOTS`` if that is set, to look at it."""

    def save(widget, name):
        folder = Path(os.environ.get("SCENE_SEARCH_SCREENSHOTS", tmp_path))
        path = folder / f"{name}.png"
        picture = widget.grab()
        assert picture.save(str(path))
        return picture.toImage()

    return save


@pytest.fixture
def colored_raster(tmp_path, qgis_app):
    """Write a raster of coloured fields: ``colored_raster("a.tif", 1024, {(0, 0): "blue"})``.

    Fields are 512 pixels of 1 m wide; those that are not named are green. A little noise keeps
    them from being flat.
    """
    import random

    from osgeo import gdal, osr

    colors = {"green": (60, 110, 50), "blue": (30, 75, 120), "sand": (205, 185, 145)}

    def make(name, side, fields, epsg=32632, left=500_000, top=5_600_000):
        path = tmp_path / "Bilder ä" / name
        path.parent.mkdir(exist_ok=True)
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), side, side, 3, gdal.GDT_Byte)
        dataset.SetGeoTransform((left, 1.0, 0, top, 0, -1.0))
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        dataset.SetProjection(srs.ExportToWkt())
        generator = random.Random(1)
        noise = [generator.randint(-8, 8) for _ in range(4096)]
        for band in range(3):
            for row in range(0, side, 64):
                strip = bytearray()
                for line in range(64):
                    start = generator.randint(0, 3000)
                    for field in range(0, side, 512):
                        color = colors[fields.get((field // 512, row // 512), "green")][band]
                        wide = min(512, side - field)
                        part = noise[(start + line) % 3000 :][:wide]
                        strip += bytes(color + value for value in part)
                dataset.GetRasterBand(band + 1).WriteRaster(0, row, side, 64, bytes(strip))
        dataset = None
        return path

    return make
