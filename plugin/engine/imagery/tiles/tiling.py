"""Laying tiles along an axis whose pixels change their ground size on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator


def lay(
    start: int, stop: int, overlap: float, size_at: Callable[[float], float]
) -> Iterator[tuple[int, int]]:
    """Yield tiles that cover an axis from ``start`` to ``stop``, all inside it.

    Each tile begins where the one before ends, less the overlap; the last one is shifted
    inwards. A tile longer than the whole axis is cut to it.

    Args:
        start: first pixel.
        stop: pixel after the last one.
        overlap: share of a tile that the next one repeats, 0 up to below 1.
        size_at: length in pixels that a tile centred at a position should have.

    Yields:
        Offset and length in whole pixels.
    """
    offset, least = start, start
    while True:
        size = _fitting_size(offset, stop - start, size_at)
        if offset + size >= stop:
            break
        yield offset, size
        least = offset + 1
        # Rounding down keeps the overlap at least as large as asked.
        offset += max(1, int(size * (1.0 - overlap) + 1e-9))
    # Going back from the end, the size may differ by a pixel: never leave a gap for it.
    last = stop - _fitting_size(stop, stop - start, lambda at: size_at(2 * stop - at))
    last = max(least, min(last, offset))
    yield last, stop - last


def _fitting_size(offset: float, most: int, size_at: Callable[[float], float]) -> int:
    """Return the whole length, 1 to ``most``, of a tile from ``offset``, fit for its centre."""
    size = size_at(offset)
    for _ in range(3):
        size = min(max(size_at(offset + size / 2), 1.0), float(most))
    return min(max(round(size), 1), most)
