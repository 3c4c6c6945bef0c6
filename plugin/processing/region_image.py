"""The image that a region lies on, as a file that the engine can open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsCoordinateTransformContext,
    QgsProcessingFeedback,
    QgsProcessingUtils,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QThread

from ..layers.raster_source import raster_source
from ..layers.region_example import plan_example
from ..layers.snapshot import render_snapshot
from .feedback import CallEngine
from .regions import SearchRegion
from .translation import tr


class RegionImage:
    """A raster layer: its file, or a picture of it around each region.

    Args:
        layer: any raster layer, looked at in its own thread.
        context: the project's datum choices.
    """

    def __init__(self, layer: QgsRasterLayer, context: QgsCoordinateTransformContext) -> None:
        self._source = raster_source(layer)
        self._context = context
        self._layer: QgsRasterLayer | None = None
        if self._source.needs_snapshot:
            self._layer = layer.clone()
            self._layer.moveToThread(None)  # the algorithm's thread takes it when it renders

    def file_under(
        self,
        region: SearchRegion,
        index: str,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> Path:
        """Return a raster file that shows the layer under ``region``.

        Args:
            region: where to look.
            index: the index to search, whose tiles the picture should match.
            feedback: progress and cancellation of the rendering.
            call: calls the engine.

        Raises:
            SceneSearchError: if the region does not fit on the layer, or the disk is full.
        """
        if self._layer is None:
            return Path(str(self._source.path))
        feedback.pushInfo(
            tr("Rendering {layer}: {reason}").format(
                layer=self._source.name, reason=self._source.reason
            )
        )
        self._layer.moveToThread(QThread.currentThread())
        try:
            info: dict[str, Any] = call("index.info", {"index": index})
            return self._render(self._layer, region, info["example_tile_size"], feedback)
        finally:
            self._layer.moveToThread(None)

    def _render(
        self,
        layer: QgsRasterLayer,
        region: SearchRegion,
        tile_size: float,
        feedback: QgsProcessingFeedback,
    ) -> Path:
        plan = plan_example(
            layer,
            region.geometry,
            region.crs,
            tile_size=tile_size,
            context=self._context,
            path=Path(QgsProcessingUtils.generateTempFilename("scene_search_region.tif")),
        )
        render_snapshot(
            plan,
            progress=lambda share: feedback.setProgress(100 * share),
            is_cancelled=feedback.isCanceled,
        )
        return plan.path
