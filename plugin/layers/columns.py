"""How the fields of a layer are shown in its table, form and identify panel."""

from __future__ import annotations

from collections.abc import Mapping

from qgis.core import QgsAttributeTableConfig, QgsEditorWidgetSetup, QgsVectorLayer


def hide_field(layer: QgsVectorLayer, name: str) -> None:
    """Do not show a field, if the layer has it; its values stay, for expressions and exports."""
    place = layer.fields().indexOf(name)
    if place < 0:
        return
    layer.setEditorWidgetSetup(place, QgsEditorWidgetSetup("Hidden", {}))
    table = _table(layer)
    columns = table.columns()
    for column in columns:
        if column.name == name:
            column.hidden = True
    table.setColumns(columns)
    layer.setAttributeTableConfig(table)


def set_column_widths(layer: QgsVectorLayer, widths: Mapping[str, int]) -> None:
    """Give fields a width in the table, in pixels, that their values fit into."""
    table = _table(layer)
    columns = table.columns()
    for column in columns:
        column.width = widths.get(column.name, column.width)
    table.setColumns(columns)
    layer.setAttributeTableConfig(table)


def _table(layer: QgsVectorLayer) -> QgsAttributeTableConfig:
    table = layer.attributeTableConfig()
    table.update(layer.fields())
    return table
