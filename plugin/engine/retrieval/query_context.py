"""What a query says of the acquisition of what it looks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np

from ..context.r2stft import r2stft
from ..context.tile_context import located
from ..imagery.acquisition.acquisition import file_acquisition
from ..index.timestamps import to_text, to_utc
from .query import Query
from .query_encoder import QueryEncoder

#: Degrees: the middle of a larger area is no place.
_LARGEST_PLACE = 2.0

#: Between bounds of the ground resolution that are further apart lies no one resolution.
_WIDEST_GSD = 2.0

UNTOLD = (
    "The description was searched without context: say dates, sensor, resolution or area to "
    "look for"
)


def told_by_filters(query: Query) -> dict[str, Any]:
    """Return as STAC properties what the filters say of every hit's acquisition.

    Dates tell something if both ends are given, sensor always, the resolution if its bounds are
    less than a factor of 2 apart, and an area if it is at most 2 degrees wide and high.
    """
    properties: dict[str, Any] = {}
    if query.after is not None and query.before is not None:
        properties["start_datetime"] = to_text(query.after)
        properties["end_datetime"] = to_text(to_utc(query.before) - timedelta(seconds=1))
    if query.sensor:
        properties["platform"] = query.sensor
    low, high = query.gsd or (None, None)
    if low is not None and high is not None and low > 0 and high <= _WIDEST_GSD * low:
        properties["gsd"] = math.sqrt(low * high)
    if query.within is not None and not query.within.is_empty:
        west, south, east, north = query.within.bounds
        if max(east - west, north - south) <= _LARGEST_PLACE:
            properties = located(properties, query.within)
    return properties


def told_by_file(path: Path, query: Query) -> dict[str, Any]:
    """Return what an image file says of its acquisition, and the filters where it is silent."""
    found = {
        key: value for key, value in file_acquisition(path).to_stac().items() if value is not None
    }
    return told_by_filters(query) | found


def with_context(
    encoder: QueryEncoder, embeddings: np.ndarray, properties: Sequence[Mapping[str, Any]]
) -> np.ndarray:
    """Return embeddings ``(n, D)`` that know the acquisition told by STAC properties of each."""
    if not len(embeddings):
        return embeddings
    return encoder.encode_context(embeddings, [r2stft(each) for each in properties]).embeddings
