"""Draws the demo's map with QGIS and saves its project; reads its order as JSON on stdin.

Runs in the Python that QGIS uses, with the plugin's own styles.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "build" / "dev" / "python/plugins"))

from demo_layers import DemoLayers
from map_sheet import MapSheet, Row
from osgeo import gdal
from qgis.core import QgsApplication, QgsProject


def draw(order: dict[str, Any]) -> None:
    """Write the picture and the project that ``order`` asks for.

    Raises:
        RuntimeError: if QGIS cannot write them.
    """
    project = QgsProject.instance()
    layers = DemoLayers.load(order, project)
    sheet = MapSheet(project, layers)
    sheet.add_title()
    sheet.add_main_map()
    of = f": {order['region_title']}" if order["region_title"] else ""
    sheet.add_row(Row(f"Similar to the region{of}", layers.region_hits, with_region=True))
    for text, hits in zip(order["texts"], layers.text_hits, strict=True):
        sheet.add_row(Row(f"“{text['text']}”", hits))
    sheet.export(order["picture"])
    layers.arrange(project)
    if not project.write(order["project"]):
        raise RuntimeError(f"{order['project']} cannot be written: {project.error()}")


def main() -> int:
    """Draw with a QGIS of its own and return the exit status."""
    order = json.load(sys.stdin)
    gdal.PushErrorHandler("CPLQuietErrorHandler")  # old GDALs warn of GeoPackage 1.4
    application = QgsApplication([], True)
    application.initQgis()
    try:
        draw(order)
    finally:
        QgsProject.instance().clear()
        application.exitQgis()
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    # QGIS's libraries may crash while Python takes itself down; everything is written by now.
    os._exit(status)
