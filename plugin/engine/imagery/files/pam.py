"""What of a side file ``.aux.xml`` matters to the pixels and to their place.

QGIS, ArcGIS and GDAL keep two kinds of things in it: what is missing in the raster itself (CRS,
position, nodata, colours), and what was computed for looking at it (statistics, histograms). QGIS
writes the second whenever it draws a raster, which changes nothing of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers import expat

from ....source_files.bounded import read_small
from ....source_files.xml_elements import Element, read_elements

#: A larger file is taken as any other is, by its size.
_MOST_BYTES = 16_000_000

#: Elements computed from the pixels, with all below them.
_COMPUTED = frozenset({"Histograms", "GDALRasterAttributeTable"})
_COMPUTED_KEYS = ("STATISTICS_",)
_SHOWN_KEYS = frozenset({"LAYER_TYPE", "RepresentationType", "PyramidResamplingType"})
#: Elements that only hold others: empty, they say nothing.
_HOLDERS = frozenset({"PAMDataset", "PAMRasterBand", "Metadata", "MDI"})


def significant_part_of(path: Path) -> str | None:
    """Return the ``significant_part`` of a side file; None for other files and for huge ones."""
    if not path.name.lower().endswith(".aux.xml"):
        return None
    xml = read_small(path, _MOST_BYTES)
    return None if xml is None else significant_part(xml)


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

    def end(elements: Sequence[Element]) -> None:
        element = elements[-1]
        says = bool(element.text) or (bool(element.attributes) and element.tag not in _HOLDERS)
        if says and not any(map(_is_computed, elements)):
            path = "/".join(f"{e.tag}{sorted(e.attributes.items())}" for e in elements)
            kept.append(f"{path}={element.text}")

    read_elements(xml, end)
    return kept


def _is_computed(element: Element) -> bool:
    key = element.attributes.get("key", "") if element.tag == "MDI" else ""
    return element.tag in _COMPUTED or key.startswith(_COMPUTED_KEYS) or key in _SHOWN_KEYS
