"""What an index holds, as the dock and the command line show it."""

from __future__ import annotations

from statistics import median
from typing import Any

from ..encoders.catalog import encoder_of
from ..errors import EncoderMismatchError, EncoderPackageError
from ..index.tile_index import TileIndex
from ..index.timestamps import to_text


def describe_index(index: TileIndex) -> dict[str, Any]:
    """Return what ``index.info`` answers.

    ``encoder.matches`` says whether the encoder that made the index is here and sound, so that
    it can be searched; ``encoder.problem`` says what is wrong where it is not. ``faults`` are what
    other programs have left wrong in it, which ``index.check`` mends. ``likeness`` is the weight of
    meaning beside look where the encoder has both.
    """
    info = index.info
    problem = ""
    roles: frozenset[str] = frozenset()
    likeness = None
    try:
        package = encoder_of(info, index.path)
        roles = package.roles
        likeness = package.layout.share if package.layout.two_parts else None
    except (EncoderMismatchError, EncoderPackageError) as error:
        problem = str(error)
    extent = index.extent()
    states = [source.state for source in index.sources()]
    return {
        "path": str(index.path),
        "tiles": index.tile_count(),
        "sources": states.count("complete"),
        "missing": states.count("missing"),
        "encoder": {
            "name": info.encoder_name,
            "id": info.encoder_id,
            "sha256": info.encoder_sha256,
            "matches": not problem,
            "problem": problem,
        },
        "code_bits": info.code_bits,
        "tile_size": info.tile_size_m,
        "example_tile_size": _example_tile_size(index),
        "scales": list(info.scales),
        "overlap": info.overlap,
        "text": "text" in roles,
        "context": info.context,
        "rerank": {"text", "fusion"} <= roles,
        "likeness": likeness,
        "extent": list(extent) if extent is not None else None,
        "created": info.created,
        "faults": [fault.as_dict() for fault in index.faults()],
    }


def _example_tile_size(index: TileIndex) -> float:
    """Return the side in metres of the tile that a picture of no indexed image is compared at.

    It is that of the index, or the middle one of its images' own; 256 m where there are none.
    """
    if index.info.tile_size_m is not None:
        return index.info.tile_size_m
    sizes = [s.tile_size_m for s in index.sources() if s.state == "complete" and s.tile_size_m]
    return median(sizes) if sizes else 256.0


def describe_sources(index: TileIndex) -> list[dict[str, Any]]:
    """Return what ``index.sources`` answers: every raster, the skipped ones with their reason."""
    counts = index.tile_counts()
    return [
        {
            "id": source.id,
            "path": source.path,
            "state": source.state,
            "error": source.error,
            "damage": source.damage,
            "tiles": counts.get(source.id or 0, 0),
            "crs": source.crs,
            "resolution_m": source.resolution_m,
            "tile_size_m": source.tile_size_m,
            "acquired": to_text(source.acquired),
        }
        for source in index.sources()
    ]
