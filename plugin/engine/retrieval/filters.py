"""Which tiles a query may return at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ..errors import RegionError
from ..imagery.ground.footprint import wrap_longitudes
from ..imagery.ground.valid_area import valid_area
from ..index.schema import CodeTable, SourceRecord
from ..index.tile_index import TileIndex
from ..index.timestamps import to_utc
from .query import Query

# a tile belongs to an area when this share of the smaller of the two lies in the other
_LEAST_INSIDE = 0.5


def eligible(
    index: TileIndex,
    table: CodeTable,
    sources: Sequence[SourceRecord],
    query: Query,
    excluded: Sequence[int],
) -> tuple[np.ndarray | None, list[str]]:
    """Return which rows of the code table may be hits, and notes for the user.

    Args:
        index: the index.
        table: its codes.
        sources: its sources.
        query: the filters.
        excluded: ids of tiles that must not be hits.

    Returns:
        bool ``(N,)``, or None where nothing is left out.

    Raises:
        RegionError: the area to search within is empty or broken.
    """
    mask: np.ndarray | None = None
    kept, notes = _sources(sources, query)
    if len(kept) < len(sources):
        mask = np.isin(table.source_ids, np.array(sorted(kept), dtype=np.int64))
    if query.within is not None:
        inside = np.zeros(len(table), dtype=bool)
        rows = table.positions(tiles_within(index, query.within))
        inside[rows[rows >= 0]] = True
        mask = inside if mask is None else mask & inside
    if excluded:
        mask = np.ones(len(table), dtype=bool) if mask is None else mask
        rows = table.positions(np.array(excluded, dtype=np.int64))
        mask[rows[rows >= 0]] = False
    return mask, notes


def tiles_within(index: TileIndex, area: BaseGeometry) -> np.ndarray:
    """Return the ids of the tiles that lie in an area for the most part, int64, ascending.

    A tile counts when at least half of it lies inside, or half of the area in the tile; of a
    point or line, when it touches it.

    Raises:
        RegionError: the area is empty or broken.
    """
    if area.is_empty or not np.isfinite(shapely.get_coordinates(area)).all():
        raise RegionError(
            "The area to search within is empty", hint="Draw it again, or search everywhere"
        )
    # first, because the area of a polygon that crosses itself may add up to nothing
    if isinstance(area, Polygon | MultiPolygon):
        area = valid_area(area)
    if area.area > 0:
        area = wrap_longitudes(area)
    shapely.prepare(area)
    ids, bounds = index.tiles_touching(area.bounds)
    if not len(ids):
        return ids
    boxes = shapely.box(*bounds.T)
    # most tiles are settled by their bounding boxes, without reading footprints
    inside: np.ndarray = shapely.contains(area, boxes)
    unsure = np.flatnonzero(~inside & shapely.intersects(area, boxes))
    footprints = index.footprints(ids[unsure])
    if area.area > 0:
        shared = shapely.area(shapely.intersection(footprints, area))
        smaller = np.minimum(shapely.area(footprints), area.area)
        inside[unsure] = shared >= _LEAST_INSIDE * smaller
    else:
        inside[unsure] = shapely.intersects(area, footprints)
    kept: np.ndarray = ids[inside]
    return kept


def _sources(sources: Sequence[SourceRecord], query: Query) -> tuple[set[int], list[str]]:
    """Return the ids of sources that pass, and what was left out for want of facts."""
    kept = [source for source in sources if source.id is not None]
    notes = []
    if not query.include_missing:
        there = [source for source in kept if source.state != "missing"]
        if len(there) < len(kept):
            notes.append(_missing(len(kept) - len(there)))
        kept = there
    if query.sensor:
        wanted = query.sensor.casefold()
        kept = [s for s in kept if any(wanted in name.casefold() for name in s.sensors)]
    if query.gsd is not None:
        low, high = query.gsd
        kept = [
            s
            for s in kept
            if s.gsd_m is not None
            and (low is None or s.gsd_m >= low)
            and (high is None or s.gsd_m <= high)
        ]
    if query.after is not None or query.before is not None:
        undated = sum(s.acquired is None and s.state != "skipped" for s in kept)
        kept = [s for s in kept if _in_time(s, query)]
        if undated:
            notes.append(_undated(undated))
    return {s.id for s in kept if s.id is not None}, notes


def _in_time(source: SourceRecord, query: Query) -> bool:
    acquired = source.acquired
    return (
        acquired is not None
        and (query.after is None or acquired >= to_utc(query.after))
        and (query.before is None or acquired < to_utc(query.before))
    )


def _missing(count: int) -> str:
    return "1 missing source left out" if count == 1 else f"{count} missing sources left out"


def _undated(count: int) -> str:
    if count == 1:
        return "1 source has no known date: left out"
    return f"{count} sources have no known date: left out"
