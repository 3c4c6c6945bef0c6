"""Generated scenes of several seasons and sensors, with the metadata that goes with each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from scene_search.engine.sample import SCENE_CLASSES
from scene_search.engine.sample.canvas.light import random_light
from scene_search.engine.sample.canvas.noise import Patch
from scene_search.engine.sample.canvas.render import render, to_bytes
from scene_search.engine.sample.scene import scene_drawing
from scene_search.engine.sample.wording.captions import captions

#: Months of each season on the northern hemisphere.
MONTHS = {"winter": (12, 1, 2), "summer": (6, 7, 8)}
#: Platform → ground sampling distance in metres. The second is duller, softer and noisier.
SENSORS = {"naip": 0.3, "worldview-3": 0.6}
#: Middle of the area that all scenes lie in, degrees; they scatter by a degree around it.
PLACE = (5.0, 46.0)

_PIXELS = 256
#: Beyond the seeds that encoders are trained with.
_FIRST_SEED = 700_000_000


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture of the gallery.

    Attributes:
        scene_class: what it shows.
        season: ``winter`` or ``summer``.
        sensor: of ``SENSORS``.
        seed: chooses the scene.
        properties: STAC properties of its acquisition.
    """

    scene_class: str
    season: str
    sensor: str
    seed: int
    properties: dict[str, Any]

    def picture(self, size: int) -> npt.NDArray[np.uint8]:
        """Return the scene as its sensor sees it, uint8 (size, size, 3)."""
        gsd = SENSORS[self.sensor]
        drawing, light = scene_drawing(self.scene_class, self.seed, _PIXELS * gsd)
        if self.sensor != "naip":
            light = replace(
                light,
                saturation=0.75 * light.saturation,
                warmth=light.warmth - 0.4,
                haze=light.haze + 0.05,
                blur=0.9,
                noise=1.5 * light.noise,
            )
        patch = Patch(0, 0, _PIXELS, _PIXELS, gsd)
        chip = Image.fromarray(to_bytes(render([drawing], patch, light, self.seed % 65521)))
        return np.asarray(chip.resize((size, size), Image.Resampling.BILINEAR))

    def caption(self) -> str:
        """Return a sentence that describes what is seen."""
        return captions(self.scene_class, self.seed, _PIXELS, SENSORS[self.sensor])[0]


def gallery(each: int, seed: int = 0) -> list[Scene]:
    """Return ``each`` scenes of every class, season and sensor."""
    scenes = []
    rng = np.random.default_rng(seed)
    for scene_class in SCENE_CLASSES:
        for season in MONTHS:
            numbers = _seeds(scene_class, season, seed)
            for sensor in SENSORS:
                for _ in range(each):
                    properties = _properties(season, sensor, rng)
                    scenes.append(Scene(scene_class, season, sensor, next(numbers), properties))
    return scenes


def _seeds(scene_class: str, season: str, seed: int) -> Iterator[int]:
    """Yield seeds of scenes that are drawn in a season."""
    number = _FIRST_SEED + seed * 1_000_000
    while True:
        rng = np.random.default_rng((number, SCENE_CLASSES.index(scene_class), 2))
        if random_light(rng).season == season:
            yield number
        number += 1


def _properties(season: str, sensor: str, rng: np.random.Generator) -> dict[str, Any]:
    moment = datetime(
        int(rng.integers(2015, 2024)),
        int(rng.choice(MONTHS[season])),
        int(rng.integers(1, 29)),
        int(rng.integers(9, 14)),
        int(rng.integers(60)),
        tzinfo=timezone.utc,
    )
    lon, lat = (middle + float(rng.uniform(-1, 1)) for middle in PLACE)
    return {
        "datetime": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "platform": sensor,
        "gsd": SENSORS[sensor],
        "proj:centroid": {"lat": lat, "lon": lon},
    }
