"""The parameters that every search has: the index, the filters, and how many hits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDateTime,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
    QgsProject,
)
from qgis.PyQt.QtCore import QDateTime, Qt

from ..file_checks import is_file
from ..hit_limits import DEFAULT_HITS, MAX_HITS
from ..layers.project_index import index_of_project
from ..layers.search_options import SearchOptions
from .translation import tr

if TYPE_CHECKING:
    from .algorithm import SceneSearchAlgorithm

INDEX = "INDEX"
LIMIT = "LIMIT"
WITHIN = "WITHIN"
AFTER = "AFTER"
BEFORE = "BEFORE"
SENSOR = "SENSOR"
FINEST = "FINEST"
COARSEST = "COARSEST"
INCLUDE_MISSING = "INCLUDE_MISSING"
CONTEXT = "CONTEXT"
LIKENESS = "LIKENESS"


def advanced(parameter: QgsProcessingParameterDefinition) -> QgsProcessingParameterDefinition:
    """Return ``parameter``, folded away in the dialog."""
    parameter.setFlags(parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced)
    return parameter


def index_parameter() -> QgsProcessingParameterDefinition:
    """Return the parameter that names the index; at first it is the one open in the dock."""
    index = index_of_project(QgsProject.instance())
    return QgsProcessingParameterFile(
        INDEX,
        tr("Index"),
        extension="gpkg",
        defaultValue=str(index) if index is not None and is_file(index) else None,
        fileFilter=tr("Scene Search index (*.gpkg)"),
    )


def likeness_parameter() -> QgsProcessingParameterDefinition:
    """Return the parameter that balances meaning and look of an example."""
    likeness = QgsProcessingParameterNumber(
        LIKENESS,
        tr("Meaning rather than look (0 to 1)"),
        QgsProcessingParameterNumber.Type.Double,
        None,
        True,
        0.0,
        1.0,
    )
    likeness.setHelp(
        tr(
            "1 finds the same kind of scene, 0 what looks the same, such as one place at other "
            "dates. Left empty, it is the encoder's own balance. It makes a difference where the "
            "index's encoder tells meaning from look."
        )
    )
    return advanced(likeness)


def filter_parameters() -> Iterator[QgsProcessingParameterDefinition]:
    """Yield the parameters that limit a search, those used less often folded away."""
    yield QgsProcessingParameterNumber(
        LIMIT,
        tr("Number of hits"),
        QgsProcessingParameterNumber.Type.Integer,
        DEFAULT_HITS,
        minValue=1,
        maxValue=MAX_HITS,
    )
    yield QgsProcessingParameterExtent(WITHIN, tr("Only within"), optional=True)
    for name, label in ((AFTER, tr("Acquired on or after")), (BEFORE, tr("Acquired before"))):
        yield advanced(
            QgsProcessingParameterDateTime(
                name, label, QgsProcessingParameterDateTime.Type.Date, optional=True
            )
        )
    yield advanced(QgsProcessingParameterString(SENSOR, tr("Sensor"), optional=True))
    for name, label in (
        (FINEST, tr("Pixels of at least (metres)")),
        (COARSEST, tr("Pixels of at most (metres)")),
    ):
        yield advanced(
            QgsProcessingParameterNumber(
                name, label, QgsProcessingParameterNumber.Type.Double, None, True, 0.0
            )
        )
    missing = QgsProcessingParameterBoolean(
        INCLUDE_MISSING, tr("Also in images that are missing"), defaultValue=False
    )
    missing.setHelp(
        tr(
            "Images that were not found when the index was last updated, such as those on a drive "
            "that is not connected, are left out otherwise."
        )
    )
    yield advanced(missing)
    context = QgsProcessingParameterBoolean(
        CONTEXT, tr("Same season, sensor and place"), defaultValue=False
    )
    context.setHelp(
        tr(
            "Prefers tiles taken in the same season, by the same sensor and near the same place as "
            "the example, or as the other filters say of a text. The index needs an encoder with a "
            "context part."
        )
    )
    yield advanced(context)


def search_options(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> SearchOptions:
    """Return how to search, as all searches share it."""
    area, crs = _within(algorithm, parameters, context)
    return SearchOptions(
        limit=algorithm.parameterAsInt(parameters, LIMIT, context),
        within=area,
        within_crs=crs,
        after=_day(algorithm, parameters, AFTER, context),
        before=_day(algorithm, parameters, BEFORE, context),
        sensor=algorithm.parameterAsString(parameters, SENSOR, context).strip() or None,
        gsd=_resolutions(algorithm, parameters, context),
        include_missing=algorithm.parameterAsBool(parameters, INCLUDE_MISSING, context),
        likeness=_number(algorithm, parameters, LIKENESS, context),
        context=algorithm.parameterAsBool(parameters, CONTEXT, context),
    )


def index_path(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> str:
    """Return the absolute path of the index to search."""
    return str(Path(algorithm.parameterAsFile(parameters, INDEX, context)).absolute())


def _within(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> tuple[QgsGeometry | None, QgsCoordinateReferenceSystem | None]:
    if parameters.get(WITHIN) in (None, ""):
        return None, None
    crs = algorithm.parameterAsExtentCrs(parameters, WITHIN, context)
    area = algorithm.parameterAsExtentGeometry(parameters, WITHIN, context, crs)
    return (None, None) if area.isEmpty() else (area, crs)


def _day(
    algorithm: SceneSearchAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
) -> str | None:
    if parameters.get(name) in (None, ""):
        return None
    moment: QDateTime = algorithm.parameterAsDateTime(parameters, name, context)
    return str(moment.date().toString(Qt.DateFormat.ISODate)) if moment.isValid() else None


def _number(
    algorithm: SceneSearchAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
) -> float | None:
    """Return a number that may be left out."""
    if parameters.get(name) is None:
        return None
    return float(algorithm.parameterAsDouble(parameters, name, context))


def _resolutions(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> tuple[float | None, float | None] | None:
    finest, coarsest = (
        _number(algorithm, parameters, name, context) for name in (FINEST, COARSEST)
    )
    return None if finest is None and coarsest is None else (finest, coarsest)
