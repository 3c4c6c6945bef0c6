"""Run by the tests beside it: makes results, may save them, and is killed the moment after."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
os.environ["QT_QPA_PLATFORM"] = "offscreen"


def main(folder: Path, profile: Path, *, save: bool) -> None:
    package = ROOT / "plugin"
    spec = importlib.util.spec_from_file_location(
        "scene_search", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules["scene_search"] = module
    spec.loader.exec_module(module)

    from qgis.core import (
        QgsApplication,
        QgsCoordinateReferenceSystem,
        QgsGeometry,
        QgsProject,
        QgsRectangle,
    )
    from scene_search.layers.hit import Hit
    from scene_search.layers.hits_layer import build_hits_layer
    from scene_search.layers.region_layer import build_region_layer
    from scene_search.layers.results.group import ResultsGroup
    from scene_search.layers.results.keeper import ResultsKeeper

    app = QgsApplication([], True, str(folder / "profile"))
    app.initQgis()
    project = QgsProject()
    keeper, group = ResultsKeeper(project, profile), ResultsGroup(project)

    def search(name: str) -> None:
        box = QgsGeometry.fromRect(QgsRectangle(10, 50, 10.1, 50.1))
        hits = [Hit(rank, 0.9, rank, 100 + rank, "/a.tif", box, "", 1.0) for rank in range(1, 5)]
        layer = build_hits_layer(hits, name)
        keeper.keep(layer)
        group.add([layer])

    region = QgsGeometry.fromWkt("POINT(10 50)")
    example = build_region_layer(region, QgsCoordinateReferenceSystem("EPSG:4326"), "region")
    keeper.keep(example)
    group.add([example])
    search("“one”")
    if save:
        project.write(str(folder / "a.qgz"))
    search("“two”")  # the store is open by now, in SQLite's write-ahead mode
    if save:
        project.write()
    os.kill(os.getpid(), signal.SIGKILL)


main(Path(sys.argv[1]), Path(sys.argv[2]), save=sys.argv[3] == "saved")
