"""When the sample rasters were taken: date, the light that goes with it, and the ground grid."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from affine import Affine
from pyproj import CRS, Geod, Transformer

from .canvas.light import Light


@dataclass(frozen=True, slots=True)
class Acquisition:
    """One raster of the sample.

    Attributes:
        place: word in the file name; acquisitions of one place show the same ground.
        place_seed: added to the sample's seed to choose the place.
        taken: local time.
        epsg: coordinate reference system.
        grid: word for it in the file name.
        lon: of the north-west corner in degrees.
        lat: of the north-west corner in degrees.
        share: edge as a share of the sample's size.
        gsd_m: ground size of a pixel in metres.
        dtype: ``uint8`` or ``uint16``.
        coast: whether the place lies by the sea.
        border: whether the image fills its raster only in part, as a turned strip does.
        visit: number of the visit to the place.
        dryness: of the region, 0 to 1.
    """

    place: str
    place_seed: int
    taken: datetime
    epsg: int
    grid: str
    lon: float
    lat: float
    share: float
    gsd_m: float
    dtype: str
    coast: bool = False
    border: bool = False
    visit: int = 0
    dryness: float = 0.35

    @property
    def file_name(self) -> str:
        """Name with place, grid and date, such as ``coast_utm_2023-06-14.tif``."""
        return f"{self.place}_{self.grid}_{self.taken:%Y-%m-%d}.tif"


#: What ``write_sample`` writes. The places are invented; their positions are on land.
ACQUISITIONS: tuple[Acquisition, ...] = (
    Acquisition("coast", 0, datetime(2023, 6, 14, 10, 42), 32629, "utm", -9.32, 39.46, 1.0, 0.4,
                "uint8", coast=True),
    Acquisition("coast", 0, datetime(2024, 1, 20, 11, 5), 32629, "utm", -9.32, 39.46, 1.0, 0.4,
                "uint16", coast=True, visit=1),
    Acquisition("valley", 101, datetime(2023, 9, 3, 10, 12), 4326, "wgs84", 2.31, 46.62, 0.625, 0.4,
                "uint8", border=True, dryness=0.2),
    Acquisition("town", 202, datetime(2022, 4, 28, 12, 20), 3857, "webmercator", -98.7, 39.1, 0.625,
                0.4, "uint8", dryness=0.65),
)  # fmt: skip


def light_at(taken: datetime, latitude: float, dryness: float, seed: int) -> Light:
    """Return the light at a local time and latitude.

    The sun's height follows from declination and hour angle; haze and exposure vary with ``seed``.
    """
    rng = np.random.default_rng((seed, taken.toordinal(), 4011))
    day = taken.timetuple().tm_yday
    declination = math.radians(23.44) * math.sin(2 * math.pi * (day - 81) / 365)
    hour = math.radians(15 * (taken.hour + taken.minute / 60 - 12))
    phi = math.radians(latitude)
    sine = math.sin(phi) * math.sin(declination) + math.cos(phi) * math.cos(declination) * math.cos(
        hour
    )
    elevation = math.asin(sine)
    east = -math.cos(declination) * math.sin(hour)
    north = math.cos(phi) * math.sin(declination) - math.sin(phi) * math.cos(
        declination
    ) * math.cos(hour)
    azimuth = math.degrees(math.atan2(east, north)) % 360
    season = ("winter", "spring", "summer", "autumn")[taken.month % 12 // 3]
    return Light(
        azimuth=azimuth,
        elevation=max(math.degrees(elevation), 24.0),
        season=season,
        dryness=dryness,
        haze=float(rng.uniform(0.02, 0.09)),
        exposure=float(rng.uniform(0.94, 1.1)),
        contrast=float(rng.uniform(1.0, 1.15)),
        warmth=float(rng.uniform(-0.3, 0.5)),
        saturation=float(rng.uniform(0.8, 1.0)),
        blur=float(rng.uniform(0.4, 0.6)),
        noise=float(rng.uniform(1.5, 3.0)),
        depth=float(rng.uniform(0.55, 0.66)),
    )


def ground_transform(acquisition: Acquisition) -> Affine:
    """Return the transform whose pixels are ``gsd_m`` on the ground, in the raster's CRS units."""
    lon, lat, gsd = acquisition.lon, acquisition.lat, acquisition.gsd_m
    crs = CRS.from_epsg(acquisition.epsg)
    if crs.is_geographic:
        geod = Geod(ellps="WGS84")
        east, _, _ = geod.fwd(lon, lat, 90, 1000)
        _, south, _ = geod.fwd(lon, lat, 180, 1000)
        return Affine((east - lon) / 1000 * gsd, 0, lon, 0, -(lat - south) / 1000 * gsd, lat)
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
    stretch = 1 / math.cos(math.radians(lat)) if acquisition.epsg == 3857 else 1.0
    step = gsd * stretch
    # Whole pixels from the origin of the grid, as products are usually cut.
    return Affine(step, 0, round(x / step) * step, 0, -step, round(y / step) * step)
