"""The scene classes that can be drawn, named like the folders of the UC Merced data set."""

from __future__ import annotations

SCENE_CLASSES: tuple[str, ...] = (
    "agricultural",
    "airplane",
    "baseballdiamond",
    "beach",
    "buildings",
    "chaparral",
    "denseresidential",
    "forest",
    "freeway",
    "golfcourse",
    "harbor",
    "intersection",
    "mediumresidential",
    "mobilehomepark",
    "overpass",
    "parkinglot",
    "river",
    "runway",
    "sparseresidential",
    "storagetanks",
    "tenniscourt",
)

#: Ground size of one sample pixel in metres where the caller does not choose; that of UC Merced.
DEFAULT_GSD_M = 0.3
