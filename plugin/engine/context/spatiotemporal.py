"""When, where and how finely an image was taken, as numbers that a network can predict."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .period import read_period
from .position import read_number, read_position

#: What each number is, in order.
NAMES = (
    "sin_day", "cos_day", "sin_hour", "cos_hour", "sin_lat", "cos_lat", "sin_lon", "cos_lon",
    "log2_gsd",
)  # fmt: skip
_DAYS = 365.25


def spatiotemporal(
    properties: Mapping[str, Any],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """Return the target of CCLS2T's context reconstruction.

    A reconstruction: s = [sin and cos of day of year, of the hour of the sun, of latitude, of
    longitude, log₂ of the ground sampling distance in metres].

    Args:
        properties: STAC item properties, as ``r2stft`` takes them.

    Returns:
        float32 (9,), 0 where unknown, and bool (9,), which of them are known.
    """
    values = np.zeros(len(NAMES), np.float32)
    known = np.zeros(len(NAMES), np.bool_)

    def put(first: int, numbers: tuple[float, ...]) -> None:
        values[first : first + len(numbers)] = numbers
        known[first : first + len(numbers)] = True

    position, period = read_position(properties), read_period(properties)
    if period is not None:
        day, hour = period.day_of_year, period.local_hour(position and position.lon)
        if day is not None:
            put(0, _circle(day / _DAYS))
        if hour is not None:
            put(2, _circle(hour / 24))
    if position is not None:
        put(4, _circle(position.lat / 360))
        put(6, _circle(position.lon / 360))
    gsd = read_number(properties.get("gsd"))
    if gsd is not None and gsd > 0:
        put(8, (math.log2(gsd),))
    return values, known


def _circle(turn: float) -> tuple[float, float]:
    """Return sine and cosine of a share of a full turn."""
    return math.sin(2 * math.pi * turn), math.cos(2 * math.pi * turn)
