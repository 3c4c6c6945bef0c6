"""What the engine can read of a QGIS raster layer: a file, or only its rendered picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from qgis.core import QgsProviderRegistry, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from ..file_checks import is_file
from .engine_reach import unreadable_reason


@dataclass(frozen=True, slots=True)
class RasterSource:
    """Where the pixels of a raster layer come from.

    Attributes:
        layer_id: the layer's id in its project.
        name: the layer's name, as the analyst sees it.
        path: the local file the engine opens itself, or None if QGIS has to render the layer.
        reason: why it has to be rendered; empty for a file.
    """

    layer_id: str
    name: str
    path: Path | None
    reason: str = ""

    @property
    def needs_snapshot(self) -> bool:
        """Whether QGIS has to render the layer before the engine can see it."""
        return self.path is None


def raster_source(layer: QgsRasterLayer) -> RasterSource:
    """Return where the pixels of ``layer`` come from.

    Only a whole local file georeferenced as QGIS shows it is read directly. Web services,
    databases, subdatasets, archives, files whose CRS was set in QGIS, and those that the engine
    has no driver for are rendered, so that what is searched is what the analyst sees.
    """
    path, reason = _local_file(layer)
    return RasterSource(layer.id(), layer.name(), path, reason)


def _local_file(layer: QgsRasterLayer) -> tuple[Path | None, str]:
    provider = layer.dataProvider()
    if not layer.isValid() or provider is None:
        return None, _tr("the layer is not available")
    if layer.providerType() != "gdal":
        return None, _tr("a service or virtual layer, not a file")
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    name = str(parts.get("path") or "")
    if parts.get("layerName") or parts.get("vsiPrefix") or parts.get("vsiSuffix"):
        return None, _tr("a part of a container or an archive, not a file of its own")
    path = Path(name)
    if not name or not is_file(path):
        return None, _tr("not a local file")
    if not path.is_absolute():
        path = path.resolve()
    if provider.crs() != layer.crs():
        return None, _tr("its coordinate system was set in QGIS and is not in the file")
    reason = unreadable_reason(path)
    return (None, reason) if reason else (path, "")


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("RasterSource", text))
