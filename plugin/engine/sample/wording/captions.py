"""Sentences that describe a painted scene, in the manner of UCM-captions and RSICD."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..chip_view import ChipView
from ..classes import DEFAULT_GSD_M, SCENE_CLASSES
from ..scene import scene_drawing
from . import built as describe_built
from . import land as describe_land
from . import traffic as describe_traffic

_WRITERS: dict[str, Callable[[ChipView], list[str]]] = {
    "agricultural": describe_land.agricultural,
    "airplane": describe_traffic.airplane,
    "baseballdiamond": describe_land.baseballdiamond,
    "beach": describe_land.beach,
    "buildings": describe_built.buildings,
    "chaparral": describe_land.chaparral,
    "denseresidential": lambda v: describe_built.housing(v, "dense"),
    "forest": describe_land.forest,
    "freeway": describe_traffic.freeway,
    "golfcourse": describe_land.golfcourse,
    "harbor": describe_traffic.harbor,
    "intersection": describe_traffic.intersection,
    "mediumresidential": lambda v: describe_built.housing(v, "medium"),
    "mobilehomepark": describe_built.mobilehomepark,
    "overpass": describe_traffic.overpass,
    "parkinglot": describe_traffic.parkinglot,
    "river": describe_land.river,
    "runway": describe_traffic.runway,
    "sparseresidential": describe_built.sparseresidential,
    "storagetanks": describe_built.storagetanks,
    "tenniscourt": describe_land.tenniscourt,
}


def scene_counts(
    scene_class: str, seed: int, size: int = 256, gsd_m: float = DEFAULT_GSD_M
) -> dict[str, int]:
    """Return how many things of each kind have their middle in the picture."""
    drawing, _ = scene_drawing(scene_class, seed, size * gsd_m)
    view = ChipView(drawing, size * gsd_m)
    return {kind: view.count(kind)[0] for kind in drawing.marks}


def captions(
    scene_class: str, seed: int, size: int = 256, gsd_m: float = DEFAULT_GSD_M
) -> list[str]:
    """Describe the scene that ``paint_scene`` draws for the same arguments.

    Args:
        scene_class: one of ``SCENE_CLASSES``.
        seed: chooses the scene.
        size: edge of the picture in pixels.
        gsd_m: ground size of a pixel in metres.

    Returns:
        Five different English sentences. Numbers and colours are those of the picture.

    Raises:
        UsageError: for an unknown class or a negative seed.
    """
    drawing, _ = scene_drawing(scene_class, seed, size * gsd_m)
    sentences = list(dict.fromkeys(_WRITERS[scene_class](ChipView(drawing, size * gsd_m))))
    rng = np.random.default_rng((seed, SCENE_CLASSES.index(scene_class), 3))
    chosen = rng.permutation(len(sentences))[:5]
    return [sentences[i] for i in chosen]
