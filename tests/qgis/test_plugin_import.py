from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = """
import importlib.util, sys
package = sys.argv[1]
spec = importlib.util.spec_from_file_location(
    "scene_search", package + "/__init__.py", submodule_search_locations=[package])
module = importlib.util.module_from_spec(spec)
sys.modules["scene_search"] = module
spec.loader.exec_module(module)
{body}
print("\\n".join(sorted(sys.modules)))
"""


def modules_after(body):
    script = SCRIPT.format(body=body)
    answer = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "plugin")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(answer.stdout.split())


def test_the_package_imports_neither_qgis_nor_numpy():
    assert not {"qgis", "numpy", "torch"} & modules_after("")


def test_the_worker_imports_no_qt():
    loaded = modules_after("import scene_search.engine_link.worker")
    assert not [name for name in loaded if name.split(".")[0] in ("qgis", "PyQt5", "PyQt6")]


def test_the_qgis_side_needs_none_of_the_engines_packages():
    body = (
        "import scene_search.plugin, scene_search.gui.dock.dock, scene_search.gui.options.factory, "
        "scene_search.processing.provider, scene_search.engine_link.setup.task"
    )
    loaded = modules_after(body)
    engine_only = {"onnxruntime", "rasterio", "shapely", "tokenizers", "pyproj", "fudgeo", "torch"}
    assert not engine_only & loaded
    heavy = [
        name
        for name in loaded
        if name.startswith("scene_search.engine.")
        and name not in ("scene_search.engine.errors", "scene_search.engine.progress")
    ]
    assert heavy == []
