"""A question to the index, as the analyst put it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry, QgsRasterLayer, QgsRectangle

from ...layers.hit import Hit
from ...layers.raster_source import RasterSource


@dataclass(frozen=True, slots=True)
class RegionExample:
    """A region of a layer, as an example of what is looked for.

    Attributes:
        geometry: point or polygon.
        crs: the CRS it is in.
        source: where its pixels come from, or None to let the engine take the indexed raster.
        layer: the layer to render if the source is not a file.
        ground_resolution: metres on the ground a screen pixel, for rendering.
    """

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem
    source: RasterSource | None = None
    layer: QgsRasterLayer | None = None
    ground_resolution: float = 1.0


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What to search for, and where.

    Attributes:
        title: what the answer is called, such as the typed text in quotes.
        index: the index file.
        text: a description, or empty.
        region: an example on the map.
        tile: a tile of the index as example.
        image: an image file as example.
        limit: how many results at most.
        within: only tiles that touch this extent, or None.
        within_crs: the CRS of ``within``.
        rerank: whether the best results for the description are compared with it once more.
        context: whether results should be alike in season, sensor and place as well.
    """

    title: str
    index: Path
    text: str = ""
    region: RegionExample | None = None
    tile: int | None = None
    image: Path | None = None
    limit: int = 50
    within: QgsRectangle | None = None
    within_crs: QgsCoordinateReferenceSystem | None = None
    rerank: bool = False
    context: bool = False


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """The engine's answer to a request.

    Attributes:
        request: the question.
        hits: best first.
        milliseconds: how long the engine took.
        notes: remarks for the analyst, such as what was left out.
    """

    request: SearchRequest
    hits: tuple[Hit, ...]
    milliseconds: float
    notes: tuple[str, ...]
