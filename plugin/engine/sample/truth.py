"""The ground truth of the sample rasters: which scene class is where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyogrio
import shapely
from affine import Affine
from pyogrio.errors import DataSourceError
from pyproj import Transformer

from ..errors import StorageError
from .canvas.drawing import Points
from .raster_writer import written_whole

LAYER = "truth"


@dataclass(frozen=True, slots=True)
class TruthPolygon:
    """A polygon in lon/lat WGS 84 with its class, raster file name and date (ISO 8601)."""

    geometry: shapely.Polygon
    scene_class: str
    raster: str
    acquired: str


def to_lonlat(polygon: shapely.Polygon, transform: Affine, epsg: int) -> shapely.Polygon:
    """Return a polygon given in pixels (column, row) in WGS 84 degrees."""
    to_wgs84 = Transformer.from_crs(epsg, 4326, always_xy=True)

    def project(pixels: Points) -> Points:
        x = transform.a * pixels[:, 0] + transform.b * pixels[:, 1] + transform.c
        y = transform.d * pixels[:, 0] + transform.e * pixels[:, 1] + transform.f
        return np.stack(to_wgs84.transform(x, y), axis=1)

    # Straight lines on one grid bend on the other; a corner every 250 pixels keeps them within
    # a hundredth of a pixel.
    result: shapely.Polygon = shapely.transform(shapely.segmentize(polygon, 250), project)
    return result


def write_truth(path: Path, polygons: list[TruthPolygon]) -> None:
    """Write the polygons as a GeoPackage with one layer, ``truth``.

    Args:
        path: the file; it appears only when it is complete.
        polygons: in WGS 84.

    Raises:
        StorageError: if the place cannot be written.
    """
    columns = {
        "scene_class": [p.scene_class for p in polygons],
        "raster": [p.raster for p in polygons],
        "date": [p.acquired for p in polygons],
    }
    with written_whole(path) as temporary:
        try:
            pyogrio.raw.write(
                temporary,
                geometry=shapely.to_wkb(np.array([p.geometry for p in polygons], dtype=object)),
                field_data=[np.array(values, dtype=object) for values in columns.values()],
                fields=list(columns),
                layer=LAYER,
                driver="GPKG",
                geometry_type="Polygon",
                crs="EPSG:4326",
            )
        except DataSourceError as error:
            raise StorageError(
                f"{path.name} cannot be written to {path.parent}: {error}",
                hint="Free some space or choose a folder that you may write to",
            ) from error
