"""What of a side file ``.aux.xml`` matters to the pixels and to their place.

QGIS, ArcGIS and GDAL keep two kinds of things in it: what is missing in the raster itself (CRS,
position, nodata, colours), and what was computed for looking at it (statistics, histograms). QGIS
writes the second whenever it draws a raster, which changes nothing of it.
"""

from __future__ import annotations

import hashlib
from typing import Any
from xml.parsers import expat

#: Elements computed from the pixels, with all below them.
_COMPUTED = frozenset({"Histograms", "GDALRasterAttributeTable"})
_COMPUTED_KEYS = ("STATISTICS_",)
_SHOWN_KEYS = frozenset({"LAYER_TYPE", "RepresentationType", "PyramidResamplingType"})
#: Elements that only hold others: empty, they say nothing.
_HOLDERS = frozenset({"PAMDataset", "PAMRasterBand", "Metadata", "MDI"})
_DEEPEST = 256


def significant_part(xml: bytes) -> str:
    """Return a text that changes with what matters; empty where nothing does.

    What cannot be read matters as it is.
    """
    try:
        kept = _kept(xml)
    except (expat.ExpatError, ValueError):
        return hashlib.sha256(xml).hexdigest()
    return "\n".join(kept)


def _kept(xml: bytes) -> list[str]:
    kept: list[str] = []
    above: list[tuple[str, dict[str, str], list[str]]] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(above) >= _DEEPEST:
            raise ValueError("nested too deeply")
        above.append((tag, attributes, []))

    def characters(text: str) -> None:
        if above:
            above[-1][2].append(text)

    def end(_tag: str) -> None:
        tag, attributes, parts = above[-1]
        text = "".join(parts).strip()
        says = bool(text) or (bool(attributes) and tag not in _HOLDERS)
        if says and not any(map(_is_computed, above)):
            path = "/".join(f"{name}{sorted(values.items())}" for name, values, _ in above)
            kept.append(f"{path}={text}")
        above.pop()

    def refuse(*_: Any) -> None:
        raise ValueError("entities")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = refuse
    parser.Parse(xml, True)
    return kept


def _is_computed(element: tuple[str, dict[str, str], list[str]]) -> bool:
    tag, attributes, _ = element
    key = attributes.get("key", "") if tag == "MDI" else ""
    return tag in _COMPUTED or key.startswith(_COMPUTED_KEYS) or key in _SHOWN_KEYS
