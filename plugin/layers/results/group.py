"""The "Scene Search" group in the layer tree, where every query's layers live."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject

from .own_layers import is_edited, is_own, is_untouched, mark_as_own, question_of

#: Marks the group, so that it is found again when the analyst or a translation renames it.
_MARK = "scene_search/results"


@dataclass(frozen=True, slots=True)
class Removal:
    """What was taken out of a project, to be put back.

    Attributes:
        layers: the layers, no longer the project's.
        kept: how many of the group's layers stayed because the analyst had edited them.
    """

    layers: tuple[_TakenLayer, ...]
    kept: int


@dataclass(frozen=True, slots=True)
class _TakenLayer:
    """A layer and where it was: in which group, at which place, ticked or not."""

    layer: QgsMapLayer
    groups: tuple[str, ...]
    place: int
    ticked: bool


class ResultsGroup:
    """Adds layers to the top of the tree and finds them again; never holds on to a node.

    The analyst may rename, move or delete the group, put layers of their own into it, take ours
    out, and close the project, at any time: everything is looked up anew, and only layers that
    this plugin made are touched. A layer that was moved out of the group, or a copy of one, is the
    analyst's own.
    """

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def group(self) -> QgsLayerTreeGroup:
        """Return the group, made at the top of the tree if it is not there."""
        found = next(self._groups(), None)
        if found is not None:
            return found
        made = self._project.layerTreeRoot().insertGroup(0, "Scene Search")
        made.setCustomProperty(_MARK, True)
        return made

    def add(self, layers: Sequence[QgsMapLayer]) -> None:
        """Put the ``layers`` of a question at the top of the group, first on top.

        Those of older questions are switched off: only the newest is shown on the map, the others
        stay a click away.
        """
        self.hide()
        mark_as_own(layers, question=True)
        group = self.group()
        for place, layer in enumerate(layers):
            self._project.addMapLayer(layer, False)
            node = group.insertLayer(place, layer)
            node.setExpanded(False)
        group.setItemVisibilityCheckedParentRecursive(True)
        group.setExpanded(True)

    def add_below(self, layer: QgsMapLayer) -> None:
        """Put ``layer`` at the bottom of the group, such as the index's coverage."""
        mark_as_own([layer], question=False)
        self._project.addMapLayer(layer, False)
        self.group().addLayer(layer).setExpanded(False)

    def hide(self) -> None:
        """Switch the layers of all questions off."""
        for node in self._own_nodes():
            if question_of(node.layer()):
                node.setItemVisibilityChecked(False)
                node.setExpanded(False)

    def clear(self) -> Removal:
        """Take the layers that this plugin made out of the group, and the group if it is empty.

        Those that the analyst has edited stay.
        """
        nodes = list(self._own_nodes())
        doomed = [node for node in nodes if not is_edited(node.layer())]
        taken = self._take(doomed)
        for group in list(self._groups()):
            parent = group.parent()
            if parent is not None and not group.children():
                parent.removeChildNode(group)
        return Removal(layers=taken, kept=len(nodes) - len(doomed))

    def restore(self, removal: Removal) -> None:
        """Put back what :meth:`clear` took out, where it was as far as that is still there."""
        for taken in removal.layers:
            self._project.addMapLayer(taken.layer, False)
            group = self.group()
            for name in taken.groups:
                group = group.findGroup(name) or group
            node = group.insertLayer(taken.place, taken.layer)
            node.setItemVisibilityChecked(taken.ticked)
            node.setExpanded(False)

    def forget_oldest(self, most: int) -> None:
        """Remove the layers of the oldest questions, so that at most ``most`` are left.

        Only those count, and only those are removed, that nobody has saved with a project,
        edited, renamed, ticked or moved out of the group.
        """
        questions: dict[str, list[QgsLayerTreeLayer]] = {}
        for node in self._own_nodes():  # the newest are on top
            questions.setdefault(question_of(node.layer()), []).append(node)
        questions.pop("", None)
        plain = [
            nodes
            for nodes in questions.values()
            if all(is_untouched(node.layer()) and not node.isVisible() for node in nodes)
        ]
        for nodes in plain[most:]:
            self._take(nodes)

    def layers(self) -> list[QgsMapLayer]:
        """Return the layers that this plugin has put into the group, topmost first."""
        return [node.layer() for node in self._own_nodes()]

    def _take(self, nodes: Sequence[QgsLayerTreeLayer]) -> tuple[_TakenLayer, ...]:
        marked = [(node, _TakenLayer(node.layer(), *_place(node))) for node in nodes]
        for _, taken in marked:
            self._project.takeMapLayer(taken.layer)
        return tuple(taken for _, taken in marked)

    def _own_nodes(self) -> Iterator[QgsLayerTreeLayer]:
        seen = set()  # a layer can be in the tree more than once
        for group in list(self._groups()):
            for node in group.findLayers():
                if is_own(node.layer()) and node.layerId() not in seen:
                    seen.add(node.layerId())
                    yield node

    def _groups(self) -> Iterator[QgsLayerTreeGroup]:
        """Find the group; a copy that the analyst made of it is marked as well."""
        for group in self._project.layerTreeRoot().findGroups(True):
            if group.customProperty(_MARK):
                yield group


def _place(node: QgsLayerTreeLayer) -> tuple[tuple[str, ...], int, bool]:
    """Return the names of the groups between the results' group and a layer, and the rest."""
    names: list[str] = []
    group = node.parent()
    while group is not None and not group.customProperty(_MARK):
        names.insert(0, group.name())
        group = group.parent()
    parent = node.parent()
    place = parent.children().index(node) if parent is not None else 0
    return tuple(names), place, bool(node.itemVisibilityChecked())
