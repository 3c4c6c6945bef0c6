"""What the demo looks for: on the sample imagery with known classes, or on any imagery."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from demo_truth import Place, Truth

#: Fixed before any result was seen, and not changed to suit one.
SAMPLE_REGION_CLASS, SAMPLE_REGION_NAME = "storagetanks", "storage tanks"
SAMPLE_TEXTS = (
    ("many boats at the piers of a harbor", "harbor"),
    ("a parking lot with many cars", "parkinglot"),
    ("a dense residential area with many houses", "denseresidential"),
)
OWN_TEXTS = (
    ("many buildings in a residential area", None),
    ("green trees in a forest", None),
    ("a river or a lake", None),
)


@dataclass(frozen=True)
class TextQuery:
    """A description, and the class that it describes where the truth is known."""

    text: str
    scene_class: str | None

    @property
    def layer(self) -> str:
        """Return the name of the layer that keeps the hits."""
        return self.scene_class or "_".join(self.text.split()[-2:])


@dataclass(frozen=True)
class RegionQuery:
    """An area in longitude and latitude, its class and what to call it where that is known."""

    area: shapely.Geometry
    scene_class: str | None = None
    name: str = ""


def text_queries(truth: Truth | None) -> list[TextQuery]:
    """Return three descriptions."""
    return [TextQuery(*pair) for pair in (OWN_TEXTS if truth is None else SAMPLE_TEXTS)]


def sample_region(truth: Truth, tiles: list[Place]) -> RegionQuery:
    """Return the middle of the largest area of the sample's region class that was indexed."""
    names = sorted({tile.raster for tile in tiles})
    own = [tile.area for tile in tiles if tile.raster == names[0]]
    indexed = shapely.union_all(own)
    areas = [
        place.area
        for name, place in zip(truth.classes, truth.places, strict=True)
        if name == SAMPLE_REGION_CLASS and place.raster == names[0] and indexed.contains(place.area)
    ]
    if not areas:
        raise ValueError(f"the sample shows no {SAMPLE_REGION_CLASS}: make it larger")
    box = _box_inside(max(areas, key=lambda area: area.area))
    return RegionQuery(box, SAMPLE_REGION_CLASS, SAMPLE_REGION_NAME)


def own_region(index: Path) -> RegionQuery:
    """Return a region in the middle of the image with most tiles."""
    _, _, geometry, (sources, valid) = pyogrio.raw.read(
        index, layer="tiles", columns=["source_id", "valid"]
    )
    tiles = shapely.from_wkb(geometry)
    source = np.bincount(sources).argmax()
    own = np.flatnonzero((sources == source) & (valid >= valid[sources == source].max()))
    middle = shapely.union_all(tiles[sources == source]).centroid
    nearest = own[np.argmin(shapely.distance(tiles[own], middle))]
    return RegionQuery(_box_inside(tiles[nearest], 0.9))


def write_region(query: RegionQuery, path: Path) -> None:
    """Write the region as a GeoPackage layer, as an analyst's own example would come."""
    path.unlink(missing_ok=True)
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([query.area])),
        [np.array([query.scene_class or ""], dtype=object)],
        ["class"],
        layer="region",
        geometry_type="Polygon",
        crs="EPSG:4326",
        driver="GPKG",
    )


def _box_inside(area: shapely.Geometry, share: float = 0.6) -> shapely.Geometry:
    """Return a rectangle about the middle of ``area``, ``share`` of its extent each way."""
    west, south, east, north = area.bounds
    middle = shapely.point_on_surface(area) if not area.contains(area.centroid) else area.centroid
    half_width, half_height = share * (east - west) / 2, share * (north - south) / 2
    return shapely.box(
        middle.x - half_width, middle.y - half_height, middle.x + half_width, middle.y + half_height
    )
