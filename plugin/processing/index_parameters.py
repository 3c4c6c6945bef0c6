"""The parameters and outputs of ``scene_search:index``."""

from __future__ import annotations

from collections.abc import Iterator

from qgis.core import (
    QgsProcessing,
    QgsProcessingOutputDefinition,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterMultipleLayers,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from .search_parameters import advanced
from .translation import tr

FOLDER = "FOLDER"
LAYERS = "LAYERS"
INDEX = "INDEX"
ENCODER = "ENCODER"
TILE_SIZE = "TILE_SIZE"
SCALES = "SCALES"
OVERLAP = "OVERLAP"
REMOVE_MISSING = "REMOVE_MISSING"
AREA = "AREA"
PIXEL_SIZE = "PIXEL_SIZE"
REPORT = "REPORT"
MAX_SCALE = 64


def index_parameters() -> Iterator[QgsProcessingParameterDefinition]:
    """Yield the parameters, those with a good default folded away."""
    double = QgsProcessingParameterNumber.Type.Double
    folder = QgsProcessingParameterFile.Behavior.Folder
    yield QgsProcessingParameterFile(FOLDER, tr("Folder of imagery"), folder, optional=True)
    yield QgsProcessingParameterMultipleLayers(
        LAYERS, tr("Raster layers"), QgsProcessing.SourceType.TypeRaster, optional=True
    )
    yield QgsProcessingParameterNumber(
        TILE_SIZE, tr("Tile size (metres)"), double, None, optional=True, minValue=0.0
    )
    # Left empty, these mean what an existing index has, or no larger scales and no overlap.
    yield advanced(QgsProcessingParameterString(SCALES, tr("Scales"), optional=True))
    yield advanced(
        QgsProcessingParameterNumber(
            OVERLAP,
            tr("Overlap of tiles (share)"),
            double,
            None,
            optional=True,
            minValue=0.0,
            maxValue=0.9,
        )
    )
    yield advanced(QgsProcessingParameterFile(ENCODER, tr("Encoder"), folder, optional=True))
    remove = QgsProcessingParameterBoolean(
        REMOVE_MISSING, tr("Remove images that are not found any more"), defaultValue=False
    )
    remove.setHelp(
        tr(
            "Otherwise they are kept as missing, are left out of results, and are back with their "
            "files: a drive that is not connected looks just like files that were deleted."
        )
    )
    yield advanced(remove)
    yield advanced(
        QgsProcessingParameterExtent(
            AREA, tr("Area to render of layers that are not files"), optional=True
        )
    )
    yield advanced(
        QgsProcessingParameterNumber(
            PIXEL_SIZE,
            tr("Pixel size of layers that are not files (metres)"),
            double,
            None,
            optional=True,
            minValue=0.0,
        )
    )
    yield QgsProcessingParameterFileDestination(
        INDEX, tr("Index"), tr("Scene Search index (*.gpkg)")
    )
    yield QgsProcessingParameterFileDestination(
        REPORT,
        tr("Report"),
        tr("HTML files (*.html);;JSON files (*.json)"),
        optional=True,
        createByDefault=False,
    )


def index_outputs() -> Iterator[QgsProcessingOutputDefinition]:
    """Yield the numbers that a model or script can go on with."""
    yield QgsProcessingOutputNumber("TILES", tr("Tiles"))
    yield QgsProcessingOutputNumber("SOURCES", tr("Images"))
    yield QgsProcessingOutputNumber("SKIPPED", tr("Images skipped"))
    yield QgsProcessingOutputNumber("FAILED", tr("Images that failed"))
    yield QgsProcessingOutputNumber("SECONDS", tr("Seconds"))
    yield QgsProcessingOutputNumber("TILES_PER_SECOND", tr("Tiles a second"))
    yield QgsProcessingOutputString("PROVIDER", tr("Execution provider"))


def parse_scales(text: str) -> list[int] | None:
    """Return scales such as ``[1, 2, 4]`` from ``"1, 2,4"``, or None from an empty text.

    Raises:
        ValueError: if the text is not a list of whole numbers from 1 to ``MAX_SCALE``.
    """
    scales = sorted({int(part) for part in text.replace(";", ",").split(",") if part.strip()})
    if any(not 1 <= scale <= MAX_SCALE for scale in scales):
        raise ValueError(f"scales out of range: {text}")
    return scales or None
