"""``scene_search:search_by_region``: find what resembles an area on an image."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingParameterExtent,
    QgsProcessingParameterFeatureSource,
    QgsProcessingParameterGeometry,
    QgsProcessingParameterPoint,
    QgsProcessingParameterRasterLayer,
)

from .algorithm import translated_help
from .feedback import CallEngine
from .region_image import RegionImage
from .regions import (
    AREA,
    GEOMETRY,
    POINT,
    REGIONS,
    has_region,
    is_geometry_readable,
    read_regions,
)
from .search_algorithm import SearchAlgorithm
from .search_parameters import advanced, likeness_parameter
from .translation import tr

IMAGE_LAYER = "IMAGE_LAYER"


class SearchByRegionAlgorithm(SearchAlgorithm):
    """Searches an index for the tiles that resemble one or more areas on an image."""

    NAME = "search_by_region"
    TAGS = SearchAlgorithm.TAGS + ",region,area,polygon,point,example"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Search by region")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Finds the tiles of an index that resemble an area on an image.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Finds the tiles of an index that resemble what lies in a region, and writes "
                "their footprints with rank, score, Hamming distance, image and date, the best "
                "first."
            ),
            tr(
                "Give the region in any of four ways: a layer of polygons or points (its "
                "selected features, if you tick so), an area or a point picked on the map, or a "
                "geometry as WKT, such as <code>CRS=EPSG:4326;POINT(12.3 45.4)</code>; WKT without "
                "a coordinate system is longitude and latitude. Several regions count as "
                "examples of the same thing."
            ),
            tr(
                "<b>Image</b> is the raster that the region lies on. Left empty, it is the "
                "indexed image under the region. A layer that is not a file, such as a web map, "
                "is rendered first."
            ),
            tr(
                "A point, or a region smaller than a tile, stands for the tile around it; a "
                "larger region is covered by several tiles."
            ),
        )

    def add_query_parameters(self) -> None:
        """Add the four ways to give a region, and the image it lies on."""
        self.addParameter(
            QgsProcessingParameterFeatureSource(
                REGIONS,
                tr("Regions (layer)"),
                [
                    QgsProcessing.SourceType.TypeVectorPolygon,
                    QgsProcessing.SourceType.TypeVectorPoint,
                ],
                optional=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterExtent(AREA, tr("…or an area on the map"), optional=True)
        )
        self.addParameter(
            QgsProcessingParameterPoint(POINT, tr("…or a point on the map"), optional=True)
        )
        self.addParameter(
            advanced(
                QgsProcessingParameterGeometry(
                    GEOMETRY, tr("…or a geometry (WKT)"), optional=True, allowMultipart=True
                )
            )
        )
        self.addParameter(
            QgsProcessingParameterRasterLayer(
                IMAGE_LAYER, tr("Image that the region lies on"), optional=True
            )
        )
        self.addParameter(likeness_parameter())

    def checkParameterValues(  # noqa: N802 - Qt's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Ask for a region before anything runs."""
        if not has_region(parameters):
            return False, tr("No region: choose a layer of regions, an area or a point")
        if not is_geometry_readable(self, parameters, context):
            return False, tr(
                "The geometry is not WKT. Write it as POINT(12.3 45.4), or with its coordinate "
                "system as CRS=EPSG:32633;POLYGON((x y, x y, x y, x y))"
            )
        valid, message = super().checkParameterValues(parameters, context)
        return valid, message

    def prepareAlgorithm(  # noqa: N802 - Qt's name
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - QGIS's signature
    ) -> bool:
        """Look at the image's layer while still on its thread."""
        layer = self.parameterAsRasterLayer(parameters, IMAGE_LAYER, context)
        self._image = None if layer is None else RegionImage(layer, context.transformContext())
        return True

    def query_message(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Return the regions, each with the file that it lies on."""
        regions = read_regions(self, parameters, context)
        if not regions:
            raise QgsProcessingException(
                tr("The regions are empty. Choose a layer with features, or draw an area")
            )
        messages = []
        for region in regions:
            source = None
            if self._image is not None:
                index = self.parameterAsFile(parameters, "INDEX", context)
                source = str(self._image.file_under(region, index, feedback, call))
            messages.append({**region.message(), "source": source})
        return {"regions": messages}

    def layer_name(self, query: dict[str, Any]) -> str:
        """Return a name that tells hits of regions from those of texts."""
        return tr("Like the region") if len(query["regions"]) == 1 else tr("Like the regions")
