"""Saves a hits layer to a file."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsVectorFileWriter, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ...engine.errors import StorageError
from ...output_file import has_content, hits_layer, is_geopackage, refuse_index

#: File name filters of the dialog, and the driver each stands for.
EXPORT_FORMATS: dict[str, tuple[str, str]] = {
    "GeoPackage (*.gpkg)": ("GPKG", ".gpkg"),
    "GeoJSON (*.geojson)": ("GeoJSON", ".geojson"),
    "CSV (*.csv)": ("CSV", ".csv"),
}


def export_path(name: str, chosen_filter: str) -> Path:
    """Return the file to write, with the ending of the chosen format if it has none we know."""
    path = Path(name)
    endings = {ending for _, ending in EXPORT_FORMATS.values()}
    if path.suffix.lower() in endings:
        return path
    _, ending = EXPORT_FORMATS.get(chosen_filter, ("GPKG", ".gpkg"))
    return Path(f"{name}{ending}")


def what_is_replaced(path: Path) -> str:
    """Return what writing hits to ``path`` replaces, or an empty text where nothing is lost.

    Raises:
        UsageError: if it is an index, or called a GeoPackage and none.
        StorageError: if what is there cannot be read.
    """
    refuse_index(path)
    if not has_content(path):
        return ""
    if not is_geopackage(path):
        return path.name
    layer = hits_layer(path)
    if not layer.is_there:
        return ""
    return _tr("the layer {layer} of {file}").format(layer=layer.name, file=path.name)


def export_hits(layer: QgsVectorLayer, path: Path, project: QgsProject) -> str:
    """Write ``layer`` to ``path``; its ending says the format. A CSV gets the outline as WKT.

    A GeoPackage that is there keeps its other layers.

    Returns:
        The layer written where the file is a GeoPackage that was there before, or an empty text.

    Raises:
        UsageError: if the file is an index, or called a GeoPackage and none.
        StorageError: if the file cannot be written.
    """
    refuse_index(path)
    driver = next(
        (driver for driver, ending in EXPORT_FORMATS.values() if ending == path.suffix.lower()),
        "GPKG",
    )
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.layerName = path.stem
    options.fileEncoding = "UTF-8"
    # The number of a row in the file that keeps the results means nothing elsewhere.
    options.attributes = [
        place for place, name in enumerate(layer.fields().names()) if name != "fid"
    ]
    if driver == "CSV":
        options.layerOptions = ["GEOMETRY=AS_WKT"]
    grows = driver == "GPKG" and has_content(path)
    if driver == "GPKG":
        options.layerName = hits_layer(path).name
    if grows:
        options.actionOnExistingFile = (
            QgsVectorFileWriter.ActionOnExistingFile.CreateOrOverwriteLayer
        )
    outcome = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), project.transformContext(), options
    )
    if outcome[0] != QgsVectorFileWriter.WriterError.NoError:
        raise StorageError(
            _tr("{0} was not written: {1}").format(path, outcome[1]),
            hint=_tr("Choose a folder you can write to"),
        )
    return options.layerName if grows else ""


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("ExportHits", text))
