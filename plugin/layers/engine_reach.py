"""Which files that QGIS shows the engine cannot read, so that QGIS has to render them."""

from __future__ import annotations

from pathlib import Path

from osgeo import gdal
from qgis.PyQt.QtCore import QCoreApplication

from ..engine.errors import RasterError
from ..raster_formats import MISSING_CODECS, MISSING_DRIVERS
from ..source_files.chain import chain_of

#: Files of a mosaic that are looked at: they are mostly of one kind.
_MOST = 20


def unreadable_reason(path: Path) -> str:
    """Return why the engine cannot read a file that QGIS can; empty if it can.

    The engine's GDAL lacks drivers and codecs that QGIS's may have, and reads nothing that is
    not on this machine.

    Args:
        path: a file that is open in QGIS.
    """
    try:
        made_of = chain_of(path).files
    except (OSError, RasterError) as error:
        if isinstance(error, RasterError) and error.details.get("kind") == "remote":
            return _tr("made of sources that are not on this computer")
        return ""  # the engine says what is wrong with it
    for file in (path, *made_of[:_MOST]):
        lacking = _lacking(file)
        if lacking:
            return _tr("the search engine cannot read {format}").format(format=lacking)
    return ""


def _lacking(path: Path) -> str:
    """Return the format of a file that the engine lacks, empty if it lacks none."""
    try:
        driver = gdal.IdentifyDriverEx(str(path), gdal.OF_RASTER)
        name = driver.ShortName if driver is not None else ""
        if name != "GTiff":
            return MISSING_DRIVERS.get(name, "")
        dataset = gdal.OpenEx(str(path), gdal.OF_RASTER)
    except RuntimeError:  # how GDAL reports a missing file when its exceptions are on
        return ""
    if dataset is None:
        return ""
    codec = dataset.GetMetadataItem("COMPRESSION", "IMAGE_STRUCTURE") or ""
    return MISSING_CODECS.get(codec, "")


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("EngineReach", text))
