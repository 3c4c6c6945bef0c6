"""The query region as a layer beside its hits."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFillSymbol,
    QgsGeometry,
    QgsMarkerSymbol,
    QgsSimpleLineSymbolLayer,
    QgsSingleSymbolRenderer,
    QgsVectorLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .symbols import fill_symbol

#: Cyan appears in no score class, so that the question is never taken for an answer.
REGION_COLOR = "#18d3ee"


def build_region_layer(
    region: QgsGeometry, crs: QgsCoordinateReferenceSystem, name: str
) -> QgsVectorLayer:
    """Return a memory layer with the query region (point or polygon), in the map's CRS."""
    kind = QgsWkbTypes.displayString(region.wkbType())
    layer = QgsVectorLayer(kind, name, "memory")
    layer.setCrs(crs)
    feature = QgsFeature()
    feature.setGeometry(region)
    layer.dataProvider().addFeatures([feature])
    layer.updateExtents()
    dress_region_layer(layer)
    return layer


def dress_region_layer(layer: QgsVectorLayer) -> None:
    """Give a layer with a query region its style."""
    layer.setRenderer(QgsSingleSymbolRenderer(_symbol(layer.geometryType())))


def _symbol(kind: Qgis.GeometryType) -> QgsFillSymbol | QgsMarkerSymbol:
    if kind == Qgis.GeometryType.Point:
        return QgsMarkerSymbol.createSimple(
            {
                "name": "cross",
                "size": "5",
                "color": REGION_COLOR,
                "outline_color": REGION_COLOR,
                "outline_width": "0.8",
            }
        )
    casing = QgsSimpleLineSymbolLayer(QColor(0, 0, 0, 150), 1.6)
    line = QgsSimpleLineSymbolLayer(QColor(REGION_COLOR), 0.8)
    line.setPenStyle(Qt.PenStyle.DashLine)
    return fill_symbol([casing, line])
