"""Hits as a layer with attributes, styled by how well they fit."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from .columns import set_column_widths
from .hit import Hit
from .hit_features import hit_feature, hit_fields_uri
from .hits_style import style_hits_layer


def build_hits_layer(hits: Sequence[Hit], name: str) -> QgsVectorLayer:
    """Return a memory layer (multipolygons in WGS 84) that holds ``hits``, with its style.

    Args:
        hits: best first.
        name: what the layer is called, such as the typed text.
    """
    uri = f"MultiPolygon?crs=EPSG:4326&index=yes&{hit_fields_uri()}"
    layer = QgsVectorLayer(uri, name, "memory")
    features = [hit_feature(hit, layer.fields()) for hit in hits]
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
