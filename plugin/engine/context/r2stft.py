"""R2STFT: acquisition metadata of any origin as one text that a language encoder reads.

CCLS2T's template gives heterogeneous metadata files one text form. A reconstruction: the paper's
wording is not public, so slots, their order and their rounding are ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .period import Period, read_period
from .position import Position, geohash, read_number, read_position

#: The slots of a text in their order.
SLOTS = ("sensor", "resolution", "place", "time", "cloud", "level", "tree")

_MOST_CHARACTERS = 60


def r2stft(properties: Mapping[str, Any], *, tree_path: Sequence[str] | None = None) -> str:
    """Return the acquisition metadata of an image as canonical text.

    Such as ``sensor sentinel-2b msi | gsd 10 m | lat 48.2 N, lon 16.4 E, geohash u2ed | summer,
    July, 2023, local hour 11 | cloud 5 % | level L2A | tree transport > airport``. Slots of which
    nothing is known are left out; the text is empty where nothing is known at all. Equal facts
    give equal text: names are in lower case, positions are rounded to 0.1 degrees, and most tiles
    of a scene therefore share their text, which is then encoded once.

    Args:
        properties: STAC item properties: ``datetime`` or ``start_datetime`` and ``end_datetime``,
            ``platform``, ``constellation``, ``instruments``, ``gsd`` (metres), ``eo:cloud_cover``
            (percent), ``proj:centroid`` (``lat``, ``lon``), ``processing:level``, and ``place``, a
            name. What is absent or of another type is left out; nothing is ever raised for it.
        tree_path: names from the root of a semantic tree to the scene's class.
    """
    return join_slots(r2stft_slots(properties, tree_path=tree_path))


def r2stft_slots(
    properties: Mapping[str, Any], *, tree_path: Sequence[str] | None = None
) -> dict[str, str]:
    """Return the text of each slot of which something is known; see ``SLOTS`` and ``r2stft``.

    Training drops some of them at random before ``join_slots``.
    """
    position, period = read_position(properties), read_period(properties)
    found = {
        "sensor": _sensor(properties),
        "resolution": _resolution(properties),
        "place": _place(properties, position),
        "time": _time(period, position),
        "cloud": _cloud(properties),
        "level": _named("level", properties.get("processing:level")),
        "tree": _tree(tree_path or ()),
    }
    return {name: found[name] for name in SLOTS if found[name]}


def join_slots(slots: Mapping[str, str]) -> str:
    """Return the text of some slots, always in the order of ``SLOTS``."""
    return " | ".join(slots[name] for name in SLOTS if name in slots)


def _sensor(properties: Mapping[str, Any]) -> str:
    instruments = properties.get("instruments")
    names = [properties.get("platform"), properties.get("constellation")]
    names += [instruments] if isinstance(instruments, str) else _items(instruments)
    kept: list[str] = []
    for name in (_plain(name).lower() for name in names):
        # sentinel-2 says nothing beside sentinel-2b
        if name and not any(name in other for other in kept):
            kept.append(name)
    return " ".join(["sensor", *kept]) if kept else ""


def _resolution(properties: Mapping[str, Any]) -> str:
    gsd = read_number(properties.get("gsd"))
    if gsd is None or gsd <= 0:
        return ""
    return f"gsd {_two_digits(gsd)} m"


def _two_digits(number: float) -> str:
    """Return a number rounded to two digits, without an exponent."""
    rounded = float(f"{number:.1e}")
    return f"{rounded:.12f}".rstrip("0").rstrip(".") if rounded < 1e12 else f"{rounded:.0f}"


def _place(properties: Mapping[str, Any], position: Position | None) -> str:
    parts = [_named("place", properties.get("place"))]
    if position is not None:
        parts.append(f"lat {_degrees(position.lat, 'N', 'S')}")
        parts.append(f"lon {_degrees(position.lon, 'E', 'W')}")
        parts.append(f"geohash {geohash(position)}")
    return ", ".join(filter(None, parts))


def _degrees(value: float, positive: str, negative: str) -> str:
    rounded = round(value, 1)
    return f"{abs(rounded):.1f} {negative if rounded < 0 else positive}"


def _time(period: Period | None, position: Position | None) -> str:
    if period is None:
        return ""
    lon, lat = position or (None, None)
    hour = period.local_hour(lon)
    parts = (
        period.season(lat),
        period.month,
        None if period.year is None else str(period.year),
        None if hour is None else f"local hour {int(hour)}",
    )
    return ", ".join(part for part in parts if part)


def _cloud(properties: Mapping[str, Any]) -> str:
    cover = read_number(properties.get("eo:cloud_cover"))
    return f"cloud {round(cover)} %" if cover is not None and 0 <= cover <= 100 else ""


def _tree(path: Sequence[str]) -> str:
    names = [name for name in map(_plain, path) if name]
    return "tree " + " > ".join(names) if names else ""


def _named(label: str, value: object) -> str:
    text = _plain(value)
    return f"{label} {text}" if text else ""


def _items(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


def _plain(value: object) -> str:
    """Return one line of text without the characters that separate slots and their parts."""
    if not isinstance(value, str):
        return ""
    return " ".join(re.sub(r"[|,>\x00-\x1f\x7f]", " ", value).split())[:_MOST_CHARACTERS].strip()
