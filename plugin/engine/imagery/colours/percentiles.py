"""Percentiles of pixels, counted instead of sorted where the type has few values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt


def percentiles(sample: npt.NDArray[Any], shares: Sequence[float]) -> npt.NDArray[np.float64]:
    """Return percentiles of each band, as ``numpy.percentile`` does with ``method="linear"``.

    Args:
        sample: (bands, pixels), at least one pixel, no NaN.
        shares: percentages, 0 to 100.

    Returns:
        (shares, bands).
    """
    if sample.dtype not in (np.uint8, np.uint16):
        return np.percentile(sample.astype(np.float64), shares, axis=1)
    return np.stack([_counted(band, shares) for band in sample], axis=1)


def _counted(values: npt.NDArray[Any], shares: Sequence[float]) -> npt.NDArray[np.float64]:
    upto = np.cumsum(np.bincount(values))
    place = np.asarray(shares, np.float64) / 100.0 * (len(values) - 1)
    before = np.floor(place)
    # The value at a place in sorted order is the first one with more pixels up to it.
    low = np.searchsorted(upto, before, side="right")
    high = np.searchsorted(upto, np.ceil(place), side="right")
    return np.asarray(low + (high - low) * (place - before), np.float64)
