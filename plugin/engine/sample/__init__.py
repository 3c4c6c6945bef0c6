"""Sample imagery: procedurally painted aerial scenes and landscapes with known classes."""

from .classes import DEFAULT_GSD_M, SCENE_CLASSES
from .landscape import Landscape
from .scene import paint_scene
from .wording.captions import captions
from .writer import write_sample

__all__ = [
    "DEFAULT_GSD_M",
    "SCENE_CLASSES",
    "Landscape",
    "captions",
    "paint_scene",
    "write_sample",
]
