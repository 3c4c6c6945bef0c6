"""The "Scene Search" group in the layer tree, where every query's layers live."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject

#: Marks the group, so that it is found again when the analyst or a translation renames it.
_MARK = "scene_search/results"


class ResultsGroup:
    """Adds layers to the top of the tree and finds them again; never holds on to a node.

    The analyst may rename, move or delete the group, and a project may be closed, at any time:
    everything is looked up anew.
    """

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def group(self) -> QgsLayerTreeGroup:
        """Return the group, made at the top of the tree if it is not there."""
        found = self._find()
        if found is not None:
            return found
        made = self._project.layerTreeRoot().insertGroup(0, "Scene Search")
        made.setCustomProperty(_MARK, True)
        return made

    def add(self, layers: Sequence[QgsMapLayer]) -> None:
        """Put ``layers`` at the top of the group, first on top; older ones are switched off.

        Only the newest question is shown on the map, the others stay a click away.
        """
        group = self.group()
        for node in group.children():
            node.setItemVisibilityChecked(False)
            node.setExpanded(False)
        for place, layer in enumerate(layers):
            self._project.addMapLayer(layer, False)
            node = group.insertLayer(place, layer)
            node.setExpanded(False)
        group.setItemVisibilityCheckedParentRecursive(True)
        group.setExpanded(True)

    def add_below(self, layer: QgsMapLayer) -> None:
        """Put ``layer`` at the bottom of the group, such as the index's coverage."""
        self._project.addMapLayer(layer, False)
        self.group().addLayer(layer).setExpanded(False)

    def clear(self) -> None:
        """Remove the group and its layers from the project."""
        group = self._find()
        if group is None:
            return
        self._project.removeMapLayers([node.layerId() for node in group.findLayers()])
        parent = group.parent()
        if parent is not None:
            parent.removeChildNode(group)

    def layers(self) -> list[QgsMapLayer]:
        """Return the layers in the group, topmost first."""
        group = self._find()
        nodes: list[QgsLayerTreeLayer] = [] if group is None else group.findLayers()
        return [node.layer() for node in nodes if node.layer() is not None]

    def _find(self) -> QgsLayerTreeGroup | None:
        root = self._project.layerTreeRoot()
        groups = root.findGroups(True)
        return next((group for group in groups if group.customProperty(_MARK)), None)
