"""``scene_search:check_index``: say what is wrong in an index, and mend it."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
)

from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine
from .search_parameters import index_parameter, index_path
from .translation import tr

REPAIR = "REPAIR"


class CheckIndexAlgorithm(SceneSearchAlgorithm):
    """Looks for what editing has left wrong in an index, and puts it right if asked to."""

    NAME = "check_index"
    TAGS = SceneSearchAlgorithm.TAGS + ",index,check,repair,mend,fix,damaged"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Check index")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Says what other programs have left wrong in an index, and mends it.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "An index is a GeoPackage, which can be edited. Rows that were deleted from its "
                "tables leave tiles without an image, or images without tiles. Searches leave such "
                "tiles out; this says in words what is wrong."
            ),
            tr(
                "<b>Repair</b> puts all of it right, or on an error nothing. Tiles that are whole "
                "stay as they are."
            ),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        self.addParameter(index_parameter())
        self.addParameter(QgsProcessingParameterBoolean(REPAIR, tr("Repair"), defaultValue=False))
        self.addOutput(QgsProcessingOutputNumber("FAULTS", tr("Faults found")))
        self.addOutput(QgsProcessingOutputBoolean("REPAIRED", tr("Whether they were repaired")))

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Check the index and say what is wrong."""
        answer = call(
            "index.check",
            {
                "index": index_path(self, parameters, context),
                "repair": self.parameterAsBool(parameters, REPAIR, context),
            },
        )
        for fault in answer["faults"]:
            feedback.pushWarning(f"{fault['problem']}. {fault['repair']}.")
        if not answer["faults"]:
            feedback.pushInfo(tr("Nothing is wrong."))
        elif answer["repaired"]:
            feedback.pushInfo(tr("All of this was put right."))
        return {"FAULTS": len(answer["faults"]), "REPAIRED": bool(answer["repaired"])}
