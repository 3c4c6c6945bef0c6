"""What to index and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """An order to index imagery.

    Attributes:
        index: the index file, made if it is not there.
        paths: rasters and folders.
        encoder: encoder package, or None for the index's own or the default.
        tile_size: metres on the ground, or None for each raster's own.
        scales: multiples of the tile size.
        overlap: share of a tile that the next one repeats, from 0 to below 1.
        remove_missing: take rasters that are not found any more out of the index.
        is_new: whether the options above describe a new index; an existing one keeps its own.
    """

    index: Path
    paths: tuple[str, ...]
    encoder: str | None = None
    tile_size: float | None = None
    scales: tuple[float, ...] = field(default=(1.0,))
    overlap: float = 0.0
    remove_missing: bool = False
    is_new: bool = True

    def as_params(self) -> dict[str, Any]:
        """Return the parameters of ``index.build``."""
        params: dict[str, Any] = {
            "index": str(self.index),
            "paths": list(self.paths),
            "remove_missing": self.remove_missing,
        }
        if self.is_new:
            params |= {
                "encoder": self.encoder,
                "tile_size": self.tile_size,
                "scales": list(self.scales),
                "overlap": self.overlap,
            }
        return params
