"""How hits look on a map: outlines coloured by score, ranks at close zoom."""

from __future__ import annotations

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsPalLayerSettings,
    QgsRendererRange,
    QgsSimpleFillSymbolLayer,
    QgsSimpleLineSymbolLayer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .ground_units import metres_per_unit
from .score_colors import SCORE_COLORS, score_classes
from .symbols import fill_symbol

#: A rank is written where a tile is at least this wide on the screen.
LABEL_FROM_MILLIMETRES = 9.0


def style_hits_layer(layer: QgsVectorLayer) -> None:
    """Style a layer with fields ``rank`` and ``score``: the best hits on top and brightest.

    Used for the dock's results and for the outputs of the Processing algorithms.
    """
    layer.setRenderer(_renderer(_scores(layer)))
    layer.setLabeling(QgsVectorLayerSimpleLabeling(_labels(_label_scale(layer))))
    layer.setLabelsEnabled(True)
    # QGIS would fill a selected tile with yellow and hide the very scene that was found.
    selection = layer.selectionProperties()
    selection.setSelectionRenderingMode(Qgis.SelectionRenderingMode.CustomSymbol)
    selection.setSelectionSymbol(_selected_symbol())


def hit_symbol(color: QColor) -> QgsFillSymbol:
    """Return a hollow outline in ``color`` over a dark casing, readable on any imagery."""
    touchable = QgsSimpleFillSymbolLayer(QColor(0, 0, 0, 0), Qt.BrushStyle.SolidPattern)
    touchable.setStrokeStyle(Qt.PenStyle.NoPen)  # invisible, but a click inside finds the tile
    casing = QgsSimpleLineSymbolLayer(QColor(0, 0, 0, 150), 1.5)
    line = QgsSimpleLineSymbolLayer(color, 0.8)
    for stroke in (casing, line):
        stroke.setPenJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return fill_symbol([touchable, casing, line])


def _selected_symbol() -> QgsFillSymbol:
    casing = QgsSimpleLineSymbolLayer(QColor(0, 0, 0, 190), 2.6)
    line = QgsSimpleLineSymbolLayer(QColor("white"), 1.6)
    for stroke in (casing, line):
        stroke.setPenJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return fill_symbol([casing, line])


def _renderer(scores: list[float]) -> QgsGraduatedSymbolRenderer:
    classes = score_classes(scores)
    colors = SCORE_COLORS if len(classes) > 1 else SCORE_COLORS[-1:]
    ranges = [
        # The outermost bounds give way a little: a score read back from a file may be rounded.
        QgsRendererRange(
            low - (1e-6 if number == 0 else 0),
            high + (1e-6 if number == len(classes) - 1 else 0),
            hit_symbol(QColor(color)),
            f"{low:.2f} – {high:.2f}",
        )
        for number, ((low, high), color) in enumerate(zip(classes, colors, strict=False))
    ]
    renderer = QgsGraduatedSymbolRenderer("score", ranges)
    renderer.setSourceSymbol(hit_symbol(QColor(SCORE_COLORS[-1])))
    clause = QgsFeatureRequest.OrderByClause("score", True)
    renderer.setOrderBy(QgsFeatureRequest.OrderBy([clause]))
    renderer.setOrderByEnabled(True)
    return renderer


def _labels(from_scale: float) -> QgsPalLayerSettings:
    buffer = QgsTextBufferSettings()
    buffer.setEnabled(True)
    buffer.setSize(0.9)
    buffer.setColor(QColor(0, 0, 0, 190))
    text = QgsTextFormat()
    text.setSize(9)
    text.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    text.setColor(QColor("white"))
    text.setNamedStyle("Bold")
    text.setBuffer(buffer)
    settings = QgsPalLayerSettings()
    settings.fieldName = "rank"
    settings.isExpression = False
    settings.setFormat(text)
    settings.centroidInside = True
    settings.priority = 10
    settings.scaleVisibility = True
    settings.minimumScale = from_scale
    settings.maximumScale = 0
    return settings


def _scores(layer: QgsVectorLayer) -> list[float]:
    position = layer.fields().indexOf("score")
    request = QgsFeatureRequest()
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    request.setSubsetOfAttributes([position])
    return [
        float(feature[position])
        for feature in layer.getFeatures(request)
        if feature[position] is not None
    ]


def _label_scale(layer: QgsVectorLayer) -> float:
    """Return the scale denominator at which a typical tile gets wide enough for its rank."""
    feature = next(layer.getFeatures(QgsFeatureRequest().setLimit(1)), None)
    if feature is None or feature.geometry().isEmpty():
        return 50_000.0
    part = feature.geometry().asGeometryCollection()[0]  # one side of the date line is enough
    box = part.boundingBox()
    crs = layer.crs() if layer.crs().isValid() else QgsCoordinateReferenceSystem("EPSG:4326")
    metres_x, _ = metres_per_unit(crs, box.center())
    return float(max(box.width() * metres_x * 1000 / LABEL_FROM_MILLIMETRES, 1.0))
