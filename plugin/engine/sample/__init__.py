"""Sample imagery: procedurally painted aerial scenes and landscapes with known classes."""

from .captions import captions
from .classes import DEFAULT_GSD_M, SCENE_CLASSES
from .scene import paint_scene

__all__ = ["DEFAULT_GSD_M", "SCENE_CLASSES", "captions", "paint_scene"]
