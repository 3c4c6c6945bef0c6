"""When, by what and how finely an image was taken, as far as its file says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from ...context.position import read_number
from ..raster import Raster
from .product_metadata import product_properties
from .stac_sidecar import stac_properties

_FIRST_YEAR = 1930

_FULL_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)(?P<s>[-_.]?)(?P<m>0[1-9]|1[0-2])(?P=s)(?P<d>0[1-9]|[12]\d|3[01])"
    r"(?:[T_-]?(?P<H>[01]\d|2[0-3])[:\-_]?(?P<M>[0-5]\d)[:\-_]?(?P<S>[0-5]\d))?(?!\d)"
)
#: Products that give the day of the year. Elsewhere ``2015_210`` is a year and a tile.
_DAY_OF_YEAR = (
    # MODIS, VIIRS: MOD09GA.A2010328.h18v04.061
    re.compile(r"\.A(?P<y>(?:19|20)\d\d)(?P<j>[0-3]\d\d)\.", re.IGNORECASE),
    # Landsat before its collections: LC81920302015210LGN01
    re.compile(r"^L[COTEM]\d{7}(?P<y>(?:19|20)\d\d)(?P<j>[0-3]\d\d)[A-Z]{3}\d\d", re.IGNORECASE),
    # 3420C_2010_327_RGB_LATLNG
    re.compile(r"^\d{4}[A-Z]_(?P<y>(?:19|20)\d\d)_(?P<j>[0-3]\d\d)_RGB_LATLNG", re.IGNORECASE),
)

#: File-name patterns of common products, and the platform they stand for.
_PLATFORMS = (
    (re.compile(r"^S2([ABC])_MSI", re.IGNORECASE), "sentinel-2{}"),
    (re.compile(r"^S1([ABCD])_", re.IGNORECASE), "sentinel-1{}"),
    (re.compile(r"^L[COT]0([4-9])_", re.IGNORECASE), "landsat-{}"),
    (re.compile(r"^LE0(7)_", re.IGNORECASE), "landsat-{}"),
    (re.compile(r"^T\d{2}[C-X][A-Z]{2}_\d{8}T\d{6}_", re.IGNORECASE), "sentinel-2"),
    (re.compile(r"^m_\d{7}_[ns][ew]_\d{2}_", re.IGNORECASE), "naip"),
)

_TAG_FORMATS = ("%Y:%m:%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y%m%d", "%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class Acquisition:
    """What is known of an image's origin; None where the file does not say.

    Attributes:
        acquired: time of acquisition, UTC.
        sensor: platform or instrument in lower case, as used to filter searches.
        gsd_m: ground sampling distance in metres.
        cloud_cover: percent.
        instruments: STAC instruments.
        level: level of processing, such as ``L2A``.
    """

    acquired: datetime | None = None
    sensor: str | None = None
    gsd_m: float | None = None
    cloud_cover: float | None = None
    instruments: tuple[str, ...] = ()
    level: str | None = None

    def to_stac(self) -> dict[str, Any]:
        """Return the properties of a STAC item; ``datetime`` is always there, None if unknown."""
        properties: dict[str, Any] = {"datetime": None}
        if self.acquired is not None:
            utc = self.acquired.astimezone(timezone.utc)
            properties["datetime"] = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        if self.sensor is not None:
            properties["platform"] = self.sensor
        if self.instruments:
            properties["instruments"] = list(self.instruments)
        if self.gsd_m is not None:
            properties["gsd"] = self.gsd_m
        if self.cloud_cover is not None:
            properties["eo:cloud_cover"] = self.cloud_cover
        if self.level is not None:
            properties["processing:level"] = self.level
        return properties


def read_acquisition(raster: Raster) -> Acquisition:
    """Read what a raster, its name and the files beside it say about its acquisition.

    The most trustworthy source that knows wins: STAC item, a Landsat or Sentinel-2 product's own
    metadata (see ``product_metadata``), GDAL's ``IMAGERY`` metadata, tags named after acquisition,
    a date in the file name, and last ``TIFFTAG_DATETIME``, which often is the time of processing.
    Never raises for odd metadata: what cannot be read is left out.
    """
    properties = _side_properties(raster.path)
    imagery = raster.dataset.tags(ns="IMAGERY")
    tags = {key.upper(): value for key, value in raster.dataset.tags().items()}
    name = raster.path.stem
    acquired = (
        _stac_moment(properties)
        or _parse_tag(imagery.get("ACQUISITIONDATETIME"))
        or _parse_tag(tags.get("ACQUISITIONDATETIME") or tags.get("ACQUISITION_DATE"))
        or date_in_name(name)
        or _parse_tag(tags.get("TIFFTAG_DATETIME"))
    )
    sensor = properties.get("platform") or imagery.get("SATELLITEID") or _platform_in_name(name)
    clouds = properties.get("eo:cloud_cover", imagery.get("CLOUDCOVER"))
    return Acquisition(
        acquired=acquired,
        sensor=str(sensor).lower() if sensor else None,
        gsd_m=round(raster.gsd_m(), 6),
        cloud_cover=_percent(clouds),
        instruments=_instruments(properties),
        level=_level(properties),
    )


def file_acquisition(path: Path) -> Acquisition:
    """Return what the files beside a file and its name say, without opening it."""
    properties = _side_properties(path)
    sensor = properties.get("platform") or _platform_in_name(path.stem)
    return Acquisition(
        acquired=_stac_moment(properties) or date_in_name(path.stem),
        sensor=str(sensor).lower() if sensor else None,
        gsd_m=read_number(properties.get("gsd")),
        cloud_cover=_percent(properties.get("eo:cloud_cover")),
        instruments=_instruments(properties),
        level=_level(properties),
    )


def date_in_name(name: str) -> datetime | None:
    """Return the first date, with its time if there, in a file name; None if there is none.

    Understood are ``20180716``, ``2018-07-16`` and ``2018.07.16``, each also followed by a time
    such as ``T101031``; ``2018_07_16`` only with a time, since a year and two numbers of tiles
    look alike; and the day of the year in the names of products that have it. A date that may be
    something else is none: a wrong one would lead searches astray.
    """
    for match in _FULL_DATE.finditer(name):
        year, month, day, hour, minute, second = (int(match[key] or 0) for key in "ymdHMS")
        try:
            moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
        except ValueError:
            continue
        if match["s"] == "_" and match["H"] is None:
            continue
        if _plausible(moment):
            return moment
    for pattern in _DAY_OF_YEAR:
        found = pattern.search(name)
        if found and 1 <= int(found["j"]) <= 366:
            start = datetime(int(found["y"]), 1, 1, tzinfo=timezone.utc)
            return _plausible(start + timedelta(days=int(found["j"]) - 1))
    return None


def _plausible(moment: datetime) -> datetime | None:
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    return moment if moment.year >= _FIRST_YEAR and moment <= tomorrow else None


def _parse_iso(text: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        # Fractions of a second in any length, which Python 3.10 does not read.
        moment = datetime.fromisoformat(re.sub(r"\.\d+", "", text.strip()).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _parse_tag(text: str | None) -> datetime | None:
    if not text:
        return None
    for pattern in _TAG_FORMATS:
        try:
            moment = datetime.strptime(text.strip(), pattern).replace(tzinfo=timezone.utc)
        except ValueError:
            continue
        return _plausible(moment)
    return _parse_iso(text)


def _platform_in_name(name: str) -> str | None:
    for pattern, platform in _PLATFORMS:
        match = pattern.match(name)
        if match:
            return platform.format(*match.groups()).lower()
    return None


def _percent(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if 0.0 <= number <= 100.0 else None


def _side_properties(path: Path) -> dict[str, Any]:
    """Return STAC properties from the files beside a raster; a STAC item comes first."""
    item = {key: value for key, value in stac_properties(path).items() if value is not None}
    return product_properties(path) | item


def _stac_moment(properties: Mapping[str, Any]) -> datetime | None:
    return _parse_iso(properties.get("datetime") or properties.get("start_datetime"))


def _level(properties: Mapping[str, Any]) -> str | None:
    level = properties.get("processing:level")
    return level if isinstance(level, str) and level else None


def _instruments(properties: Mapping[str, Any]) -> tuple[str, ...]:
    found = properties.get("instruments")
    return tuple(map(str, found)) if isinstance(found, list) else ()
