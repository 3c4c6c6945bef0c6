"""Choosing the bands that show a raster in colour, and what tells valid pixels from nodata."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

Kind = Literal["rgb", "gray", "palette"]

#: Names of red, green and blue as product formats write them. The numbered ones are those of
#: Sentinel-2 and of Landsat 8 and 9, which agree.
_NAMES = (
    re.compile(r"^(red|r|b0?4|band[ _]?0?4|sr_b4)$|\bred\b(?!.{0,3}edge)", re.IGNORECASE),
    re.compile(r"^(green|g|b0?3|band[ _]?0?3|sr_b3)$|\bgreen\b", re.IGNORECASE),
    re.compile(r"^(blue|b|b0?2|band[ _]?0?2|sr_b2)$|\bblue\b", re.IGNORECASE),
)
_CODED = re.compile(r"^(b|band[ _]?|sr_b)(\d{1,2})a?\b", re.IGNORECASE)

#: Centre wavelengths of red, green and blue in micrometres, and how far off one may be.
_WAVELENGTHS = (0.66, 0.56, 0.48)
_WAVELENGTH_TOLERANCE = 0.04


@dataclass(frozen=True, slots=True)
class BandChoice:
    """The bands that a raster is shown with.

    Attributes:
        bands: band numbers from 1: three for ``rgb``, one for ``gray`` and ``palette``.
        kind: how the bands become colours.
    """

    bands: tuple[int, ...]
    kind: Kind


def choose_bands(dataset: DatasetReader | WarpedVRT) -> BandChoice:
    """Choose bands by colour interpretation, else names, else wavelengths, else the first three.

    Alpha bands are never chosen. Fewer than three other bands give a grey picture of the first,
    since two (radar polarisations, say) have no natural colours.
    """
    interpretations = dataset.colorinterp
    wanted = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
    if all(colour in interpretations for colour in wanted):
        return BandChoice(tuple(interpretations.index(colour) + 1 for colour in wanted), "rgb")
    data = [i for i, c in enumerate(interpretations, 1) if c != ColorInterp.alpha]
    if interpretations[data[0] - 1] == ColorInterp.palette:
        return BandChoice((data[0],), "palette")
    if len(data) < 3:
        return BandChoice((data[0],), "gray")
    for found in (_by_name(dataset, data), _by_wavelength(dataset, data)):
        if found is not None:
            return BandChoice(found, "rgb")
    return BandChoice(tuple(data[:3]), "rgb")


def _by_name(dataset: DatasetReader | WarpedVRT, data: list[int]) -> tuple[int, ...] | None:
    names = {band: (dataset.descriptions[band - 1] or "").strip() for band in data}
    found = []
    for pattern in _NAMES:
        match = [band for band, name in names.items() if name and pattern.search(name)]
        match = match or [band for band, name in names.items() if _matches_code(name, pattern)]
        if not match or match[0] in found:
            return None
        found.append(match[0])
    return tuple(found)


def _matches_code(name: str, pattern: re.Pattern[str]) -> bool:
    """Whether a name such as ``B04, central wavelength 665 nm`` begins with a known code."""
    code = _CODED.match(name)
    return code is not None and pattern.search(code.group(0)) is not None


def _by_wavelength(dataset: DatasetReader | WarpedVRT, data: list[int]) -> tuple[int, ...] | None:
    centres = {band: centre for band in data if (centre := _wavelength(dataset, band)) is not None}
    found = []
    for wanted in _WAVELENGTHS:
        if not centres:
            return None
        band = min(centres, key=lambda b: abs(centres[b] - wanted))
        if abs(centres[band] - wanted) > _WAVELENGTH_TOLERANCE or band in found:
            return None
        found.append(band)
    return tuple(found)


def _wavelength(dataset: DatasetReader | WarpedVRT, band: int) -> float | None:
    """Return a band's centre wavelength in micrometres from GDAL's or ENVI's metadata."""
    text = dataset.tags(band, ns="IMAGERY").get("CENTRAL_WAVELENGTH_UM")
    tags = {key.lower(): value for key, value in dataset.tags(band).items()}
    try:
        value = float(text if text is not None else tags.get("wavelength", ""))
    except ValueError:
        return None
    return value / 1000.0 if value > 50.0 else value
