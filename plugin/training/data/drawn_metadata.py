"""Invented acquisition metadata for benchmarks whose images carry none.

UC Merced and AID are bare JPEG files: neither date nor place nor sensor of any image is known.
What is drawn here is **synthetic**. It keeps to what is published of a whole set, namely where
its images come from and how fine they are, and knows nothing of the single image: its season may
contradict the trees in it, its place may lie inland for a beach. From it a system learns to read
the form of metadata texts and to use them beside what an image shows, not geography.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the images of a set may come from.

    Attributes:
        areas: west, south, east, north in degrees, each as likely as any other.
        sensors: STAC platform with its instruments and finest and coarsest ground sampling
            distance in metres; drawn with equal chances.
        years: first and last.
    """

    areas: tuple[tuple[float, float, float, float], ...]
    sensors: tuple[tuple[str, tuple[str, ...], float, float], ...]
    years: tuple[int, int]


#: UC Merced: aerial photographs of US towns at 0.3 m (Yang and Newsam, 2010).
_UCM = Origin(
    areas=((-123.0, 32.5, -115.0, 48.0), (-115.0, 31.5, -96.0, 41.0), (-96.0, 26.0, -71.0, 43.5)),
    sensors=(("aerial", ("rgb camera",), 0.3, 0.3), ("aerial", (), 0.3, 0.3)),
    years=(2002, 2010),
)
#: AID: Google Earth pictures from China, the United States, Europe and Japan, 0.5–8 m (Xia et
#: al., 2017), here at a quarter of their size. What took them is unknown; these could have.
_AID = Origin(
    areas=(
        (100.0, 22.0, 122.0, 42.0), (-123.0, 30.0, -72.0, 47.0), (-5.0, 41.0, 14.0, 54.0),
        (130.5, 32.0, 141.5, 41.0),
    ),
    sensors=(
        ("worldview-2", ("wv110",), 2.0, 8.0), ("geoeye-1", (), 2.0, 8.0),
        ("quickbird-2", (), 2.4, 10.0), ("ikonos-2", (), 4.0, 12.0), ("spot-5", (), 10.0, 32.0),
        ("aerial", (), 2.0, 4.0),
    ),
    years=(2002, 2016),
)  # fmt: skip
#: Anything else: the satellites and aircraft that users have, anywhere people live.
_ANYWHERE = Origin(
    areas=(
        (-125.0, 26.0, -68.0, 50.0), (-75.0, -38.0, -38.0, 5.0), (-10.0, 36.0, 40.0, 60.0),
        (-15.0, -34.0, 48.0, 34.0), (68.0, 8.0, 145.0, 50.0), (114.0, -38.0, 153.0, -12.0),
    ),
    sensors=(
        ("sentinel-2a", ("msi",), 10.0, 10.0), ("sentinel-2b", ("msi",), 10.0, 10.0),
        ("landsat-8", ("oli",), 15.0, 30.0), ("gaofen-1", ("pms",), 2.0, 8.0),
        ("gaofen-2", ("pms",), 0.8, 3.2), ("worldview-3", ("wv110",), 0.3, 1.2),
        ("pleiades-1a", (), 0.5, 2.0), ("naip", (), 0.6, 1.0), ("aerial", (), 0.1, 0.6),
    ),
    years=(1999, 2025),
)  # fmt: skip

#: By the name of a set, see ``data.captioned_images``.
ORIGINS: Mapping[str, Origin] = {"ucm-captions": _UCM, "rsicd": _AID}


def origin_of(name: str) -> Origin:
    """Return where the images of a set may come from; anywhere for a set that is not known."""
    return ORIGINS.get(name, _ANYWHERE)


def draw_properties(origin: Origin, rng: np.random.Generator) -> dict[str, Any]:
    """Return STAC item properties of one invented acquisition.

    Days are spread evenly over the years; the sun stands high, between 9 and 15 o'clock, as it
    does in most imagery; few images have clouds.
    """
    west, south, east, north = origin.areas[rng.integers(len(origin.areas))]
    platform, instruments, finest, coarsest = origin.sensors[rng.integers(len(origin.sensors))]
    lon, lat = float(rng.uniform(west, east)), float(rng.uniform(south, north))
    year = int(rng.integers(origin.years[0], origin.years[1] + 1))
    day = np.datetime64(f"{year}-01-01") + int(rng.integers(365))
    seconds = round((float(rng.uniform(9.0, 15.0)) - lon / 15) % 24 * 3600) % 86_400
    properties: dict[str, Any] = {
        "datetime": f"{day}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z",
        "platform": platform,
        "gsd": float(finest * (coarsest / finest) ** rng.random()),
        "eo:cloud_cover": round(float(rng.beta(0.6, 6.0)) * 100),
        "proj:centroid": {"lat": lat, "lon": lon},
    }
    if instruments:
        properties["instruments"] = list(instruments)
    return properties
