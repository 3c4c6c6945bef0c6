"""Saves a hits layer to a file."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsProject, QgsVectorFileWriter, QgsVectorLayer
from qgis.PyQt.QtCore import QCoreApplication

from ...engine.errors import StorageError

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
    return path.with_name(path.name + ending)


def export_hits(layer: QgsVectorLayer, path: Path, project: QgsProject) -> None:
    """Write ``layer`` to ``path``; its ending says the format. A CSV gets the outline as WKT.

    Raises:
        StorageError: if the file cannot be written.
    """
    driver = next(
        (driver for driver, ending in EXPORT_FORMATS.values() if ending == path.suffix.lower()),
        "GPKG",
    )
    options = QgsVectorFileWriter.SaveVectorOptions()
    options.driverName = driver
    options.layerName = "hits"
    options.fileEncoding = "UTF-8"
    if driver == "CSV":
        options.layerOptions = ["GEOMETRY=AS_WKT"]
    outcome = QgsVectorFileWriter.writeAsVectorFormatV3(
        layer, str(path), project.transformContext(), options
    )
    if outcome[0] != QgsVectorFileWriter.WriterError.NoError:
        raise StorageError(
            QCoreApplication.translate("ExportHits", "{0} was not written: {1}").format(
                path, outcome[1]
            ),
            hint=QCoreApplication.translate("ExportHits", "Choose a folder you can write to"),
        )
