"""Choosing the bands that show a raster in colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rasterio.enums import ColorInterp
from rasterio.io import DatasetReader
from rasterio.vrt import WarpedVRT

from ....source_files import names
from ...errors import RasterError
from ..acquisition.acquisition import file_acquisition
from .sensor_bands import band_number, bands_of_product, named_sensor, sensor_of_numbers

Kind = Literal["rgb", "gray", "palette"]
_Found = tuple[int, ...] | None

_COLOURS = ("red", "green", "blue")

#: Beside the word for a colour these mean another part of the spectrum: red edge, coastal blue.
_OTHER_LIGHT = frozenset(
    ("edge", "infra", "infrared", "nir", "swir", "coastal", "coast", "aerosol", "ultra", "deep")
)

#: Centre wavelengths of red, green and blue in micrometres, and how far off one may be.
_WAVELENGTHS = (0.66, 0.56, 0.48)
_WAVELENGTH_TOLERANCE = 0.04
_WAVELENGTH = re.compile(r"(\d+(?:\.\d+)?) ?(nm|nanomet|µm|um\b|micromet)", re.IGNORECASE)

#: Metadata that tells what took the picture.
_SENSOR_TAGS = frozenset(
    f"{what}{kind}"
    for what in ("SATELLITE", "SPACECRAFT", "PLATFORM", "SENSOR", "INSTRUMENT", "MISSION")
    for kind in ("", "ID", "_ID", "NAME", "_NAME")
)


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
    """Choose bands by what the file says of them, else the first three.

    In this order: GDAL's colour interpretation, words for colours, wavelengths, band numbers
    where the sensor is known, and products known by name (see ``sensor_bands``). GDAL calls the
    first three bands of any 8-bit TIFF red, green and blue unless its writer said otherwise, so
    there the others go first.

    Alpha bands are never chosen. Fewer than three other bands give a grey picture of the first,
    since two (radar polarisations, say) have no natural colours.

    Raises:
        RasterError: there is no band but a mask.
    """
    interpretations = dataset.colorinterp
    data = [i for i, c in enumerate(interpretations, 1) if c != ColorInterp.alpha]
    if not data:
        raise RasterError(f"{Path(_file_name(dataset)).name} has no band but a mask")
    coloured = _by_interpretation(dataset)
    if coloured is not None and not _is_automatic(dataset, coloured):
        return BandChoice(coloured, "rgb")
    if interpretations[data[0] - 1] == ColorInterp.palette:
        return BandChoice((data[0],), "palette")
    if len(data) < 3:
        return BandChoice((data[0],), "gray")
    described = {band: (dataset.descriptions[band - 1] or "").strip() for band in data}
    found = (
        _by_word(described)
        or _by_wavelength(dataset, described)
        or _by_number(dataset, described)
        or bands_of_product(Path(names.file_of(_file_name(dataset))).name, len(data))
        or coloured
    )
    return BandChoice(found or tuple(data[:3]), "rgb")


def _by_interpretation(dataset: DatasetReader | WarpedVRT) -> _Found:
    interpretations = dataset.colorinterp
    wanted = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
    if not all(colour in interpretations for colour in wanted):
        return None
    return tuple(interpretations.index(colour) + 1 for colour in wanted)


def _is_automatic(dataset: DatasetReader | WarpedVRT, found: tuple[int, ...]) -> bool:
    """Whether colours may be no more than what GDAL calls the first bands of an 8-bit TIFF."""
    return found == (1, 2, 3) and dataset.dtypes[0] == "uint8"


def _by_word(described: dict[int, str]) -> _Found:
    """Choose the bands whose names have the word for a colour, the shortest name first."""
    best: dict[str, tuple[int, int]] = {}
    for band, name in described.items():
        words = _words(name)
        colours = [colour for colour in _COLOURS if colour in words]
        if len(words) == 1:
            colours = [colour for colour in _COLOURS if words[0] in (colour, colour[0])]
        if len(colours) != 1 or _OTHER_LIGHT & set(words):
            continue
        [colour] = colours
        best[colour] = min(best.get(colour, (len(words), band)), (len(words), band))
    return _three(best[colour][1] if colour in best else None for colour in _COLOURS)


def _words(name: str) -> list[str]:
    """Return the words of a name in lower case, without the word band: ``RedEdge_1`` has three."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    words = re.findall(r"[^\W\d_]+|\d+", apart.lower())
    return [word for word in words if word not in ("band", "channel")]


def _by_wavelength(dataset: DatasetReader | WarpedVRT, described: dict[int, str]) -> _Found:
    centres = {
        band: centre
        for band, name in described.items()
        if (centre := _wavelength(dataset, band, name)) is not None
    }
    if not centres:
        return None

    def nearest(wanted: float) -> int | None:
        band = min(centres, key=lambda b: abs(centres[b] - wanted))
        return band if abs(centres[band] - wanted) <= _WAVELENGTH_TOLERANCE else None

    return _three(map(nearest, _WAVELENGTHS))


def _wavelength(dataset: DatasetReader | WarpedVRT, band: int, name: str) -> float | None:
    """Return a band's centre wavelength in micrometres, from metadata or its name."""
    text = dataset.tags(band, ns="IMAGERY").get("CENTRAL_WAVELENGTH_UM")
    tags = {key.lower(): value for key, value in dataset.tags(band).items()}
    try:
        value = float(text if text is not None else tags.get("wavelength", ""))
    except ValueError:
        match = _WAVELENGTH.search(name)
        if match is None:
            return None
        value = float(match[1])
    return value / 1000.0 if value > 50.0 else value


def _by_number(dataset: DatasetReader | WarpedVRT, described: dict[int, str]) -> _Found:
    numbers: dict[str, int] = {}
    for band, name in described.items():
        number = band_number(name)
        if number is not None:
            numbers.setdefault(number, band)
    if len(numbers) < 3:
        return None
    sensor = named_sensor(_told(dataset, described)) or sensor_of_numbers(described)
    return None if sensor is None else _three(map(numbers.get, sensor.colours))


def _told(dataset: DatasetReader | WarpedVRT, described: dict[int, str]) -> Iterator[str]:
    """Yield what may name the sensor of a raster, the most trustworthy first."""
    path = Path(names.file_of(_file_name(dataset)))
    acquisition = file_acquisition(path)
    yield " ".join(filter(None, (acquisition.sensor, *acquisition.instruments)))
    file = dataset.src_dataset if isinstance(dataset, WarpedVRT) else dataset
    tags = {**file.tags(ns="IMAGERY"), **file.tags()}
    yield " ".join(value for key, value in sorted(tags.items()) if key.upper() in _SENSOR_TAGS)
    yield path.name
    yield from described.values()


def _file_name(dataset: DatasetReader | WarpedVRT) -> str:
    return str(dataset.src_dataset.name if isinstance(dataset, WarpedVRT) else dataset.name)


def _three(bands: Iterator[int | None]) -> _Found:
    """Return the bands if they are three and none is missing."""
    found = tuple(band for band in bands if band is not None)
    return found if len(set(found)) == len(_COLOURS) else None
