"""A question to the index, as the analyst put it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qgis.core import QgsCoordinateReferenceSystem, QgsGeometry

from ...layers.engine_geometry import area_message
from ...layers.hit import Hit
from ...layers.raster_source import RasterSource
from ...layers.search_options import SearchOptions


@dataclass(frozen=True, slots=True)
class RegionExample:
    """A region of a layer, as an example of what is looked for.

    Attributes:
        geometry: point or polygon.
        crs: the CRS it is in.
        source: where its pixels come from, or None to let the engine take the indexed raster.
    """

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem
    source: RasterSource | None = None

    def params(self, snapshot: str | None = None) -> dict[str, Any]:
        """Return it as a region of the engine's ``search`` method.

        Args:
            snapshot: picture of the layer, where the layer is not a file.
        """
        path = self.source.path if self.source is not None else None
        source = snapshot or (str(path) if path else None)
        return {**area_message(self.geometry, self.crs), "source": source}


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
        options: how to search.
    """

    title: str
    index: Path
    text: str = ""
    region: RegionExample | None = None
    tile: int | None = None
    image: Path | None = None
    options: SearchOptions = field(default_factory=SearchOptions)

    def params(self, snapshot: str | None = None) -> dict[str, Any]:
        """Return the parameters of the engine's ``search`` method.

        Args:
            snapshot: picture of the region's layer, where the layer is not a file.
        """
        return {
            **self.options.params(),
            "index": str(self.index),
            "texts": [self.text] if self.text else [],
            "regions": [] if self.region is None else [self.region.params(snapshot)],
            "tiles": [] if self.tile is None else [self.tile],
            "images": [] if self.image is None else [str(self.image)],
            # there is nothing to compare without a description
            "rerank": self.options.rerank and bool(self.text),
        }


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
