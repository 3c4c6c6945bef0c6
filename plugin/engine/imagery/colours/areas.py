"""Areas of equal pixels: which are solid, what holes they have, what lies beside them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Area = npt.NDArray[np.bool_]

#: Solid is what a square of so many pixels to each side of its middle fits into.
_REACH = 2

#: Nothing narrower is looked at beside an area: overviews mix a pixel or two.
_LEAST_BESIDE = 2


def solid_part(area: Area) -> Area:
    """Return the pixels (rows, columns) of an area that lie in a square of 5 × 5 of it.

    Beyond the edge of the array the area is taken to go on.
    """
    inner = ~_grown(~area, _REACH)
    return _grown(inner, _REACH) & area


def count_holes(area: Area, valid: Area) -> int:
    """Return the number of valid pixels whose eight neighbours are all of an area."""
    ringed = ~_grown(~area, 1, middle=False)
    return int(np.count_nonzero(ringed & ~area & valid))


def beside(area: Area, reach: float) -> Area:
    """Return the pixels outside of an area (rows, columns) and up to ``reach`` pixels from it."""
    return _grown(area, max(round(reach), _LEAST_BESIDE)) & ~area


def _grown(area: Area, reach: int, *, middle: bool = True) -> Area:
    """Return the pixels with a pixel of an area at most ``reach`` rows and columns away.

    Args:
        area: (rows, columns).
        reach: how far.
        middle: whether a pixel's own place counts.
    """
    padded = np.pad(area, reach)
    total = np.pad(
        padded.astype(np.int32).cumsum(0, dtype=np.int32).cumsum(1, dtype=np.int32),
        ((1, 0), (1, 0)),
    )
    size = 2 * reach + 1
    count = (
        total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]
    )
    if not middle:
        count = count - area
    return np.asarray(count > 0)
