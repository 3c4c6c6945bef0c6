"""A real QGIS without a screen, and an engine, for the tests of the QGIS side."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

if "DISPLAY" not in os.environ:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def _register_package() -> None:
    """Make ``scene_search`` importable from the checkout, wherever the tests run."""
    if "scene_search" in sys.modules:
        return
    package = ROOT / "plugin"
    spec = importlib.util.spec_from_file_location(
        "scene_search", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["scene_search"] = module
    spec.loader.exec_module(module)


_register_package()
sys.path.insert(0, str(ROOT / "tests" / "support"))


@pytest.fixture(scope="session")
def qgis_app(tmp_path_factory):
    """QGIS with its own empty profile, settings included."""
    from qgis.core import QgsApplication
    from qgis.PyQt.QtCore import QCoreApplication, QSettings

    profile = tmp_path_factory.mktemp("profile")
    os.environ["QGIS_CUSTOM_CONFIG_PATH"] = str(profile)
    QCoreApplication.setOrganizationName("SceneSearchTests")
    QCoreApplication.setApplicationName("SceneSearchTests")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(profile))
    app = QgsApplication([], True)
    app.initQgis()
    yield app
    from scene_search.engine_link import session, task

    task.cancel_all()
    session.stop()


@pytest.fixture
def profile(qgis_app):
    """The plugin's own folder in the profile and its settings, empty before and after."""
    import shutil

    from qgis.core import QgsSettings
    from scene_search.engine_link.settings import data_folder

    QgsSettings().remove("scene_search")
    shutil.rmtree(data_folder(), ignore_errors=True)
    yield data_folder()
    QgsSettings().remove("scene_search")
    shutil.rmtree(data_folder(), ignore_errors=True)


@pytest.fixture
def iface(qgis_app):
    """A stand-in for QGIS's iface with a real window and canvas."""
    from qgis.core import QgsProject
    from qgis_iface import FakeIface

    fake = FakeIface()
    yield fake
    fake.close()
    QgsProject.instance().clear()


@pytest.fixture(scope="session")
def engine_interpreter() -> Path:
    """An interpreter that has the engine's requirements."""
    python = Path(os.environ.get("SCENE_SEARCH_ENGINE_PYTHON", ROOT / ".venv" / "bin" / "python"))
    if not python.is_file():
        pytest.skip("no engine environment: make engine")
    return python


@pytest.fixture
def quick_interpreter(engine_interpreter, monkeypatch):
    """Have engine environments made in a tenth of the time: with the pip of another Python."""
    from scene_search.engine_link.setup import installer
    from scene_search.engine_link.setup.interpreter import Interpreter

    found = installer.find_interpreter

    def find(chosen):
        if chosen:
            return found(chosen)
        return Interpreter(engine_interpreter, sys.version_info[:3], "x86_64", False)

    monkeypatch.setattr(installer, "find_interpreter", find)
    return engine_interpreter


@pytest.fixture
def engine_python(engine_interpreter, monkeypatch, qgis_app) -> Path:
    """Have the shared engine run with ``engine_interpreter``; it is stopped afterwards."""
    from scene_search.engine_link import session, task

    monkeypatch.setenv("SCENE_SEARCH_ENGINE_PYTHON", str(engine_interpreter))
    session.stop()
    yield engine_interpreter
    task.cancel_all()
    session.stop()


@pytest.fixture(scope="session")
def tiny_encoder(engine_interpreter, tmp_path_factory) -> Path:
    """An encoder package that is small and fast, not good."""
    directory = tmp_path_factory.mktemp("encoder") / "tiny"
    script = ROOT / "tests" / "support" / "tiny_encoder.py"
    subprocess.run([str(engine_interpreter), str(script), str(directory)], check=True, timeout=120)
    return directory


@pytest.fixture
def wait_until(qgis_app):
    """Run the event loop until a condition holds: ``wait_until(lambda: …, seconds=5)``."""
    import time

    def wait(condition, seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds} s")
            qgis_app.processEvents()
            time.sleep(0.005)

    return wait
