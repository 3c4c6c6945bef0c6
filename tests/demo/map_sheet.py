"""The demo's picture: a map of the region's hits, and the best hits of every query."""

from __future__ import annotations

from dataclasses import dataclass

from demo_layers import DemoLayers
from qgis.core import (
    QgsFeature,
    QgsGeometry,
    QgsLayoutExporter,
    QgsLayoutItemLabel,
    QgsLayoutItemLegend,
    QgsLayoutItemMap,
    QgsLayoutItemScaleBar,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsLegendRenderer,
    QgsLegendStyle,
    QgsMapLayer,
    QgsPrintLayout,
    QgsProject,
    QgsRectangle,
    QgsSimpleFillSymbolLayer,
    QgsTextFormat,
    QgsUnitTypes,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont
from scene_search.layers.region_layer import REGION_COLOR
from scene_search.layers.score_colors import score_color

DPI = 150
PAGE = (320.0, 198.0)
PAPER, INK, MUTED = QColor("#15181c"), QColor("#f2f2f0"), QColor("#a9adb2")
MAP = (6.0, 18.0, 176.0, 170.0)
RIGHT = 188.0
THUMBS = 5
THUMB, GAP, ROW = 24.6, 1.2, 44.0


@dataclass(frozen=True)
class Row:
    """A query and its best hits.

    Attributes:
        title: what was asked.
        hits: the layer of hits.
        with_region: whether the first picture is the query region itself.
    """

    title: str
    hits: QgsVectorLayer
    with_region: bool = False


class MapSheet:
    """A layout that fills up from the top."""

    def __init__(self, project: QgsProject, layers: DemoLayers) -> None:
        self._layers = layers
        self._layout = QgsPrintLayout(project)
        self._layout.initializeDefaults()
        self._layout.pageCollection().page(0).setPageSize(QgsLayoutSize(*PAGE))
        self._rows = 0
        paper = QgsLayoutItemShape(self._layout)
        paper.setShapeType(QgsLayoutItemShape.Shape.Rectangle)
        fill = QgsSimpleFillSymbolLayer(PAPER, Qt.BrushStyle.SolidPattern, PAPER)
        symbol = paper.symbol().clone()
        symbol.changeSymbolLayer(0, fill)
        paper.setSymbol(symbol)
        self._place(paper, 0, 0, *PAGE)

    def add_title(self) -> None:
        """Write what the sheet shows."""
        self._label("Scene Search", 6, 4, 80, 9, size=17, bold=True)
        text = "Tiles similar to the dashed region, numbered by rank and coloured by similarity"
        self._label(text, 6, 11, 176, 6, size=9.5, color=MUTED)

    def add_main_map(self) -> None:
        """Draw imagery, the query region and its hits, with a legend and a scale bar."""
        layers = self._layers
        over: list[QgsMapLayer] = [layers.region, layers.region_hits]
        area = self._main_area()
        # Images that the region lies on come first, so that they lie on top.
        under = layers.images_at(layers.region_place())
        images = [*under, *(image for image in layers.images.values() if image not in under)]
        item = self._map([*over, *images], area, *MAP)
        item.setFrameEnabled(False)
        self._legend(item)
        self._scale_bar(item)

    def add_row(self, row: Row) -> None:
        """Draw a query's best hits side by side, each with its score."""
        top = 16.0 + self._rows * ROW
        self._rows += 1
        self._label(row.title, RIGHT, top, PAGE[0] - RIGHT - 6, 6, size=10.5, bold=True)
        scores = [float(hit["score"]) for hit in row.hits.getFeatures()]
        x = RIGHT
        if row.with_region:
            self._thumbnail(self._layers.region_place(), None, x, top + 7, QColor(REGION_COLOR))
            self._label("the region", x, top + 7 + THUMB + 0.8, THUMB, 5, size=8, color=MUTED)
            x += THUMB + GAP
        for hit in self._layers.best(row.hits, THUMBS - int(row.with_region)):
            color = score_color(float(hit["score"]), min(scores), max(scores))
            self._thumbnail(hit.geometry(), hit, x, top + 7, color)
            caption = f"{hit['score']:.2f}"
            self._label(caption, x, top + 7 + THUMB + 0.8, THUMB, 5, size=8, color=MUTED)
            x += THUMB + GAP

    def export(self, path: str) -> None:
        """Write the sheet as a PNG.

        Raises:
            RuntimeError: if QGIS cannot write it.
        """
        settings = QgsLayoutExporter.ImageExportSettings()
        settings.dpi = DPI
        settings.generateWorldFile = False
        outcome = QgsLayoutExporter(self._layout).exportToImage(path, settings)
        if outcome != QgsLayoutExporter.ExportResult.Success:
            raise RuntimeError(f"QGIS cannot write {path}: {outcome}")

    def _main_area(self) -> QgsRectangle:
        """Return the region's image, grown to its hits unless those are a world apart."""
        layers = self._layers
        own = QgsRectangle(layers.moved(layers.region_place(), layers.crs).boundingBox())
        for image in layers.images_at(layers.region_place()):
            own.combineExtentWith(layers.image_box(image))
        whole = QgsRectangle(own)
        for hit in layers.region_hits.getFeatures():
            whole.combineExtentWith(layers.moved(hit.geometry(), layers.crs).boundingBox())
        near = whole.area() <= 9 * own.area()
        return whole if near else own

    def _thumbnail(
        self, place: QgsGeometry, hit: QgsFeature | None, x: float, y: float, color: QColor
    ) -> None:
        """Draw ``place`` (longitude and latitude) in the UTM zone that it lies in."""
        crs = self._layers.crs_at(place)
        if hit is None:
            images = self._layers.images_at(place)
        else:
            images = [self._layers.images[str(hit["source"])]]
        box = self._layers.moved(place, crs).boundingBox()
        side = max(box.width(), box.height())
        square = QgsRectangle.fromCenterAndSize(box.center(), side, side)
        item = self._map(images, square, x, y, THUMB, THUMB)
        item.setCrs(crs)
        item.zoomToExtent(square)
        item.setFrameEnabled(True)
        item.setFrameStrokeColor(color)
        item.setFrameStrokeWidth(QgsLayoutMeasurement(0.9))

    def _map(
        self, layers: list[QgsMapLayer], area: QgsRectangle, *place: float
    ) -> QgsLayoutItemMap:
        item = QgsLayoutItemMap(self._layout)
        self._place(item, *place)
        item.setCrs(self._layers.crs)
        item.setKeepLayerSet(True)
        item.setLayers(layers)
        item.setBackgroundColor(QColor("#23272c"))
        item.zoomToExtent(area)
        return item

    def _legend(self, item: QgsLayoutItemMap) -> None:
        """Draw the legend in one line beside the title, where it hides nothing."""
        legend = QgsLayoutItemLegend(self._layout)
        legend.setLinkedMap(item)
        legend.setAutoUpdateModel(False)
        root = legend.model().rootGroup()
        root.clear()
        for layer in (self._layers.region, self._layers.region_hits):
            node = root.addLayer(layer)
            QgsLegendRenderer.setNodeLegendStyle(node, QgsLegendStyle.Style.Hidden)
        style = legend.style(QgsLegendStyle.Style.SymbolLabel)
        style.setTextFormat(_text(8, MUTED))
        legend.setStyle(QgsLegendStyle.Style.SymbolLabel, style)
        legend.setColumnCount(1 + len(self._layers.region_hits.renderer().ranges()))
        legend.setSplitLayer(True)
        legend.setColumnSpace(3)
        legend.setBoxSpace(0)
        legend.setSymbolHeight(3.2)
        legend.setSymbolWidth(5)
        legend.setBackgroundEnabled(False)
        self._place(legend, MAP[0], MAP[1] + MAP[3] + 1.5, MAP[2], 6)

    def _scale_bar(self, item: QgsLayoutItemMap) -> None:
        bar = QgsLayoutItemScaleBar(self._layout)
        bar.setLinkedMap(item)
        bar.setStyle("Line Ticks Up")
        bar.applyDefaultSize(QgsUnitTypes.DistanceUnit.DistanceMeters)
        bar.setNumberOfSegmentsLeft(0)
        bar.setTextFormat(_text(8, INK))
        symbol = bar.lineSymbol().clone()
        symbol.setColor(INK)
        bar.setLineSymbol(symbol)
        bar.setBackgroundEnabled(True)
        bar.setBackgroundColor(QColor(21, 24, 28, 205))
        self._layout.addLayoutItem(bar)
        bar.attemptMove(QgsLayoutPoint(MAP[0] + 2, MAP[1] + MAP[3] - 14))

    def _label(
        self,
        text: str,
        *place: float,
        size: float,
        color: QColor = INK,
        bold: bool = False,
    ) -> None:
        label = QgsLayoutItemLabel(self._layout)
        label.setText(text)
        label.setTextFormat(_text(size, color, bold=bold))
        label.setMarginX(0)
        self._place(label, *place)

    def _place(self, item: object, x: float, y: float, width: float, height: float) -> None:
        self._layout.addLayoutItem(item)
        item.attemptMove(QgsLayoutPoint(x, y))
        item.attemptResize(QgsLayoutSize(width, height))


def _text(size: float, color: QColor, *, bold: bool = False) -> QgsTextFormat:
    format_ = QgsTextFormat()
    font = QFont("DejaVu Sans")
    font.setBold(bold)
    format_.setFont(font)
    format_.setSize(size)
    format_.setSizeUnit(QgsUnitTypes.RenderUnit.RenderPoints)
    format_.setColor(color)
    return format_
