"""Which indexes were used last: by this analyst, and in this project."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from qgis.core import QgsProject, QgsSettings

from ...file_checks import is_file
from ...layers.project_index import index_of_project, remember_index
from ...same_path import PathKeys, same_path

_RECENT = "scene_search/recent_indexes"
_ROOTS = "scene_search/imagery_of"
_MOST = 10


class RecentIndexes:
    """Remembers in QGIS's settings, and the current index in the project itself."""

    def __init__(self, project: QgsProject) -> None:
        self._project = project

    def paths(self) -> list[Path]:
        """Return the indexes used last that still exist, newest first."""
        stored = QgsSettings().value(_RECENT, [], type=list) or []
        return [Path(entry) for entry in stored if is_file(str(entry))]

    def remember(self, index: Path) -> None:
        """Put ``index`` first, here and in the project."""
        stored = QgsSettings().value(_RECENT, [], type=list) or []
        rest = [str(entry) for entry in stored if not _is(str(entry), index)]
        QgsSettings().setValue(_RECENT, [str(index), *rest][:_MOST])
        remember_index(self._project, index)

    def of_project(self) -> Path | None:
        """Return the index that was last used in this project, if any."""
        return index_of_project(self._project)

    def imagery(self, index: Path) -> list[str]:
        """Return the folders and files that were added to ``index``, to look at on an update."""
        return [str(entry) for entry in QgsSettings().value(_key(index), [], type=list) or []]

    def remember_imagery(self, index: Path, paths: Sequence[str]) -> None:
        """Add to the folders and files that an update of ``index`` looks at."""
        known = self.imagery(index)
        keys = PathKeys()
        there = {keys.of(path) for path in known}
        new = [path for path in paths if keys.of(path) not in there]
        if new:
            QgsSettings().setValue(_key(index), known + new)


def _is(entry: str, index: Path) -> bool:
    # only what is called alike is looked at: others may lie on a drive that does not answer
    alike = Path(entry).name.casefold() == index.name.casefold()
    return alike and same_path(entry, index)


def _key(index: Path) -> str:
    # A path has slashes, which settings take for groups.
    return f"{_ROOTS}/{hashlib.sha256(str(index).encode()).hexdigest()[:24]}"
