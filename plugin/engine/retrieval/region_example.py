"""The picture under a region as an example to search by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..context.tile_context import located
from ..errors import RegionError
from ..imagery.acquisition.acquisition import read_acquisition
from ..imagery.colours.stretch import Stretch, estimate_stretch
from ..imagery.raster import Raster, open_raster
from ..imagery.tiles.grid import auto_tile_size_m
from ..imagery.tiles.reader import TileReader
from ..imagery.tiles.region import region_windows
from ..imagery.tiles.region_geometry import region_in_pixels
from ..index.schema import SourceRecord
from ..index.tile_index import TileIndex
from ..progress import Progress
from .combination import unit
from .overlap import window_box
from .query import Region
from .query_encoder import QueryEncoder
from .region_source import find_source, to_wgs84

# a window with fewer valid pixels shows nothing
_LEAST_VALID = 0.05


@dataclass(frozen=True, slots=True)
class RegionExample:
    """A region as the encoder sees it.

    Attributes:
        embedding: float32 ``(D,)`` of length 1.
        source_id: the indexed source it was read from; None where its raster is not indexed.
        area: what it covers in pixels of the raster: the region and the windows read for it.
        properties: STAC properties of the raster's acquisition, with the region's centre.
    """

    embedding: np.ndarray
    source_id: int | None
    area: BaseGeometry
    properties: Mapping[str, Any]


def encode_region(
    index: TileIndex, encoder: QueryEncoder, region: Region, progress: Progress
) -> RegionExample:
    """Read the windows of the index's tile size under a region and encode them.

    The values are stretched as they were for the index, so that alike places look alike.

    Raises:
        RegionError: the region is empty, broken, outside the imagery, or shows only nodata.
        RasterError: the raster cannot be read.
    """
    record = _record(index, region)
    path = Path(record.path) if record else region.source
    if path is None:
        raise RegionError("The region has no raster", hint="Choose the raster to look at")
    with open_raster(path) as raster:
        tile_size_m = _tile_size(index, record, raster)
        stretch = _stretch(record, raster)
        windows = region_windows(raster, region.geometry, region.crs, tile_size_m)
        pictures, weights = [], []
        with TileReader(raster, stretch, encoder.package.input_size) as reader:
            for window, share in windows:
                progress.check()
                pixels = reader.read(window)
                if pixels.valid >= _LEAST_VALID:
                    pictures.append(pixels.rgb)
                    weights.append(share * pixels.valid)
        if not pictures:
            raise RegionError(
                f"{path.name} has no valid pixels under the region",
                hint="Draw it where the raster shows something",
            )
        drawn = region_in_pixels(raster, region.geometry, region.crs)
        told = record.acquisition if record else read_acquisition(raster).to_stac()
    progress.check()
    embeddings = encoder.encode_images(np.stack(pictures)).embeddings
    mean = np.average(embeddings, axis=0, weights=weights)
    boxes = [window_box((w.col_off, w.row_off, w.width, w.height)) for w, _ in windows]
    area = shapely.union_all([drawn, *boxes])
    properties = located(told, to_wgs84(region))
    return RegionExample(unit(mean), record.id if record else None, area, properties)


def _record(index: TileIndex, region: Region) -> SourceRecord | None:
    if region.source is None:
        return find_source(index, region)
    for path in (region.source, region.source.absolute(), region.source.resolve()):
        record = index.source_by_path(path)
        if record is not None:
            return record
    return None


def _tile_size(index: TileIndex, record: SourceRecord | None, raster: Raster) -> float:
    for size in (record.tile_size_m if record else None, index.info.tile_size_m):
        if size is not None:
            return size
    return auto_tile_size_m(raster)


def _stretch(record: SourceRecord | None, raster: Raster) -> Stretch:
    # a raster that was skipped has no stretch in the index
    if record is None or not record.stretch:
        return estimate_stretch(raster)
    return Stretch.from_json(record.stretch)
