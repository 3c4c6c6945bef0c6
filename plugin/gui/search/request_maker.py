"""Turns what the analyst did into a search request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRasterLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from ...layers.hit import Hit
from ...layers.raster_source import RasterSource, raster_source
from ...layers.region_example import compared_square
from ...layers.region_source import layer_under_region
from ...layers.search_options import SearchOptions
from .request import RegionExample, SearchRequest


class RequestMaker(QObject):
    """Reads map and project at the moment of the question; numbers the regions.

    Args:
        canvas: the map.
        project: the open project.
        active_layer: returns the layer selected in the layer tree, or None.
        parent: owner.
    """

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject,
        active_layer: Callable[[], QgsMapLayer | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._project = project
        self._active_layer = active_layer
        self._regions = 0
        self._looked_at: tuple[tuple[str, str, str], RasterSource] | None = None

    def by_text(self, index: Path, text: str) -> SearchRequest:
        """Return a request for what ``text`` describes."""
        shown = text if len(text) <= 60 else text[:59].rstrip() + "…"
        return SearchRequest(self.tr("“{0}”").format(shown), index, text=text)

    def by_region(
        self, index: Path, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem
    ) -> SearchRequest:
        """Return a request for what is like a region of the map."""
        self._regions += 1
        layer = self._layer_under(geometry, crs)
        source = None if layer is None else raster_source(layer)
        example = RegionExample(geometry, crs, source)
        return SearchRequest(self.tr("Region {0}").format(self._regions), index, region=example)

    def square_about(
        self, place: QgsPointXY, tile_size: float | None, example_tile_size: float
    ) -> QgsGeometry | None:
        """Return the outline of the tile that is compared for a place of the map, in its CRS.

        Args:
            place: in the map's CRS.
            tile_size: metres on the ground, or None where each image has its own.
            example_tile_size: that of layers that have to be rendered.
        """
        crs = self._canvas.mapSettings().destinationCrs()
        layer = self._layer_under(QgsGeometry.fromPointXY(place), crs)
        return compared_square(
            place,
            crs,
            layer,
            None if layer is None else self._source_of(layer),
            tile_size=tile_size,
            example_tile_size=example_tile_size,
            context=self._project.transformContext(),
        )

    def by_hit(self, index: Path, hit: Hit, of: str) -> SearchRequest:
        """Return a request for what is like a hit of the answer called ``of``."""
        title = self.tr("Like #{rank} of {answer}").format(rank=hit.rank, answer=of)
        return SearchRequest(title, index, tile=hit.tile)

    def by_image(self, index: Path, image: Path) -> SearchRequest:
        """Return a request for what is like an image file."""
        return SearchRequest(self.tr("Like {0}").format(image.name), index, image=image)

    def with_options(
        self, request: SearchRequest, options: SearchOptions, *, in_view: bool
    ) -> SearchRequest:
        """Return ``request`` with the dock's options, limited to the map view if asked."""
        if in_view:
            settings = self._canvas.mapSettings()
            options = replace(
                options,
                within=QgsGeometry.fromRect(self._canvas.extent()),
                within_crs=settings.destinationCrs(),
            )
        return replace(request, options=options)

    def restart_numbers(self) -> None:
        """Begin with Region 1 again, in a new project."""
        self._regions = 0

    def _layer_under(
        self, region: QgsGeometry, crs: QgsCoordinateReferenceSystem
    ) -> QgsRasterLayer | None:
        return layer_under_region(
            self._canvas.layers(),
            self._active_layer(),
            region,
            crs,
            self._project.transformContext(),
        )

    def _source_of(self, layer: QgsRasterLayer) -> RasterSource:
        """Look where a layer's pixels come from, once: the mouse moves, and disks may be slow."""
        key = (layer.id(), layer.source(), layer.crs().toWkt())
        if self._looked_at is None or self._looked_at[0] != key:
            self._looked_at = (key, raster_source(layer))
        return self._looked_at[1]
