"""The index that was last used in a project, which the project itself remembers."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject

_SCOPE, _KEY = "SceneSearch", "index"


def index_of_project(project: QgsProject) -> Path | None:
    """Return the index that was last used in ``project``, if any; it need not exist."""
    entry, _ = project.readEntry(_SCOPE, _KEY, "")
    return Path(project.readPath(entry)) if entry else None


def remember_index(project: QgsProject, index: Path) -> None:
    """Have ``project`` remember ``index``; relative to itself where it stores paths so."""
    if index_of_project(project) != index:  # writing would mark the project as changed
        project.writeEntry(_SCOPE, _KEY, project.writePath(str(index)))
