"""``scene_search:search_by_image``: find what resembles a picture file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterFile,
)

from .algorithm import translated_help
from .feedback import CallEngine
from .search_algorithm import SearchAlgorithm
from .search_parameters import likeness_parameter
from .translation import tr

IMAGE = "IMAGE"


class SearchByImageAlgorithm(SearchAlgorithm):
    """Searches an index for the tiles that resemble an image file."""

    NAME = "search_by_image"
    TAGS = SearchAlgorithm.TAGS + ",image,picture,photo,screenshot,example,file"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Search by image")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Finds the tiles of an index that resemble an image file.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Finds the tiles of an index that resemble an image, such as a cut-out or a "
                "screenshot, and writes their footprints with rank, score, Hamming distance, "
                "image and date, the best first."
            ),
            tr(
                "The image needs no coordinates. The whole of it is taken as one example, so it "
                "should show about as much ground as a tile of the index."
            ),
        )

    def add_query_parameters(self) -> None:
        """Add the image."""
        self.addParameter(
            QgsProcessingParameterFile(
                IMAGE,
                tr("Example image"),
                fileFilter=tr(
                    "Images (*.png *.jpg *.jpeg *.tif *.tiff *.jp2 *.bmp *.webp);;All files (*.*)"
                ),
            )
        )
        self.addParameter(likeness_parameter())

    def query_message(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - the base's signature
        call: CallEngine,  # noqa: ARG002 - the base's signature
    ) -> dict[str, Any]:
        """Return the image's path."""
        image = Path(self.parameterAsFile(parameters, IMAGE, context))
        return {
            "images": [str(image.absolute())],
        }

    def layer_name(self, query: dict[str, Any]) -> str:
        """Return the image's file name."""
        return tr("Like {name}").format(name=Path(query["images"][0]).name)
