"""What the engine says about an index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """A summary of an index.

    Attributes:
        path: the index file.
        tiles: number of tiles that can be found.
        sources: number of rasters.
        encoder: name of the encoder that made it.
        encoder_matches: whether that encoder is at hand, unchanged.
        tile_size: metres on the ground, or None where each raster has its own.
        example_tile_size: metres on the ground of the tile that a rendered layer is compared at.
        has_text: whether the encoder understands descriptions.
        can_rerank: whether it can compare a description with an image a second time, more closely.
        has_context: whether it knows when, where and by what its tiles were taken.
        likeness: weight of meaning beside look, 0 to 1; None where the encoder has no look part.
        extent: west, south, east, north in degrees, or None for an empty index.
        created: ISO 8601.
        missing: number of rasters that were not found at the last update.
        faults: what other programs have left wrong in it, in words.
    """

    path: Path
    tiles: int
    sources: int
    encoder: str
    encoder_matches: bool
    tile_size: float | None
    example_tile_size: float
    has_text: bool
    can_rerank: bool
    has_context: bool
    extent: tuple[float, float, float, float] | None
    created: str
    missing: int = 0
    likeness: float | None = None
    faults: tuple[str, ...] = ()

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> IndexInfo:
        """Return the answer to ``index.info``."""
        encoder = message.get("encoder") or {}
        extent = message.get("extent")
        size = message.get("tile_size")
        likeness = message.get("likeness")
        return cls(
            path=Path(str(message["path"])),
            tiles=int(message.get("tiles", 0)),
            sources=_number(message.get("sources", 0)),
            encoder=str(encoder.get("name") or ""),
            encoder_matches=bool(encoder.get("matches", True)),
            tile_size=None if size is None else float(size),
            example_tile_size=float(message["example_tile_size"]),
            has_text=bool(message.get("text")),
            can_rerank=bool(message.get("rerank")),
            has_context=bool(message.get("context")),
            extent=None if extent is None else _box(extent),
            created=str(message.get("created") or ""),
            missing=int(message.get("missing") or 0),
            likeness=None if likeness is None else float(likeness),
            faults=tuple(str(fault["problem"]) for fault in message.get("faults") or []),
        )


def _box(extent: Sequence[float]) -> tuple[float, float, float, float]:
    west, south, east, north = (float(value) for value in extent)
    return west, south, east, north


def _number(sources: Any) -> int:
    """Return a number of sources, whether it was sent as a number or as a count by state."""
    if isinstance(sources, Mapping):
        return int(sum(sources.values()))
    return int(sources)
