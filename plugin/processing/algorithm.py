"""What all algorithms of Scene Search have in common."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
)
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QIcon

from .. import paths
from ..engine.errors import CancelledError, SceneSearchError
from ..engine_link import session
from ..engine_link.errors import EngineCancelledError
from .feedback import CallEngine, engine_calls
from .translation import tr


class SceneSearchAlgorithm(QgsProcessingAlgorithm):
    """Base of the algorithms: names, help, and errors told the way Processing shows them.

    Subclasses set the class attributes, and do their work in :meth:`run_with_engine`, which
    runs in a background thread.
    """

    #: Name within the provider, used in scripts; never changes.
    NAME = ""
    #: Extra words that find the algorithm in the toolbox, separated by commas.
    TAGS = "imagery,raster,remote sensing,retrieval,similar,scene,search,tiles,deep learning"

    def name(self) -> str:
        """Return the name within the provider."""
        return self.NAME

    def group(self) -> str:
        """Return the heading in the toolbox."""
        return tr("Image retrieval")

    def groupId(self) -> str:  # noqa: N802 - Qt's name
        """Return the heading's fixed name."""
        return "image_retrieval"

    def tags(self) -> list[str]:
        """Return further words that find the algorithm, in English and translated."""
        return sorted({*self.TAGS.split(","), *tr(self.TAGS).split(",")})

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802 - Qt's name
        """Return where the icon lies."""
        return str(paths.resources() / "icons" / "scene_search.svg")

    def helpUrl(self) -> str:  # noqa: N802 - Qt's name
        """Return the user help that comes with the plugin."""
        page = paths.resources() / "help" / "index.html"
        return str(QUrl.fromLocalFile(str(page)).toString())

    def createInstance(self) -> SceneSearchAlgorithm:  # noqa: N802 - Qt's name
        """Return a new algorithm of the same kind; called by QGIS for each run."""
        return type(self)()

    def processAlgorithm(  # noqa: N802 - Qt's name
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        """Run the algorithm; called by QGIS in a background thread.

        Raises:
            QgsProcessingException: with the message and what to do about it.
        """
        try:
            engine = session.engine()
            return self.run_with_engine(
                parameters, context, feedback, engine_calls(engine, feedback)
            )
        except (EngineCancelledError, CancelledError) as error:
            if feedback.isCanceled():
                feedback.pushInfo(tr("Cancelled. What was written before is kept."))
                return {}
            raise QgsProcessingException(str(error)) from error
        except SceneSearchError as error:
            raise QgsProcessingException(str(error)) from error

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Do the work and return the outputs.

        Args:
            parameters: as given by the user.
            context: where the run's layers live.
            feedback: progress, messages and cancellation.
            call: calls a method of the engine with parameters and returns its result.

        Raises:
            SceneSearchError: shown to the user with its hint.
            QgsProcessingException: for what only Processing knows about.
        """
        raise NotImplementedError


def translated_help(*paragraphs: str) -> str:
    """Return help text as HTML, one paragraph each."""
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
