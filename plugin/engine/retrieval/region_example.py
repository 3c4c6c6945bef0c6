"""The picture under a region as an example to search by."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..context.tile_context import located
from ..errors import RasterError, RegionError
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
from .as_indexed import change_of
from .combination import unit
from .overlap import window_box
from .query import Region
from .query_encoder import QueryEncoder
from .region_source import find_source, to_wgs84

# a window with fewer valid pixels shows nothing
_LEAST_VALID = 0.05
# pictures of several regions in one run of the encoder: enough for its speed, over within a second
_ENCODED_TOGETHER = 16
# rasters open at a time
_KEPT_OPEN = 8


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


@dataclass(frozen=True, slots=True)
class _Look:
    """What a region's raster shows there, before it is encoded.

    Attributes:
        region: where.
        record: the raster's source in the index; None where it is not indexed.
        pictures: uint8 ``(S, S, 3)`` of each window with enough valid pixels, at least one.
        weights: share of each that is region and valid.
        area: see ``RegionExample``.
        acquisition: STAC properties of the raster.
    """

    region: Region
    record: SourceRecord | None
    pictures: list[np.ndarray]
    weights: list[float]
    area: BaseGeometry
    acquisition: Mapping[str, Any]


def encode_regions(
    index: TileIndex, encoder: QueryEncoder, regions: Sequence[Region], progress: Progress
) -> list[RegionExample]:
    """Read the windows of the index's tile size under each region and encode them.

    The values are stretched as they were for the index, so that alike places look alike. What
    several regions show is encoded together, and a raster is opened once for many.

    Args:
        index: the index.
        encoder: its encoder.
        regions: where to look.
        progress: told of each region where there are several; cancels.

    Raises:
        CancelledError: when cancelled.
        RegionError: a region is empty, broken, outside the imagery, or shows only nodata.
        RasterError: a raster cannot be read.
    """
    examples: list[RegionExample] = []
    waiting: list[_Look] = []
    with _OpenRasters(index, encoder.package.input_size) as rasters:
        for number, region in enumerate(regions):
            if number:
                progress.report(number, len(regions), unit="regions")
            waiting.append(_look(rasters, index, region, progress))
            if sum(len(look.pictures) for look in waiting) >= _ENCODED_TOGETHER:
                examples += _encode(encoder, waiting, progress)
                waiting = []
    return examples + _encode(encoder, waiting, progress)


class _OpenRasters:
    """Readers of rasters, which stay open from one region to the next."""

    def __init__(self, index: TileIndex, size: int) -> None:
        self._index = index
        self._size = size
        self._open: OrderedDict[str, TileReader] = OrderedDict()

    def __enter__(self) -> _OpenRasters:
        return self

    def __exit__(self, *_: object) -> None:
        while self._open:
            self._close_oldest()

    def get(self, name: Path | str, record: SourceRecord | None) -> TileReader:
        """Return the reader of a raster."""
        key = str(name)
        if key not in self._open:
            if len(self._open) >= _KEPT_OPEN:
                self._close_oldest()
            self._open[key] = TileReader(name, _stretch(record, name), self._size)
        self._open.move_to_end(key)
        return self._open[key]

    def _close_oldest(self) -> None:
        _, reader = self._open.popitem(last=False)
        reader.close()


def _look(rasters: _OpenRasters, index: TileIndex, region: Region, progress: Progress) -> _Look:
    record = _record(index, region)
    name = record.path if record else region.source
    if name is None:
        raise RegionError("The region has no raster", hint="Choose the raster to look at")
    reader = rasters.get(name, record)
    raster = reader.raster
    windows = region_windows(raster, region.geometry, region.crs, _tile_size(index, record, raster))
    pictures, weights = [], []
    damage: RasterError | None = None
    for window, share in windows:
        progress.check()
        try:
            pixels = reader.read(window)
        except RasterError as error:
            damage = error  # the region's other windows may do
            continue
        if pixels.valid >= _LEAST_VALID:
            pictures.append(pixels.rgb)
            weights.append(share * pixels.valid)
    if not pictures:
        if damage is not None:
            raise damage
        raise RegionError(
            f"{raster.label} has no valid pixels under the region",
            hint="Draw it where the raster shows something",
        )
    drawn = region_in_pixels(raster, region.geometry, region.crs)
    progress.check()
    boxes = [window_box((w.col_off, w.row_off, w.width, w.height)) for w, _ in windows]
    area = shapely.union_all([drawn, *boxes])
    told = record.acquisition if record else read_acquisition(raster).to_stac()
    return _Look(region, record, pictures, weights, area, told)


def _encode(
    encoder: QueryEncoder, looks: Sequence[_Look], progress: Progress
) -> list[RegionExample]:
    progress.check()
    if not looks:
        return []
    pictures = [picture for look in looks for picture in look.pictures]
    embeddings = encoder.encode_images(np.stack(pictures)).embeddings
    examples, first = [], 0
    for look in looks:
        own = embeddings[first : first + len(look.pictures)]
        first += len(look.pictures)
        examples.append(
            RegionExample(
                unit(np.average(own, axis=0, weights=look.weights)),
                look.record.id if look.record else None,
                look.area,
                located(look.acquisition, to_wgs84(look.region)),
            )
        )
    return examples


def _record(index: TileIndex, region: Region) -> SourceRecord | None:
    return find_source(index, region) if region.source is None else index.source_of(region.source)


def _tile_size(index: TileIndex, record: SourceRecord | None, raster: Raster) -> float:
    for size in (record.tile_size_m if record else None, index.info.tile_size_m):
        if size is not None:
            return size
    return auto_tile_size_m(raster)


def _stretch(record: SourceRecord | None, name: Path | str) -> Stretch:
    # a raster that was skipped has no stretch in the index; a changed one may have other values
    if record is None or not record.stretch or change_of(record):
        with open_raster(name) as raster:
            return estimate_stretch(raster)
    return Stretch.from_json(record.stretch)
