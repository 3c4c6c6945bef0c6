"""Messages as the engine sends them, for the tests of the Processing algorithms."""

from __future__ import annotations

from typing import Any

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[12.0, 45.0], [12.01, 45.0], [12.01, 45.01], [12.0, 45.01], [12.0, 45.0]]],
}


def hit(rank: int, score: float, **changes: Any) -> dict[str, Any]:
    """Return a hit as the engine sends it."""
    return {
        "rank": rank,
        "score": score,
        "hamming": rank * 2,
        "tile": 100 + rank,
        "source": "/imagery/port.tif",
        "geometry": SQUARE,
        "crs": "EPSG:32633",
        "acquired": "2021-07-14T10:20:30Z",
        "scale": 1.0,
        **changes,
    }
