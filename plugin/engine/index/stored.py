"""Values as an index file really holds them: a column of SQLite takes whatever it is given.

Analysts edit GeoPackages by hand, programs copy them, disks lose blocks. What is not as it should
be is named with its place in the file, and never taken for something else.
"""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import shapely

from .footprints import from_blobs


class StoredValueError(Exception):
    """A value in the file is not of the kind that its column holds; says where and which."""


def whole(value: Any, what: str) -> int:
    """Return a whole number."""
    if type(value) is not int:
        raise StoredValueError(f"{what} is {_shown(value)}, no whole number")
    return value


def number(value: Any, what: str) -> float:
    """Return a finite number."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise StoredValueError(f"{what} is {_shown(value)}, no number")
    return float(value)


def text(value: Any, what: str) -> str:
    """Return a text."""
    if not isinstance(value, str):
        raise StoredValueError(f"{what} is {_shown(value)}, no text")
    return value


def facts(value: Any, what: str) -> dict[str, Any]:
    """Return the object that a text holds as JSON."""
    try:
        found = json.loads(text(value, what))
    except (ValueError, RecursionError) as error:
        raise StoredValueError(f"{what} is no JSON") from error
    if not isinstance(found, dict):
        raise StoredValueError(f"{what} is {_shown(found)}, no JSON object")
    return found


def embedding(value: Any, size: int) -> np.ndarray | float:
    """Return the numbers of an embedding, float16 ``(size,)``; NaN where there are not so many."""
    if not isinstance(value, bytes) or len(value) != 2 * size:
        return math.nan
    return np.frombuffer(value, "<f2")


def footprints(ids: list[int], blobs: list[Any]) -> np.ndarray:
    """Return the shapely footprints of tiles from their geometries in the file."""
    try:
        return from_blobs(blobs)
    except (TypeError, IndexError, ValueError, shapely.errors.ShapelyError):
        for tile, blob in zip(ids, blobs, strict=True):
            try:
                from_blobs([blob])
            except (TypeError, IndexError, ValueError, shapely.errors.ShapelyError) as error:
                raise StoredValueError(f"the footprint of tile {tile} is no geometry") from error
        raise


def _shown(value: Any) -> str:
    shown = "nothing" if value is None else repr(value)
    return shown if len(shown) <= 40 else f"{shown[:40]}…"
