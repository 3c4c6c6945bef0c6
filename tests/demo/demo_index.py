"""Reads an index and hits as any GIS program could, without the engine."""

from __future__ import annotations

from pathlib import Path

import pyogrio
import shapely
from demo_truth import Place


def read_tiles(index: Path) -> list[Place]:
    """Return the tiles of an index."""
    meta, numbers, _, (paths,) = pyogrio.raw.read(
        index, layer="sources", columns=["path"], return_fids=True
    )
    del meta
    names = dict(zip(numbers, (Path(path).name for path in paths), strict=True))
    _, _, areas, (sources,) = pyogrio.raw.read(index, layer="tiles", columns=["source_id"])
    pairs = zip(shapely.from_wkb(areas), sources, strict=True)
    return [Place(area, names[source]) for area, source in pairs]


def read_hits(path: Path, layer: str | None = None) -> list[Place]:
    """Return the hits in a layer, the best first."""
    _, _, areas, (ranks, sources) = pyogrio.raw.read(path, layer=layer, columns=["rank", "source"])
    hits = [
        Place(area, Path(source).name)
        for area, source in zip(shapely.from_wkb(areas), sources, strict=True)
    ]
    return [hits[number] for number in ranks.argsort()]
