"""The attributes that a hit has on a map: their names and types, and a hit as a feature."""

from __future__ import annotations

from qgis.core import QgsFeature, QgsFields, QgsVectorLayer
from qgis.PyQt.QtCore import QDateTime, Qt

from .hit import Hit

#: Types as the memory provider spells them: they mean the same in every QGIS from 3.34 to 4,
#: unlike those of QgsField.
HIT_FIELDS: tuple[tuple[str, str], ...] = (
    ("rank", "integer"),
    ("score", "double"),
    ("hamming", "integer"),
    ("match", "double"),  # empty where it was not re-ranked
    ("tile", "int8"),
    ("source", "string(0)"),  # no limit: paths can be long
    ("acquired", "datetime"),
    ("scale", "double"),
)


def hit_fields_uri() -> str:
    """Return the fields as the memory provider takes them in a URI."""
    return "&".join(f"field={name}:{kind}" for name, kind in HIT_FIELDS)


def hit_fields() -> QgsFields:
    """Return the fields of a hit, the same in every layer of hits."""
    return QgsFields(QgsVectorLayer(f"None?{hit_fields_uri()}", "", "memory").fields())


def hit_feature(hit: Hit, fields: QgsFields) -> QgsFeature:
    """Return a hit as a feature.

    Args:
        hit: what was found; its footprint is in WGS 84.
        fields: from :func:`hit_fields`.
    """
    feature = QgsFeature(fields)
    feature.setGeometry(hit.geometry)
    values = {name: getattr(hit, name) for name, _ in HIT_FIELDS}
    values["acquired"] = _when(hit.acquired)
    feature.setAttributes(list(values.values()))
    return feature


def _when(acquired: str) -> QDateTime | None:
    moment = QDateTime.fromString(acquired, Qt.DateFormat.ISODate)
    return moment if moment.isValid() else None
