"""Hits of a search as features of a Processing output."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from qgis.core import (
    QgsFeatureSink,
    QgsFields,
    QgsMapLayer,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingLayerPostProcessorInterface,
    QgsVectorLayer,
)

from ..layers.hit import Hit
from ..layers.hit_features import hit_feature
from ..layers.hits_layer import dress_hits_layer
from .translation import tr

#: Characters of a long reason that are shown, from its beginning and from its end.
_SHOWN = 120


def write_hits(
    sink: QgsFeatureSink, fields: QgsFields, messages: Iterable[Mapping[str, Any]]
) -> int:
    """Write the engine's hits into ``sink`` and return how many there were.

    Raises:
        QgsProcessingException: if the output cannot take a feature (a full disk, for one).
    """
    count = 0
    for message in messages:
        feature = hit_feature(Hit.from_message(message), fields)
        if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
            raise output_error(sink.lastError())
        count += 1
    if not sink.flushBuffer():
        raise output_error(sink.lastError())
    return count


def output_error(reason: str) -> QgsProcessingException:
    """Return the error for an output that cannot be written.

    Args:
        reason: what QGIS says, which may hold pages of SQL with the cause at their end.
    """
    if len(reason) > 2 * _SHOWN:
        reason = f"{reason[:_SHOWN]} … {reason[-_SHOWN:]}"
    return QgsProcessingException(
        tr(
            "The hits cannot be written: {reason}. Choose a file in a folder that you may write "
            "to and that has space left"
        ).format(reason=reason.rstrip(". "))
    )


def style_when_loaded(context: QgsProcessingContext, layer_id: str, name: str) -> None:
    """Have the output styled by score and named ``name`` if QGIS loads it afterwards."""
    if not context.willLoadLayerOnCompletion(layer_id):
        return
    details = context.layerToLoadOnCompletionDetails(layer_id)
    if name and not details.forceName:
        details.name = name
    details.setPostProcessor(HitsStyler.create())


class HitsStyler(QgsProcessingLayerPostProcessorInterface):
    """Styles a loaded layer of hits as the dock does; QGIS calls it on the main thread."""

    #: QGIS keeps a bare pointer, so Python must keep the objects that it points to.
    _alive: list[HitsStyler] = []  # noqa: RUF012 - one list for all, on purpose

    @classmethod
    def create(cls) -> HitsStyler:
        """Return a styler that lives until it has styled its layer."""
        styler = cls()
        cls._alive.append(styler)
        return styler

    def postProcessLayer(  # noqa: N802 - Qt's name
        self,
        layer: QgsMapLayer,
        context: QgsProcessingContext,  # noqa: ARG002 - QGIS's signature
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - QGIS's signature
    ) -> None:
        """Style ``layer``; called by QGIS once it is in the project."""
        if isinstance(layer, QgsVectorLayer):
            dress_hits_layer(layer)
            layer.triggerRepaint()
        if self in self._alive:
            self._alive.remove(self)
