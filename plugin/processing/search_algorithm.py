"""What the three searches have in common: filters, the hits' layer, and the numbers."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFeatureSink,
    QgsWkbTypes,
)

from ..layers.hit_features import hit_fields
from .algorithm import SceneSearchAlgorithm
from .feedback import CallEngine
from .hits_destination import safe_destination
from .hits_output import output_error, style_when_loaded, write_hits
from .search_parameters import (
    filter_parameters,
    index_parameter,
    index_path,
    search_options,
)
from .translation import tr

OUTPUT = "OUTPUT"
HITS = "HITS"
BEST_SCORE = "BEST_SCORE"
MILLISECONDS = "MILLISECONDS"


class SearchAlgorithm(SceneSearchAlgorithm):
    """Base of the searches. Subclasses add the query's parameters and read them."""

    def add_query_parameters(self) -> None:
        """Add the parameters that say what to look for."""
        raise NotImplementedError

    def query_message(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Return the part of the engine's ``search`` request that says what to look for."""
        raise NotImplementedError

    def layer_name(self, query: dict[str, Any]) -> str:
        """Return what the hits' layer is called."""
        raise NotImplementedError

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        self.addParameter(index_parameter())
        self.add_query_parameters()
        for parameter in filter_parameters():
            self.addParameter(parameter)
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                OUTPUT, tr("Hits"), QgsProcessing.SourceType.TypeVectorPolygon
            )
        )
        self.addOutput(QgsProcessingOutputNumber(HITS, tr("Number of hits")))
        self.addOutput(QgsProcessingOutputNumber(BEST_SCORE, tr("Score of the best hit")))
        self.addOutput(QgsProcessingOutputNumber(MILLISECONDS, tr("Milliseconds")))

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Search and write the hits."""
        index = index_path(self, parameters, context)
        output = safe_destination(parameters.get(OUTPUT), context, index)
        parameters = {**parameters, OUTPUT: output}
        query = self.query_message(parameters, context, feedback, call)
        options = search_options(self, parameters, context)
        result = call("search", {"index": index, **options.params(), **query})
        for note in result.get("notes") or []:
            feedback.pushWarning(str(note))
        fields = hit_fields()
        # The sink is opened after the search, so that a failed search leaves no empty output.
        try:
            sink, layer_id = self.parameterAsSink(
                parameters,
                OUTPUT,
                context,
                fields,
                QgsWkbTypes.Type.MultiPolygon,
                QgsCoordinateReferenceSystem("EPSG:4326"),
            )
        except QgsProcessingException as error:
            raise output_error(str(error)) from error
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, OUTPUT))
        hits = result["hits"]
        count = write_hits(sink, fields, hits)
        del sink  # closes the output before it is loaded
        style_when_loaded(context, layer_id, self.layer_name(query))
        best = float(hits[0]["score"]) if hits else None
        milliseconds = float(result["milliseconds"])
        feedback.pushInfo(
            tr("{count} hits in {milliseconds:.0f} ms").format(
                count=count, milliseconds=milliseconds
            )
        )
        return {OUTPUT: layer_id, HITS: count, BEST_SCORE: best, MILLISECONDS: milliseconds}
