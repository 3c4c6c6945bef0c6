"""Which hit of a layer is the selected one, for its label and its place among the others.

Tiles of several dates lie on one another, box on box. The selected one is drawn last, bears its
own rank and day, and those under it bear none. The style reads this from variables of the layer:
asking QGIS for the selection itself would have the drawing threads wait for the main one.
"""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsExpressionContextUtils, QgsVectorLayer

from ..hit import Hit

_TILE, _COVERED = "scene_search_selected", "scene_search_covered"

#: Expressions for the style of a layer of hits.
IS_SELECTED = f'coalesce("tile" = @{_TILE}, false)'
PRIORITY = f"if({IS_SELECTED}, 10, 5)"
SHOWS_RANK = f"coalesce(strpos(@{_COVERED}, ',' || \"tile\" || ','), 0) = 0"
RANK_LABEL = (
    f'if({IS_SELECTED} and "acquired" is not null, '
    '"rank" || \' · \' || format_date("acquired", \'yyyy-MM-dd\'), to_string("rank"))'
)


def label_selected(layer: QgsVectorLayer, selected: Hit | None, hits: Iterable[Hit]) -> None:
    """Have ``selected`` bear its rank and day on the map, and no other rank inside it.

    Args:
        layer: the layer of the hits.
        selected: None where nothing is selected.
        hits: all hits of the layer.
    """
    covered = ""
    if selected is not None:
        box = selected.extent()
        tiles = (
            str(hit.tile)
            for hit in hits
            if hit.tile != selected.tile
            and hit.extent().intersects(box)
            and selected.geometry.contains(hit.geometry.centroid())  # where its rank would be
        )
        covered = f",{','.join(tiles)},"
    tile = "" if selected is None else str(selected.tile)
    if (QgsExpressionContextUtils.layerScope(layer).variable(_TILE) or "") == tile:
        return
    QgsExpressionContextUtils.setLayerVariable(layer, _TILE, tile)
    QgsExpressionContextUtils.setLayerVariable(layer, _COVERED, covered)
    layer.triggerRepaint()
