"""Reading the metadata files that come with Landsat and Sentinel-2 products."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ....source_files.bounded import read_small

#: A larger file is no metadata of a scene.
_MOST_BYTES = 4_000_000

_LANDSAT = re.compile(r"^L[COTEM]\d\d_", re.IGNORECASE)
_SAFE_DEPTH = 5


def product_properties(path: Path) -> dict[str, Any]:
    """Return STAC properties from a product's own metadata, empty if there is none.

    Read are Landsat's ``…_MTL.txt`` beside a band (collections 1 and 2) and Sentinel-2's
    ``MTD_MSIL1C.xml`` or ``MTD_MSIL2A.xml`` at the top of its ``.SAFE`` folder. What a file does
    not say, or says in another form than expected, is left out.
    """
    text = _first(product_names(path))
    if not text:
        return {}
    return _landsat(text) if _LANDSAT.match(path.stem) else _sentinel2(text)


def product_names(path: Path) -> list[Path]:
    """Return where the metadata of a raster's product may lie, none if it is of no product."""
    if _LANDSAT.match(path.stem):
        return _mtl_names(path)
    for folder in path.parents[:_SAFE_DEPTH]:
        if folder.name.upper().endswith(".SAFE"):
            return [folder / f"MTD_MSIL{level}.xml" for level in ("2A", "1C")]
    return []


def _mtl_names(path: Path) -> list[Path]:
    """Return where the MTL of a band may lie: its name begins as the band's does."""
    parts = path.stem.split("_")
    return [
        path.with_name("_".join([*parts[:length], "MTL.txt"]))
        for length in range(len(parts), 3, -1)
    ]


def _first(paths: Iterable[Path]) -> str | None:
    texts = (read_small(path, _MOST_BYTES) for path in paths)
    return next((text.decode("utf-8", "replace") for text in texts if text is not None), None)


def _landsat(text: str) -> dict[str, Any]:
    values = dict(re.findall(r'^\s*(\w+)\s*=\s*"?([^"\n]*?)"?\s*$', text, re.MULTILINE))
    date, time = values.get("DATE_ACQUIRED"), values.get("SCENE_CENTER_TIME")
    found: dict[str, Any] = {
        "datetime": f"{date}T{time}" if date and time else date,
        "platform": values.get("SPACECRAFT_ID", "").lower().replace("_", "-"),
        "instruments": [name for name in values.get("SENSOR_ID", "").lower().split("_") if name],
        "eo:cloud_cover": values.get("CLOUD_COVER"),
        "processing:level": values.get("PROCESSING_LEVEL") or values.get("DATA_TYPE"),
    }
    return _known(found)


def _sentinel2(text: str) -> dict[str, Any]:
    def tag(name: str) -> str:
        # no parser: these tags hold plain text, and a parser would follow a hostile file's entities
        match = re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>([^<]*)<", text)
        return match[1].strip() if match else ""

    platform = tag("SPACECRAFT_NAME").lower()
    if not platform:
        return {}
    found: dict[str, Any] = {
        "datetime": tag("PRODUCT_START_TIME"),
        "platform": platform,
        "constellation": "sentinel-2",
        "instruments": ["msi"],
        "eo:cloud_cover": tag("Cloud_Coverage_Assessment"),
        "processing:level": tag("PROCESSING_LEVEL").replace("Level-", "L"),
    }
    return _known(found)


def _known(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if value}
