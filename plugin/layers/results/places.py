"""Where the results of a project are kept, and where a layer's are now."""

from __future__ import annotations

import hashlib
from pathlib import Path

from qgis.core import (
    QgsDataProvider,
    QgsMapLayer,
    QgsProject,
    QgsProviderRegistry,
    QgsVectorLayer,
)

from .store import is_result_table

_PROVIDER = "ogr"
_ENDING = "_results.gpkg"
_ENDINGS = tuple(f"{project}{_ENDING}" for project in (".qgz", ".qgs"))


def store_beside(project: QgsProject) -> Path | None:
    """Return the GeoPackage beside a project's file; None where the project is in a database.

    The project's ending is part of the name: ``a.qgz`` and ``a.qgs`` are two projects.
    """
    if not project.fileName() or project.projectStorage() is not None:
        return None
    return Path(project.absoluteFilePath() + _ENDING)


def store_in_profile(project: QgsProject, folder: Path) -> Path:
    """Return the GeoPackage of a saved project in a folder of the profile."""
    name = project.fileName()
    if project.projectStorage() is None:
        name = project.absoluteFilePath()
    return folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.gpkg"


def is_store(path: Path, folder: Path) -> bool:
    """Whether results are kept at ``path``: in the profile's ``folder``, or beside a project."""
    return path.is_relative_to(folder) or path.name.endswith(_ENDINGS)


def table_of(layer: QgsMapLayer | None) -> tuple[Path, str] | None:
    """Return the file and the table of a layer whose data are a table of results."""
    if not isinstance(layer, QgsVectorLayer) or layer.providerType() != _PROVIDER:
        return None
    parts = QgsProviderRegistry.instance().decodeUri(_PROVIDER, layer.source())
    table = str(parts.get("layerName") or "")
    return (Path(str(parts["path"])), table) if is_result_table(table) else None


def move_to(layer: QgsVectorLayer, store: Path, table: str) -> None:
    """Have a layer take its features from a table; its filter, style, edits and id stay."""
    registry = QgsProviderRegistry.instance()
    parts = {}
    if layer.providerType() == _PROVIDER:
        parts = registry.decodeUri(_PROVIDER, layer.source())
    parts |= {"path": str(store), "layerName": table}
    crs = layer.crs()
    layer.setDataSource(
        registry.encodeUri(_PROVIDER, parts),
        layer.name(),
        _PROVIDER,
        QgsDataProvider.ProviderOptions(),
        False,  # the layer's own style, not a default
    )
    layer.setCrs(crs)
