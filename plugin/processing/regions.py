"""The regions of a search, in whichever way they were given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsProcessingContext,
    QgsProcessingException,
)

from ..layers.engine_geometry import area_message, plain_parts
from .translation import tr

if TYPE_CHECKING:
    from .algorithm import SceneSearchAlgorithm

REGIONS = "REGIONS"
AREA = "AREA"
POINT = "POINT"
GEOMETRY = "GEOMETRY"
#: Each region is read and encoded; a layer with thousands was hardly meant as examples.
MAX_REGIONS = 256


@dataclass(frozen=True, slots=True)
class SearchRegion:
    """An example: a point or an area, and its coordinate system."""

    geometry: QgsGeometry
    crs: QgsCoordinateReferenceSystem

    def message(self) -> dict[str, Any]:
        """Return the region as the engine takes it."""
        return area_message(self.geometry, self.crs)


def has_region(parameters: dict[str, Any]) -> bool:
    """Return whether any of the four parameters is given."""
    return any(parameters.get(name) not in (None, "") for name in (REGIONS, AREA, POINT, GEOMETRY))


def is_geometry_readable(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> bool:
    """Return whether the geometry, if one is given, can be understood."""
    if parameters.get(GEOMETRY) in (None, ""):
        return True
    return not algorithm.parameterAsGeometry(parameters, GEOMETRY, context).isNull()


def read_regions(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> list[SearchRegion]:
    """Return all regions given, from the layer first.

    Raises:
        QgsProcessingException: if the layer has more features than make sense as examples.
    """
    regions: list[SearchRegion] = []
    for geometry, crs in _given(algorithm, parameters, context):
        regions.extend(SearchRegion(part, crs) for part in plain_parts(geometry))
        if len(regions) > MAX_REGIONS:
            raise QgsProcessingException(
                tr(
                    "More than {count} regions. Select the features that you want as examples "
                    "and tick “Selected features only”"
                ).format(count=MAX_REGIONS)
            )
    return regions


def _given(
    algorithm: SceneSearchAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> Iterator[tuple[QgsGeometry, QgsCoordinateReferenceSystem]]:
    if parameters.get(REGIONS) not in (None, ""):
        source = algorithm.parameterAsSource(parameters, REGIONS, context)
        if source is None:
            raise QgsProcessingException(algorithm.invalidSourceError(parameters, REGIONS))
        for feature in source.getFeatures():
            yield feature.geometry(), source.sourceCrs()
    if parameters.get(AREA) not in (None, ""):
        crs = algorithm.parameterAsExtentCrs(parameters, AREA, context)
        yield algorithm.parameterAsExtentGeometry(parameters, AREA, context, crs), crs
    if parameters.get(POINT) not in (None, ""):
        crs = algorithm.parameterAsPointCrs(parameters, POINT, context)
        point = algorithm.parameterAsPoint(parameters, POINT, context, crs)
        yield QgsGeometry.fromPointXY(point), crs
    if parameters.get(GEOMETRY) not in (None, ""):
        crs = algorithm.parameterAsGeometryCrs(parameters, GEOMETRY, context)
        if not crs.isValid():
            crs = QgsCoordinateReferenceSystem("EPSG:4326")
        yield algorithm.parameterAsGeometry(parameters, GEOMETRY, context, crs), crs
