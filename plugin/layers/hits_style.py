"""How hits look on a map: outlines coloured by score or rank, ranks at close zoom."""

from __future__ import annotations

from qgis.core import (
    NULL,
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGraduatedSymbolRenderer,
    QgsPalLayerSettings,
    QgsProperty,
    QgsRendererRange,
    QgsSimpleFillSymbolLayer,
    QgsSimpleLineSymbolLayer,
    QgsTextBufferSettings,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
    QgsVectorLayerSimpleLabeling,
)
from qgis.PyQt.QtCore import QCoreApplication, Qt
from qgis.PyQt.QtGui import QColor

from .columns import hide_field
from .ground_units import metres_per_unit
from .results.selected_hit import IS_SELECTED, PRIORITY, RANK_LABEL, SHOWS_RANK
from .score_colors import SCORE_COLORS, rank_classes, score_classes
from .symbols import fill_symbol

#: A rank is written where a tile is at least this wide on the screen.
LABEL_FROM_MILLIMETRES = 9.0


def style_hits_layer(layer: QgsVectorLayer) -> None:
    """Style a layer with fields ``rank``, ``score``, ``match``: the best hits on top and brightest.

    Used for the dock's results and for the outputs of the Processing algorithms.
    """
    reranked = any(match is not None for match in _values(layer, "match"))
    layer.setRenderer(
        _by_rank(_values(layer, "rank")) if reranked else _by_score(_values(layer, "score"))
    )
    if not reranked:
        hide_field(layer, "match")  # it would be a column of NULL
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


def _by_score(values: list[float | None]) -> QgsGraduatedSymbolRenderer:
    scores = [value for value in values if value is not None]
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
    return _renderer("score", ranges[::-1], ascending=True)


def _by_rank(values: list[float | None]) -> QgsGraduatedSymbolRenderer:
    count = int(max((value for value in values if value is not None), default=0))
    ranges = [
        QgsRendererRange(first - 0.5, last + 0.5, hit_symbol(color), _ranks(first, last))
        for first, last, color in rank_classes(count)
    ]
    return _renderer("rank", ranges[::-1], ascending=False)


def _ranks(first: int, last: int) -> str:
    text = f"{first} – {last}" if first < last else str(first)
    return str(QCoreApplication.translate("HitsLayer", "Rank {0}")).format(text)


def _renderer(
    field: str, ranges: list[QgsRendererRange], *, ascending: bool
) -> QgsGraduatedSymbolRenderer:
    """Return a renderer that draws the best hits last and the selected one on top.

    Args:
        field: what the classes are of.
        ranges: the best first, as the legend shows them.
        ascending: whether the best have the most.
    """
    renderer = QgsGraduatedSymbolRenderer(field, ranges)
    renderer.setSourceSymbol(hit_symbol(QColor(SCORE_COLORS[-1])))
    clauses = [
        QgsFeatureRequest.OrderByClause(IS_SELECTED, True),
        QgsFeatureRequest.OrderByClause(field, ascending),
    ]
    renderer.setOrderBy(QgsFeatureRequest.OrderBy(clauses))
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
    settings.fieldName = RANK_LABEL
    settings.isExpression = True
    # A rank says whose it is by its place, so it is nowhere but in the middle of its tile.
    settings.placement = Qgis.LabelPlacement.OverPoint
    given = settings.dataDefinedProperties()
    given.setProperty(QgsPalLayerSettings.Property.Show, QgsProperty.fromExpression(SHOWS_RANK))
    given.setProperty(QgsPalLayerSettings.Property.Priority, QgsProperty.fromExpression(PRIORITY))
    settings.setDataDefinedProperties(given)
    settings.setFormat(text)
    settings.centroidInside = True
    settings.priority = 10
    settings.scaleVisibility = True
    settings.minimumScale = from_scale
    settings.maximumScale = 0
    return settings


def _values(layer: QgsVectorLayer, field: str) -> list[float | None]:
    """Return the numbers of a field, None where there is none."""
    position = layer.fields().indexOf(field)
    request = QgsFeatureRequest()
    request.setFlags(QgsFeatureRequest.Flag.NoGeometry)
    request.setSubsetOfAttributes([position])
    found = (feature[position] for feature in layer.getFeatures(request))
    # an empty field of a layer read from a file is a null QVariant, not None
    return [None if value is None or value == NULL else float(value) for value in found]


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
