"""Which layers of a project this plugin made, and what the analyst has made of them since."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from qgis.core import QgsMapLayer, QgsVectorLayer

#: The id of the layer that was made. A duplicate has this property too, but another id.
_MADE = "scene_search/made"
#: The same for the layers of one question: its region and its hits.
_QUESTION = "scene_search/question"
#: The name that the layer was given.
_NAME = "scene_search/name"
_EDITED = "scene_search/edited"
_SAVED = "scene_search/saved"


def mark_as_own(layers: Iterable[QgsMapLayer], *, question: bool) -> None:
    """Mark ``layers`` as made by this plugin; the mark is saved with the project.

    Args:
        layers: what has just been made.
        question: whether they belong to one question, rather than to an index.
    """
    number = uuid4().hex
    for layer in layers:
        layer.setCustomProperty(_MADE, layer.id())
        layer.setCustomProperty(_NAME, layer.name())
        if question:
            layer.setCustomProperty(_QUESTION, number)


def is_own(layer: QgsMapLayer | None) -> bool:
    """Whether this plugin made the layer; a copy that the analyst made of one is not."""
    return layer is not None and layer.customProperty(_MADE) == layer.id()


def is_of_results(layer: QgsMapLayer | None) -> bool:
    """Whether the layer is of a question, made by this plugin or a copy of one that was."""
    return layer is not None and bool(layer.customProperty(_QUESTION))


def question_of(layer: QgsMapLayer | None) -> str:
    """Return what the layers of one question have in common, or empty for other layers."""
    if layer is None or not is_own(layer):
        return ""
    return str(layer.customProperty(_QUESTION) or "")


def note_edit(layer: QgsMapLayer) -> None:
    """Keep in mind that the analyst has changed features or fields."""
    layer.setCustomProperty(_EDITED, True)


def is_edited(layer: QgsMapLayer) -> bool:
    """Whether the analyst has changed features or fields, or is about to."""
    pending = isinstance(layer, QgsVectorLayer) and layer.isModified()
    return pending or bool(layer.customProperty(_EDITED))


def note_saved(layer: QgsMapLayer) -> None:
    """Keep in mind that a saved project holds the layer."""
    layer.setCustomProperty(_SAVED, True)


def is_untouched(layer: QgsMapLayer) -> bool:
    """Whether nobody has saved, edited or renamed the layer since it was made."""
    return not (
        layer.customProperty(_SAVED)
        or is_edited(layer)
        or layer.name() != layer.customProperty(_NAME)
    )
