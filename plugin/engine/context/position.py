"""Where an image lies, as far as its properties say, and its geohash."""

from __future__ import annotations

import math
import string
from collections.abc import Mapping
from typing import Any, NamedTuple

#: Base 32: the digits, and the letters without a, i, l and o.
_ALPHABET = "".join(c for c in string.digits + string.ascii_lowercase if c not in "ailo")


class Position(NamedTuple):
    """A point on the ground in degrees, WGS 84; longitude from -180 up to 180."""

    lon: float
    lat: float


def read_position(properties: Mapping[str, Any]) -> Position | None:
    """Return the centre of an image from ``proj:centroid`` of STAC's projection extension.

    It is an object with ``lat`` and ``lon``. What is no place on Earth counts as absent.
    """
    centroid = properties.get("proj:centroid")
    if not isinstance(centroid, Mapping):
        return None
    lon, lat = read_number(centroid.get("lon")), read_number(centroid.get("lat"))
    if lon is None or lat is None or abs(lat) > 90 or abs(lon) > 540:
        return None
    return Position((lon + 180) % 360 - 180, lat)


def geohash(position: Position, length: int = 4) -> str:
    """Return the geohash of a point: the cell of a base-32 quadtree over the globe.

    Five bits a letter, longitude and latitude in turn (G. Niemeyer, 2008). Cells of neighbouring
    places mostly begin alike; four letters are a cell of about 39 km by 20 km at the equator.
    """
    spans = [[-180.0, 180.0], [-90.0, 90.0]]
    text, number = "", 0
    for bit in range(5 * length):
        span = spans[bit % 2]
        middle = (span[0] + span[1]) / 2
        upper = position[bit % 2] >= middle
        span[0 if upper else 1] = middle
        number = number * 2 + upper
        if bit % 5 == 4:
            text += _ALPHABET[number]
            number = 0
    return text


def read_number(value: object) -> float | None:
    """Return a finite number, also from text as many files write it; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
