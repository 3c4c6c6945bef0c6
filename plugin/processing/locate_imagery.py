"""``scene_search:locate_imagery``: find the images of an index again after they were moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFile,
)

from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine
from .search_parameters import index_parameter, index_path
from .translation import tr

FOLDER = "FOLDER"


class LocateImageryAlgorithm(SceneSearchAlgorithm):
    """Looks in a folder for the images of an index that are not where they were."""

    NAME = "locate_imagery"
    TAGS = SceneSearchAlgorithm.TAGS + ",index,locate,moved,renamed,missing,repair,path"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Locate moved imagery")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Finds the images of an index again after their folder was moved or renamed.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Finds the images of an index again after their folder was moved or renamed. "
                "Images are recognised by their content, whatever they are called now; they keep "
                "their tiles, and nothing is encoded again."
            ),
            tr(
                "Images that are where they were are left alone, and so are files that the index "
                "does not know: index the folder to add those."
            ),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        self.addParameter(index_parameter())
        self.addParameter(
            QgsProcessingParameterFile(
                FOLDER,
                tr("Folder where the images are now"),
                QgsProcessingParameterFile.Behavior.Folder,
            )
        )
        self.addOutput(QgsProcessingOutputNumber("MOVED", tr("Images found again")))
        self.addOutput(QgsProcessingOutputNumber("MISSING", tr("Images still not found")))

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Look for the images and say which were found."""
        folder = Path(self.parameterAsFile(parameters, FOLDER, context)).absolute()
        answer = call(
            "index.locate",
            {
                "index": index_path(self, parameters, context),
                "folders": [str(folder)],
            },
        )
        for move in answer["moved"]:
            feedback.pushInfo(tr("Found {old} as {new}").format(old=move["from"], new=move["to"]))
        for path in answer["missing"]:
            feedback.pushWarning(tr("Still not found: {path}").format(path=path))
        if not (answer["moved"] or answer["missing"]):
            feedback.pushInfo(tr("All images are where they were."))
        return {"MOVED": len(answer["moved"]), "MISSING": len(answer["missing"])}
