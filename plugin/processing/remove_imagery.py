"""``scene_search:remove_imagery``: take images out of an index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterString,
)

from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine
from .search_parameters import index_parameter, index_path
from .translation import tr

PATHS = "PATHS"
MISSING = "MISSING"


class RemoveImageryAlgorithm(SceneSearchAlgorithm):
    """Removes images from an index by their paths, or all that are missing."""

    NAME = "remove_imagery"
    TAGS = SceneSearchAlgorithm.TAGS + ",index,remove,delete,missing,forget"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Remove imagery from an index")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Takes images and their tiles out of an index; the files stay.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Takes images and their tiles out of an index. The image files themselves are "
                "never touched, and indexing them again brings them back."
            ),
            tr(
                "<b>Images or folders</b> are paths, one a line, of images that were indexed, "
                "whether they are still there or not; a folder stands for all below it."
            ),
            tr(
                "<b>All that are missing</b> removes what was not found when the index was last "
                "updated and is not there now. Images that were only moved are better located: "
                "then nothing is encoded again."
            ),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        self.addParameter(index_parameter())
        self.addParameter(
            QgsProcessingParameterString(
                PATHS, tr("Images or folders, one a line"), multiLine=True, optional=True
            )
        )
        self.addParameter(
            QgsProcessingParameterBoolean(MISSING, tr("All that are missing"), defaultValue=False)
        )
        self.addOutput(QgsProcessingOutputNumber("REMOVED", tr("Images removed")))
        self.addOutput(QgsProcessingOutputNumber("TILES", tr("Tiles removed")))

    def checkParameterValues(  # noqa: N802 - Qt's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Ask for something to remove before anything runs."""
        wanted = self.parameterAsString(parameters, PATHS, context).strip()
        if not wanted and not self.parameterAsBool(parameters, MISSING, context):
            return False, tr("Nothing to remove: give images or folders, or all that are missing")
        valid, message = super().checkParameterValues(parameters, context)
        return valid, message

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Remove what is named and say what that was."""
        lines = self.parameterAsString(parameters, PATHS, context).splitlines()
        answer = call(
            "index.remove",
            {
                "index": index_path(self, parameters, context),
                "paths": [str(Path(line.strip()).absolute()) for line in lines if line.strip()],
                "missing": self.parameterAsBool(parameters, MISSING, context),
            },
        )
        for path in answer["paths"]:
            feedback.pushInfo(tr("Removed {path}").format(path=path))
        if not answer["removed"]:
            feedback.pushInfo(
                tr("No image is marked as missing. Indexing again notices which are.")
            )
        return {"REMOVED": answer["removed"], "TILES": answer["tiles"]}
