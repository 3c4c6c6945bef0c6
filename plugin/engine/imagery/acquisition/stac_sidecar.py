"""Reading the STAC item that lies beside a raster, if one does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ....source_files.bounded import read_small

#: A larger file is no STAC item.
_MOST_BYTES = 4_000_000


def stac_properties(path: Path) -> dict[str, Any]:
    """Return the properties of the STAC item beside a raster, empty if there is none.

    An item lies beside ``scene.tif`` as ``scene.json``, ``scene.tif.json``, ``scene_stac.json``
    or ``scene.stac.json``. Files that are no STAC item, or broken, are ignored.
    """
    for candidate in stac_names(path):
        text = read_small(candidate, _MOST_BYTES)
        if text is None:
            continue
        try:
            item = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError):
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
