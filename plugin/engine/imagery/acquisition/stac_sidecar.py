"""Reading the STAC item that lies beside a raster, if one does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: A larger file is no STAC item.
_MOST_BYTES = 4_000_000


def stac_properties(path: Path) -> dict[str, Any]:
    """Return the properties of the STAC item beside a raster, empty if there is none.

    An item lies beside ``scene.tif`` as ``scene.json``, ``scene.tif.json``, ``scene_stac.json``
    or ``scene.stac.json``. Files that are no STAC item, or broken, are ignored.
    """
    for candidate in stac_names(path):
        try:
            if candidate.stat().st_size > _MOST_BYTES:
                continue
            item = json.loads(candidate.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(item, dict) and "stac_version" in item and item.get("type") == "Feature":
            properties = item.get("properties")
            return properties if isinstance(properties, dict) else {}
    return {}


def stac_names(path: Path) -> Iterator[Path]:
    """Yield where the STAC item of a raster may lie, best first."""
    yield path.with_suffix(".json")
    yield path.with_name(path.name + ".json")
    yield path.with_name(path.stem + "_stac.json")
    yield path.with_name(path.stem + ".stac.json")
