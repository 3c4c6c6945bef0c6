"""Turns what the analyst did into a search request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsProject,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject

from ...layers.ground_units import metres_per_unit
from ...layers.hit import Hit
from ...layers.raster_source import raster_source
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

    def by_text(self, index: Path, text: str) -> SearchRequest:
        """Return a request for what ``text`` describes."""
        shown = text if len(text) <= 60 else text[:59].rstrip() + "…"
        return SearchRequest(self.tr("“{0}”").format(shown), index, text=text)

    def by_region(
        self, index: Path, geometry: QgsGeometry, crs: QgsCoordinateReferenceSystem
    ) -> SearchRequest:
        """Return a request for what is like a region of the map."""
        self._regions += 1
        layer = layer_under_region(
            self._canvas.layers(),
            self._active_layer(),
            geometry,
            crs,
            self._project.transformContext(),
        )
        example = RegionExample(
            geometry,
            crs,
            raster_source(layer) if layer is not None else None,
            layer,
            self.ground_resolution(),
        )
        return SearchRequest(self.tr("Region {0}").format(self._regions), index, region=example)

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

    def ground_resolution(self) -> float:
        """Return the metres on the ground that a pixel of the map spans."""
        crs = self._canvas.mapSettings().destinationCrs()
        try:
            along_x, along_y = metres_per_unit(
                crs, self._canvas.center(), self._project.transformContext()
            )
        except QgsCsException:
            return 1.0
        metres = (along_x + along_y) / 2 * self._canvas.mapUnitsPerPixel()
        return metres if metres > 0 else 1.0
