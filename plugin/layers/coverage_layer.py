"""The index's own footprints as a layer: what has been indexed, and where."""

from __future__ import annotations

from pathlib import Path

from qgis.core import (
    QgsSimpleFillSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from ..engine.errors import IndexFileError
from .symbols import fill_symbol


def build_coverage_layer(index: Path, name: str) -> QgsVectorLayer:
    """Return the tile footprints of an index file as a layer, as thin outlines.

    The file is opened in place and follows later indexing.

    Raises:
        IndexFileError: if QGIS cannot open it.
    """
    layer = QgsVectorLayer(f"{index}|layername=tiles", name, "ogr")
    if not layer.isValid():
        raise IndexFileError(
            f"{index} cannot be shown on the map", hint="Open the index again, or update it"
        )
    fill = QgsSimpleFillSymbolLayer(QColor(24, 120, 200, 10), Qt.BrushStyle.SolidPattern)
    fill.setStrokeColor(QColor(24, 120, 200, 150))
    fill.setStrokeWidth(0.15)
    layer.setRenderer(QgsSingleSymbolRenderer(fill_symbol([fill])))
    layer.setReadOnly(True)
    return layer
