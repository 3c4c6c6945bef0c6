"""Hits as a layer with attributes, styled by how well they fit."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsFeature, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication, QDateTime, Qt

from .columns import set_column_widths
from .hit import Hit
from .hits_style import style_hits_layer

#: Types as the memory provider spells them: they mean the same in every QGIS from 3.34 to 4.
HITS_FIELDS: tuple[tuple[str, str], ...] = (
    ("rank", "integer"),
    ("score", "double"),
    ("hamming", "integer"),
    ("match", "double"),  # empty where it was not re-ranked
    ("tile", "int8"),
    ("source", "string(0)"),  # no limit: paths can be long
    ("acquired", "datetime"),
    ("scale", "double"),
)


def build_hits_layer(hits: Sequence[Hit], name: str) -> QgsVectorLayer:
    """Return a memory layer (multipolygons in WGS 84) that holds ``hits``, with its style.

    Args:
        hits: best first.
        name: what the layer is called, such as the typed text.
    """
    fields = "&".join(f"field={field}:{kind}" for field, kind in HITS_FIELDS)
    layer = QgsVectorLayer(f"MultiPolygon?crs=EPSG:4326&index=yes&{fields}", name, "memory")
    features = []
    for hit in hits:
        feature = QgsFeature(layer.fields())
        feature.setGeometry(hit.geometry)
        feature.setAttributes(
            [
                hit.rank,
                hit.score,
                hit.hamming,
                hit.match,
                hit.tile,
                hit.source,
                _when(hit.acquired),
                hit.scale,
            ]
        )
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    dress_hits_layer(layer)
    return layer


def dress_hits_layer(layer: QgsVectorLayer) -> None:
    """Give a layer with the fields of hits its style and the names of its fields."""
    _name_fields(layer)
    layer.setDisplayExpression("'#' || \"rank\" || ' · ' || round(\"score\", 3)")
    style_hits_layer(layer)
    set_column_widths(layer, {"source": 360, "acquired": 150})


def _when(acquired: str) -> QDateTime | None:
    if not acquired:
        return None
    moment = QDateTime.fromString(acquired, Qt.DateFormat.ISODate)
    return moment if moment.isValid() else None


def _name_fields(layer: QgsVectorLayer) -> None:
    names = {
        "rank": _tr("Rank"),
        "score": _tr("Similarity"),
        "hamming": _tr("Bits that differ"),
        "match": _tr("Match"),
        "tile": _tr("Tile"),
        "source": _tr("Image"),
        "acquired": _tr("Acquired"),
        "scale": _tr("Scale"),
    }
    for name, shown in names.items():
        layer.setFieldAlias(layer.fields().indexOf(name), shown)


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("HitsLayer", text))
