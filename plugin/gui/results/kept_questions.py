"""How many questions keep their layers in the group of results."""

from __future__ import annotations

from qgis.core import QgsSettings

_KEPT = "scene_search/kept_questions"
_USUAL = 50


def kept_questions() -> int:
    """Return how many answers that nobody has touched are kept beside the newest."""
    return max(1, int(QgsSettings().value(_KEPT, _USUAL, type=int)))
