"""Which tables a project showed when it was saved, and which it has let go of since."""

from __future__ import annotations

from collections.abc import Set

from qgis.core import QgsProject

from .store import ResultStore

_SCOPE = "SceneSearch"
_SHOWN, _LET_GO = "results/shown", "results/let_go"


class TableRegister:
    """Tells which tables of a project's store nobody needs any more; it is part of the project.

    A table that the project does not show any more is let go of when the project is saved, and
    removed when it is saved once more: until then QGIS's backup of the project file shows it.
    Tables are never removed because they are unknown: another QGIS may have written them.

    Args:
        project: the project.
    """

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def is_empty(self) -> bool:
        """Whether the project has never shown results."""
        return not (self._read(_SHOWN) or self._read(_LET_GO))

    def known(self, store: ResultStore, *, moved: bool) -> set[str]:
        """Return the tables of ``store`` that are the project's, before more are brought there.

        Args:
            store: where the results are brought.
            moved: the project is saved under another name. What is in ``store`` then belonged to
                the project that it replaces.
        """
        return set(store.tables()) if moved else self._read(_SHOWN)

    def update(self, known: Set[str], shown: Set[str], *, moved: bool) -> set[str]:
        """Note what the project shows, to be saved with it; return what may be removed then.

        Args:
            known: what :meth:`known` said.
            shown: the tables that layers of the project show.
            moved: the project is saved under another name.
        """
        doomed = (set() if moved else self._read(_LET_GO)) - shown
        self._project.writeEntry(_SCOPE, _SHOWN, sorted(shown))
        self._project.writeEntry(_SCOPE, _LET_GO, sorted(known - shown - doomed))
        return doomed

    def _read(self, key: str) -> set[str]:
        return set(self._project.readListEntry(_SCOPE, key, [])[0])
