"""How the map follows the selected result, as the analyst likes it."""

from __future__ import annotations

from qgis.core import QgsSettings

_FOLLOW = "scene_search/map_follows"
_FLASH = "scene_search/flash_hit"

#: "zoom" to the tile, "pan" to it at the scale there is, or "stay".
FOLLOW_WAYS = ("zoom", "pan", "stay")


def follow_way() -> str:
    """Return what the map does when a result is selected; it zooms unless told otherwise."""
    way = str(QgsSettings().value(_FOLLOW, "zoom"))
    return way if way in FOLLOW_WAYS else "zoom"


def set_follow_way(way: str) -> None:
    """Keep what the map does when a result is selected."""
    QgsSettings().setValue(_FOLLOW, way)


def flashes() -> bool:
    """Return whether the selected tile flashes on the map."""
    return bool(QgsSettings().value(_FLASH, True, type=bool))


def set_flashes(flash: bool) -> None:
    """Keep whether the selected tile flashes on the map."""
    QgsSettings().setValue(_FLASH, flash)
