"""Sees to it that results are still there when a project is opened again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from qgis.core import QgsFeatureRequest, QgsMapLayer, QgsProject, QgsVectorLayer
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtXml import QDomDocument

from ...engine.errors import StorageError
from ...file_checks import exists
from ..columns import hide_field
from .own_layers import is_of_results, note_edit, note_saved
from .places import is_store, move_to, store_beside, store_in_profile, table_of
from .session_store import SessionStore
from .store import ResultStore
from .table_register import TableRegister

_UNSAVED, _IN_PROFILE, _LOST = "unsaved", "profile", "lost"


class ResultsKeeper(QObject):
    """Keeps the layers of results in a GeoPackage and has it go where the project goes.

    - A new result is written at once, to a store of the session in the profile. So it survives
      the end of QGIS, and nothing appears in the project's folder unasked.
    - When the project is saved, its results are copied into a GeoPackage beside it, before the
      project's own file is written; *Save As* copies them once more, so that both projects work.
      Where no file can be beside it (a folder that may not be written, a project in a database)
      the GeoPackage is in the profile.
    - Tables that the project does not show any more are removed when it is saved the next time
      but one.

    Copies that the analyst made of a result's layer share its table and are moved along.

    Args:
        project: the open project.
        folder: the plugin's folder for results in the profile.
        parent: owner.

    Attributes:
        told: what the analyst should know: something could not be kept as it should.
    """

    told = pyqtSignal(str)

    def __init__(self, project: QgsProject, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._folder = folder
        self.session = SessionStore(folder / "unsaved")
        self._register = TableRegister(project)
        self._file = str(project.fileName())  # as it was opened or last saved
        self._doomed: tuple[ResultStore, set[str]] | None = None
        self._told: set[tuple[str, str]] = set()
        self._adopt()
        self._watch(list(project.mapLayers().values()))
        project.layersAdded.connect(self._watch)
        project.writeProject.connect(self._on_write)
        project.projectSaved.connect(self._on_saved)
        project.readProject.connect(self._on_read)
        project.cleared.connect(self._on_cleared)

    def keep(self, layer: QgsVectorLayer) -> None:
        """Write a new layer into the session's store, and have it take its features from there.

        A layer that cannot be written stays in memory; QGIS then asks about it when it closes.
        """
        try:
            store = self.session.store()
            table = store.add(layer, durable=False)
        except StorageError as error:
            self._tell(_UNSAVED, error)
            return
        move_to(layer, store.path, table)
        hide_field(layer, "fid")  # its number in the store

    def files_in_use(self) -> set[Path]:
        """Return the stores that layers of the project take their features from."""
        places = (table_of(layer) for layer in self._project.mapLayers().values())
        return {place[0] for place in filter(None, places)}

    def shutdown(self) -> None:
        """Stop watching; the layers stay with the project."""
        self._project.layersAdded.disconnect(self._watch)
        self._project.writeProject.disconnect(self._on_write)
        self._project.projectSaved.disconnect(self._on_saved)
        self._project.readProject.disconnect(self._on_read)
        self._project.cleared.disconnect(self._on_cleared)
        if self._is_in_use(self.session.path):
            self.session.release()  # to the keeper that comes next
        else:
            self.session.discard()

    def _on_write(self, _document: QDomDocument) -> None:
        """Bring the results to where the project goes; QGIS writes its layers after this."""
        self._doomed = None
        layers = self._layers()
        if not layers and self._register.is_empty():
            return
        beside = store_beside(self._project)
        in_profile = store_in_profile(self._project, self._folder)
        try:
            self._bring(layers, beside or in_profile)
        except StorageError as error:
            if beside is None:
                self._tell(_LOST, error)
                return
            try:
                self._bring(layers, in_profile)
            except StorageError as second:
                self._tell(_LOST, second)
                return
            if layers:
                self._tell(_IN_PROFILE, error)
        for layer in layers:
            note_saved(layer)

    def _bring(self, layers: Sequence[QgsVectorLayer], path: Path) -> None:
        """Have the layers take their features from the store at ``path``, once they are there.

        Raises:
            StorageError: if it cannot be written; then layers may be left as they were, and what
                they show stays valid.
        """
        store = ResultStore(path)
        moved = self._project.fileName() != self._file
        known = self._register.known(store, moved=moved)
        here = store.tables()
        elsewhere: dict[Path, list[tuple[QgsVectorLayer, str]]] = defaultdict(list)
        homeless = []
        for layer in layers:
            place = table_of(layer)
            if place is None:
                homeless.append((layer, _rescued(layer)))
            elif not exists(place[0]):
                if place[1] in here:  # it was saved elsewhere for a while, such as to hand it on
                    move_to(layer, path, place[1])
                else:
                    homeless.append((layer, _rescued(layer)))
            elif not _is_same(place[0], path):
                elsewhere[place[0]].append((layer, place[1]))
        for source, members in elsewhere.items():
            there = ResultStore(source).tables()
            names = store.copy(source, {table for _, table in members if table in there})
            for layer, table in members:
                if table in names:
                    move_to(layer, path, names[table])
        for layer, rescued in homeless:
            if rescued is not None:
                move_to(layer, path, store.add(rescued, durable=True))
        store.settle()
        places = (table_of(layer) for layer in self._project.mapLayers().values())
        shown = {table for file, table in filter(None, places) if _is_same(file, path)}
        self._doomed = store, self._register.update(known, shown, moved=moved)

    def _on_saved(self) -> None:
        """Remove what nobody needs any more, now that the project's file is written."""
        self._file = str(self._project.fileName())
        if self._doomed is not None:
            store, tables = self._doomed
            self._doomed = None
            with suppress(StorageError):  # it stays a while longer
                store.drop(tables)
        if not self._is_in_use(self.session.path):
            self.session.discard()

    def _on_read(self, _document: QDomDocument) -> None:
        self._file = str(self._project.fileName())

    def _on_cleared(self) -> None:
        self._file = ""
        self._told.clear()
        self.session.discard()

    def _layers(self) -> list[QgsVectorLayer]:
        """Return the layers that are to be kept: results, copies of them, what shows a session."""
        found = []
        for layer in self._project.mapLayers().values():
            if not isinstance(layer, QgsVectorLayer):
                continue
            place = table_of(layer)
            if place is None:
                kept = is_of_results(layer) and layer.providerType() == "memory"
            else:
                in_session = place[0].parent == self.session.folder
                kept = in_session or (is_of_results(layer) and is_store(place[0], self._folder))
            if kept:
                found.append(layer)
        return found

    def _is_in_use(self, path: Path | None) -> bool:
        return path in self.files_in_use()

    def _adopt(self) -> None:
        """Go on with the session's store of a plugin that was loaded anew in a running QGIS."""
        for layer in self._project.mapLayers().values():
            place = table_of(layer)
            if place is not None and self.session.adopt(place[0]):
                return

    def _watch(self, layers: Sequence[QgsMapLayer]) -> None:
        for layer in layers:
            if isinstance(layer, QgsVectorLayer) and is_of_results(layer):
                layer.beforeCommitChanges.connect(self._on_commit)

    def _on_commit(self, _stop_editing: bool) -> None:
        layer = self.sender()
        if isinstance(layer, QgsVectorLayer) and layer.isModified():
            note_edit(layer)

    def _tell(self, kind: str, error: Exception) -> None:
        """Say what could not be kept as it should, once a kind and project."""
        about = (kind, self._project.fileName())
        if about in self._told:
            return
        self._told.add(about)
        texts = {
            _UNSAVED: self.tr(
                "This result is in memory only and will be gone when QGIS closes. {0}"
            ),
            _IN_PROFILE: self.tr(
                "The results of this project are kept in your QGIS profile, because there can be "
                "no file beside the project. {0}"
            ),
            _LOST: self.tr("The project was saved, but its results could not be kept with it. {0}"),
        }
        self.told.emit(texts[kind].format(error))


def _is_same(first: Path, second: Path) -> bool:
    """Whether two paths are one file, perhaps by another spelling or through a link."""
    return first == second or (exists(first) and exists(second) and first.samefile(second))


def _rescued(layer: QgsVectorLayer) -> QgsVectorLayer | None:
    """Return what a layer in memory holds, or one whose file was deleted while it was open."""
    if layer.providerType() == "memory":
        return layer
    if not layer.isValid():
        return None
    copy = layer.materialize(QgsFeatureRequest())
    copy.setName(layer.name())
    return copy if copy.featureCount() == layer.featureCount() else None
