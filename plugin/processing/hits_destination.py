"""Where the hits of a Processing run go: never over an index, or over layers that are not hits.

QGIS replaces a whole file where an output names one. For a GeoPackage, that takes every layer in
it along, so a plain path becomes one layer of that file.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsDataSourceUri,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingOutputLayerDefinition,
    QgsProcessingUtils,
    QgsProperty,
    QgsProviderRegistry,
    QgsVectorFileWriter,
)

from ..engine.errors import UsageError
from ..output_file import has_content, hits_layer, is_geopackage, refuse_index
from .translation import tr

#: A provider before a data source, as QGIS tells it from the letter of a drive.
_WITH_PROVIDER = re.compile(r"(.{3,}?):(.*)", re.DOTALL)


def safe_destination(value: Any, context: QgsProcessingContext, index: str) -> Any:
    """Return an output's value under which nothing is lost but earlier hits.

    Args:
        value: as the user gave it: a text, a property, or an output layer definition.
        context: where expressions are evaluated.
        index: the index that is searched.

    Raises:
        UsageError: the output is an index, or a file with several layers that cannot take one more.
        StorageError: what is there cannot be read.
    """
    defined = isinstance(value, QgsProcessingOutputLayerDefinition)
    text = _text(value.sink if defined else value, context)
    if not text or text == QgsProcessing.TEMPORARY_OUTPUT:
        return value
    safe = _safe_text(text, index)
    if not defined:
        return safe
    definition = QgsProcessingOutputLayerDefinition(value)
    definition.sink = QgsProperty.fromValue(safe)
    return definition


def _text(value: Any, context: QgsProcessingContext) -> str:
    if isinstance(value, QgsProperty):
        text, _ = value.valueAsString(context.expressionContext())
        return str(text)
    return value if isinstance(value, str) else ""


def _safe_text(text: str, index: str) -> str:
    named = _WITH_PROVIDER.fullmatch(text)
    provider = named[1].lower() if named and named[1].lower() in _providers() else ""
    source = named[2] if named and provider else text
    uri = QgsDataSourceUri(source if provider else "")
    file = _file(uri.database() or source)
    for place in {file, Path(source), Path(_path_in(source)), Path(_path_in(text))}:
        refuse_index(place, index)
    if provider not in ("", "ogr") or uri.table() or not has_content(file):
        return text
    if not is_geopackage(file):
        _refuse_layers(file)
        return text
    layer = QgsDataSourceUri()
    layer.setDatabase(str(file))
    layer.setDataSource("", hits_layer(file).name, "geom")
    return f"ogr:{layer.uri(False)}"


def _providers() -> set[str]:
    return {*QgsProviderRegistry.instance().providerList(), "postgis"}


def _file(text: str) -> Path:
    """Return the file that QGIS writes: it appends an ending to a name without one it knows."""
    path = Path(text)
    if QgsVectorFileWriter.driverForExtension(path.suffix[1:]):
        return path
    return Path(f"{text}.{QgsProcessingUtils.defaultVectorExtension()}")


def _path_in(source: str) -> str:
    return str(QgsProviderRegistry.instance().decodeUri("ogr", source).get("path") or "")


def _refuse_layers(file: Path) -> None:
    """Raise where a file of another format holds several layers: QGIS would replace all."""
    layers = QgsProviderRegistry.instance().querySublayers(str(file))
    if len(layers) > 1:
        raise UsageError(
            tr("{file} holds {count} layers, which the hits would replace").format(
                file=file, count=len(layers)
            ),
            hint=tr("Choose another file, or a GeoPackage, which takes the hits as one more layer"),
        )
