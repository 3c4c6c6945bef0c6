"""``scene_search:search_by_text``: find what a sentence describes."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterString,
)

from .algorithm import translated_help
from .feedback import CallEngine
from .search_algorithm import SearchAlgorithm
from .translation import tr

TEXT = "TEXT"
RERANK = "RERANK"


class SearchByTextAlgorithm(SearchAlgorithm):
    """Searches an index for the tiles that fit a description."""

    NAME = "search_by_text"
    TAGS = SearchAlgorithm.TAGS + ",text,words,description,caption,language"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Search by text")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Finds the tiles of an index that fit a description.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Finds the tiles of an index that fit a description, such as "
                "<i>white boats in a harbour</i>, and writes their footprints with rank, score, "
                "Hamming distance, image and date, the best first."
            ),
            tr(
                "A short English phrase that says what is to be seen from above works best. "
                "The index needs an encoder that understands text, as the default one does."
            ),
            tr(
                "<b>Score</b> is the cosine similarity of the text and the tile. Scores of texts "
                "are lower than those of regions; compare them within one search only."
            ),
            tr(
                "<b>Re-rank</b> reads the 128 tiles that fit best once more and compares each with "
                "every word of the text. It takes some seconds and an index whose encoder has a "
                "fusion part. <b>Match</b> is then how sure the encoder is, from 0 to 1, that tile "
                "and text belong together and the tile is not merely like the one that is meant; "
                "good hits among many may have 0.3. Hits are in the order of match and score "
                "together."
            ),
        )

    def add_query_parameters(self) -> None:
        """Add the text, and whether the best hits are compared with it once more."""
        self.addParameter(QgsProcessingParameterString(TEXT, tr("What to look for")))
        self.addParameter(
            QgsProcessingParameterBoolean(
                RERANK, tr("Re-rank with the fusion part of the encoder"), defaultValue=False
            )
        )

    def checkParameterValues(  # noqa: N802 - Qt's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Ask for a text before anything runs."""
        if not self.parameterAsString(parameters, TEXT, context).strip():
            return False, tr("The description is empty. Describe the scene: ships in a harbour")
        valid, message = super().checkParameterValues(parameters, context)
        return valid, message

    def query_message(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - the base's signature
        call: CallEngine,  # noqa: ARG002 - the base's signature
    ) -> dict[str, Any]:
        """Return the text; the engine says what is wrong with an endless one."""
        return {
            "texts": [self.parameterAsString(parameters, TEXT, context)],
            "rerank": self.parameterAsBool(parameters, RERANK, context),
        }

    def layer_name(self, query: dict[str, Any]) -> str:
        """Return the text, shortened."""
        text = str(query["texts"][0]).strip()
        return text if len(text) <= 60 else f"{text[:59]}…"
