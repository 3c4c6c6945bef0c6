from __future__ import annotations

import os
import sys
from pathlib import Path

from scene_search.engine_link import clean_environment as module
from scene_search.engine_link.clean_environment import clean_environment
from scene_search.engine_link.worker import EngineWorker

FAKE = Path(__file__).resolve().parents[2] / "support" / "fake_engine.py"

QGIS_SETS = {
    "PYTHONHOME": "/qgis/python",
    "PYTHONPATH": "/qgis/python/plugins",
    "PYTHONSTARTUP": "/x",
    "GDAL_DATA": "/qgis/gdal",
    "GDAL_DRIVER_PATH": "/qgis/gdalplugins",
    "OGR_DRIVER_PATH": "/x",
    "PROJ_LIB": "/qgis/proj",
    "PROJ_DATA": "/qgis/proj",
    "QT_PLUGIN_PATH": "/qgis/qt",
    "QT_QPA_PLATFORM": "offscreen",
    "QGIS_PREFIX_PATH": "/qgis",
    "LD_LIBRARY_PATH": "/qgis/lib",
    "LD_PRELOAD": "",
    "DYLD_LIBRARY_PATH": "/qgis/lib",
    "VIRTUAL_ENV": "/venv",
    "CONDA_PREFIX": "/conda",
    "OSGEO4W_ROOT": "C:/OSGeo4W",
    "PIP_TARGET": "/elsewhere",
    "PIP_USER": "1",
}
KEPT = {
    "HOME": "/home/añalyst",
    "LANG": "de_DE.UTF-8",
    "TMPDIR": "/var/tmp",
    "TEMP": "C:/Temp",
    "HTTPS_PROXY": "http://proxy:8080",
    "no_proxy": "localhost",
    "CUDA_VISIBLE_DEVICES": "0",
    "CUDA_PATH": "C:/CUDA",
    "SSL_CERT_FILE": "/etc/ssl/ca.pem",
    "PIP_INDEX_URL": "https://index.example/simple",
    "SYSTEMROOT": "C:/Windows",
}


def test_takes_out_what_qgis_sets_and_keeps_the_rest():
    env = clean_environment({**QGIS_SETS, **KEPT, "PATH": "/usr/bin"})
    for name in QGIS_SETS:
        assert name not in env, name
    for name, value in KEPT.items():
        assert env[name] == value
    assert env["PATH"] == "/usr/bin"
    assert env["PYTHONUTF8"] == "1"
    assert env["PYTHONNOUSERSITE"] == "1"


def test_extra_variables_win():
    env = clean_environment({"HTTPS_PROXY": "old"}, extra={"HTTPS_PROXY": "new"})
    assert env["HTTPS_PROXY"] == "new"


def test_qgis_own_folders_go_last_in_the_path(monkeypatch):
    monkeypatch.setattr(module.sys, "platform", "win32")
    path = os.pathsep.join(["/qgis/bin", "/qgis/apps/qt/bin", "/windows/system32", "/qgisother"])
    env = clean_environment({"Path": path}, qgis_folders=[Path("/qgis")])
    assert env["Path"].split(os.pathsep) == [
        "/windows/system32",
        "/qgisother",
        "/qgis/bin",
        "/qgis/apps/qt/bin",
    ]


def test_a_real_child_sees_none_of_it(monkeypatch):
    for name, value in QGIS_SETS.items():
        monkeypatch.setenv(name, value)
    worker = EngineWorker([sys.executable, "-I", "-X", "utf8", str(FAKE)], clean_environment())
    try:
        seen = worker.call("env")
    finally:
        worker.stop()
    assert not set(QGIS_SETS) & set(seen["env"])
    assert seen["env"]["PATH"] == os.environ["PATH"]
    assert str(FAKE.parent) not in seen["path"], "-I keeps the script's folder off sys.path"
