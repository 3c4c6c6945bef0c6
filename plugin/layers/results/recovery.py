"""Brings back the results of a QGIS that was killed before its project was saved."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from qgis.core import QgsProject, QgsVectorLayer

from ..columns import hide_field
from ..hits_layer import dress_hits_layer
from ..region_layer import dress_region_layer
from .group import ResultsGroup
from .keeper import ResultsKeeper
from .store import ResultStore, remove_store


class Recovery:
    """Finds the stores that sessions have left behind, and shows what is in them again.

    Args:
        keeper: keeps results of the project.
        project: the project they are shown in.
    """

    def __init__(self, keeper: ResultsKeeper, project: QgsProject) -> None:
        self._keeper = keeper
        self._project = project

    def count(self) -> int:
        """Return how many layers can be brought back."""
        return sum(len(ResultStore(path).tables()) for path in self._left_behind())

    def bring_back(self) -> int:
        """Add the layers to the group of results; return how many there were.

        Raises:
            StorageError: if they cannot be written to the store of this session; then they are
                still where they were.
        """
        layers = [layer for path in self._left_behind() for layer in self._move(path)]
        group = ResultsGroup(self._project)
        for layer in layers:
            group.add([layer])
        return len(layers)

    def discard(self) -> None:
        """Remove them for good."""
        for path in self._left_behind():
            remove_store(path)

    def _move(self, path: Path) -> Iterable[QgsVectorLayer]:
        left = ResultStore(path).tables()
        store = self._keeper.session.store()
        names = store.copy(path, left)
        remove_store(path)
        for table in sorted(left):  # they begin with their time
            layer = QgsVectorLayer(f"{store.path}|layername={names[table]}", left[table], "ogr")
            if layer.fields().indexOf("rank") >= 0:
                dress_hits_layer(layer)
            else:
                dress_region_layer(layer)
            hide_field(layer, "fid")
            yield layer

    def _left_behind(self) -> list[Path]:
        with suppress(OSError):
            return self._keeper.session.left_behind(but=self._keeper.files_in_use())[::-1]
        return []
