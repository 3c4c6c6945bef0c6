"""Whose bands the numbers of a raster are: band 4 is red on Sentinel-2 and infrared on Landsat 5.

A number says something only where the sensor is known: from metadata, from the name of a product,
or from a set of numbers that one sensor alone has. "Band 1" to "Band 4" is how software counts the
bands of any file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

#: A band's number as products write it, such as ``4`` or ``8A``.
Number = str


@dataclass(frozen=True, slots=True)
class Sensor:
    """A sensor whose bands are known by number.

    Attributes:
        name: for people.
        colours: numbers of the bands that are shown as red, green and blue.
    """

    name: str
    colours: tuple[Number, Number, Number]


SENTINEL_2 = Sensor("Sentinel-2 MSI", ("4", "3", "2"))
OLI = Sensor("Landsat 8 and 9 OLI", ("4", "3", "2"))
TM = Sensor("Landsat 4 to 7 TM and ETM+", ("3", "2", "1"))
#: The scanner before TM saw no blue: shown as usual, infrared, red and green.
MSS_EARLY = Sensor("Landsat 1 to 3 MSS", ("7", "5", "4"))
MSS_LATE = Sensor("Landsat 4 and 5 MSS", ("4", "2", "1"))
MODIS = Sensor("MODIS", ("1", "4", "3"))

_BEFORE, _AFTER = r"(?<![a-z0-9])", r"(?![a-z0-9])"

#: What names a sensor, in names of products and in words of metadata; the first match counts.
_NAMED: tuple[tuple[re.Pattern[str], Sensor], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), sensor)
    for pattern, sensor in (
        (_BEFORE + r"(sentinel[-_ ]?2[a-d]?|s2[a-d])" + _AFTER, SENTINEL_2),
        (r"^t\d{2}[c-x][a-z]{2}_\d{8}t\d{6}_", SENTINEL_2),
        (_BEFORE + r"hls\.s30\.", SENTINEL_2),
        (_BEFORE + r"hls\.l30\.", OLI),
        # LC08_L1TP_…, and LC81900262013… as scenes were called before 2017
        (_BEFORE + r"l[co]0?[89](_|\d{13})", OLI),
        (_BEFORE + r"l(t0?[45]|e0?7)(_|\d{13})", TM),
        (_BEFORE + r"lm0?[123](_|\d{13})", MSS_EARLY),
        (_BEFORE + r"lm0?[45](_|\d{13})", MSS_LATE),
        (r"^(?=.*" + _BEFORE + "mss" + _AFTER + r").*landsat[-_ ]?0?[45]" + _AFTER, MSS_LATE),
        (_BEFORE + r"landsat[-_ ]?0?[89]" + _AFTER, OLI),
        (_BEFORE + r"landsat[-_ ]?0?[4-7]" + _AFTER, TM),
        (_BEFORE + r"landsat[-_ ]?0?[1-3]" + _AFTER, MSS_EARLY),
        (_BEFORE + r"(mod|myd|mcd)(09|13|43)[a-z0-9]{2}" + _AFTER, MODIS),
        (_BEFORE + r"modis" + _AFTER, MODIS),
    )
)

#: ``4``, ``B04``, ``B8A``, ``Band 4``, ``band_4``, ``SR_B4``, also before or after other words.
_NUMBER = re.compile(
    r"^(?:(?P<landsat>sr|toa|st)_)?(?:b|band)?[ _-]?0*(?P<first>\d{1,2}a?)(?![a-z0-9.])"
    r"|(?:^|[_.])(?:(?P<product>sr)_)?b0*(?P<last>\d{1,2}a?)(?:_\d{2}m)?(?:\.\w{2,4})?$",
    re.IGNORECASE,
)


#: Red, green and blue of PlanetScope's analytic products by number of bands: 4 are blue, green, red
#: and infrared; 8 are coastal, blue, two greens, yellow, red, red edge and infrared.
_PLANETSCOPE = re.compile(r"_3B_AnalyticMS(_|\.|$)", re.IGNORECASE)
_PLANETSCOPE_BANDS = {4: (3, 2, 1), 8: (6, 4, 2)}


def bands_of_product(name: str, count: int) -> tuple[int, int, int] | None:
    """Return the bands shown as red, green and blue of a product known by its file's name.

    Args:
        name: of the file.
        count: number of its bands but masks.
    """
    return _PLANETSCOPE_BANDS.get(count) if _PLANETSCOPE.search(name) else None


def named_sensor(texts: Iterable[str]) -> Sensor | None:
    """Return the sensor that the first text to name one names, None without."""
    for text in texts:
        for pattern, sensor in _NAMED:
            if pattern.search(text):
                return sensor
    return None


def band_number(name: str) -> Number | None:
    """Return the number in a band's name, such as ``4`` in ``SR_B4`` and ``8A``; None without."""
    match = _NUMBER.search(name)
    if match is None:
        return None
    return str(match["first"] or match["last"]).upper()


def sensor_of_numbers(names: Mapping[int, str]) -> Sensor | None:
    """Return the one sensor that has bands of these numbers, None where several could.

    Args:
        names: of the bands, by their places in the file from 1.
    """
    numbers = {place: number for place, name in names.items() if (number := band_number(name))}
    found = set(numbers.values())
    if "8A" in found:
        return SENTINEL_2
    if all(number == str(place) for place, number in numbers.items()) and not _is_landsat(names):
        return None  # the places in the file, which any software writes
    return _by_gaps(found, landsat=_is_landsat(names))


def _is_landsat(names: Mapping[int, str]) -> bool:
    """Whether bands are called as in Landsat's surface reflectance, ``SR_B1``."""
    matches = filter(None, map(_NUMBER.search, names.values()))
    return any((m["landsat"] or m["product"] or "").lower() == "sr" for m in matches)


def _by_gaps(found: Collection[Number], *, landsat: bool) -> Sensor | None:
    """Tell sensors by the numbers that a stack of theirs has and has not."""
    reflective = {"1", "2", "3", "4", "5"}
    if reflective | {"7"} <= set(found) and "6" not in found:
        return TM  # its sixth band is thermal, and left out
    if landsat:
        return OLI if "6" in found else None  # surface reflectance of TM has no sixth band
    if {"2", "3", "4"} <= set(found) and "1" not in found:
        # Beside blue, green and red: the fourth band of 10 m, or all of 30 m.
        if "8" in found:
            return SENTINEL_2
        if {"5", "6", "7"} <= set(found):
            return OLI
    return None
