"""``scene_search:index``: cut imagery into tiles and remember what each looks like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
)

from ..engine.errors import SceneSearchError
from ..layers.index_file import index_file
from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine
from .index_parameters import (
    ENCODER,
    FOLDER,
    INDEX,
    LAYERS,
    OVERLAP,
    REMOVE_MISSING,
    REPORT,
    SCALES,
    TILE_SIZE,
    index_outputs,
    index_parameters,
    parse_scales,
)
from .index_report import write_report
from .layer_files import LayerFiles
from .report_file import check_report
from .translation import tr


class IndexAlgorithm(SceneSearchAlgorithm):
    """Makes an index of folders and layers, or brings one up to date."""

    NAME = "index"
    TAGS = SceneSearchAlgorithm.TAGS + ",index,build,update,catalogue,catalog"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Index imagery")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Cuts imagery into tiles and makes them searchable.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Cuts imagery into tiles on the ground, encodes what each looks like, and writes "
                "an index that the searches use. The images stay where they are; the index is a "
                "GeoPackage whose <i>tiles</i> layer QGIS opens as it is."
            ),
            tr(
                "On an index that exists, only what changed is done: new and modified images are "
                "indexed, the others are left alone. Cancelling keeps what was done; running "
                "again goes on from there."
            ),
            tr(
                "An image that cannot be used (no coordinate system, truncated, nothing but "
                "nodata) is skipped, and the report says why. It also names values that were "
                "taken for nodata though the file does not declare them, such as a frame of 0."
            ),
            tr(
                "<b>Tile size</b> is on the ground; left empty, each image's tiles are 256 of "
                "its pixels wide. <b>Scales</b> such as <code>1,2,4</code> add tiles twice and "
                "four times as large. Both are fixed when the index is made."
            ),
            tr(
                "Layers that are not files, such as web maps, and files that the engine has no "
                "driver for are rendered into GeoTIFFs in a "
                "folder beside the index, within <b>Area to render</b> at <b>Pixel size</b>."
            ),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        for parameter in index_parameters():
            self.addParameter(parameter)
        for output in index_outputs():
            self.addOutput(output)

    def checkParameterValues(  # noqa: N802 - Qt's name
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        """Ask for imagery and readable scales before anything runs."""
        if not parameters.get(FOLDER) and not parameters.get(LAYERS):
            return False, tr("No imagery: choose a folder or raster layers")
        try:
            parse_scales(self.parameterAsString(parameters, SCALES, context))
        except ValueError:
            return False, tr("Scales are whole numbers from 1 to 64, such as 1,2,4")
        valid, message = super().checkParameterValues(parameters, context)
        return valid, message

    def prepareAlgorithm(  # noqa: N802 - Qt's name
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,  # noqa: ARG002 - QGIS's signature
    ) -> bool:
        """Look at the layers while still on their thread."""
        try:
            self._layers = LayerFiles.plan(self, parameters, context)
        except SceneSearchError as error:
            raise QgsProcessingException(str(error)) from error
        return True

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Render what is not a file, index everything, and report."""
        index = index_file(self.parameterAsFileOutput(parameters, INDEX, context), Path.cwd())
        target = self.parameterAsFileOutput(parameters, REPORT, context)
        if target:
            check_report(Path(target), index)
        folder = self.parameterAsFile(parameters, FOLDER, context)
        files = self._layers.files(feedback)
        encoder = self.parameterAsFile(parameters, ENCODER, context)
        report = call(
            "index.build",
            {
                "index": str(index),
                "paths": [str(Path(name).absolute()) for name in (folder, *files) if name],
                "encoder": str(Path(encoder).absolute()) if encoder else None,
                "tile_size": self._number(parameters, TILE_SIZE, context) or None,
                "scales": parse_scales(self.parameterAsString(parameters, SCALES, context)),
                "overlap": self._number(parameters, OVERLAP, context),
                "remove_missing": self.parameterAsBoolean(parameters, REMOVE_MISSING, context),
            },
        )
        self._tell(report, feedback)
        if target:
            write_report(Path(target), index, report)
        _check_any(report)
        results = {
            INDEX: str(index),
            "TILES": report["tiles"],
            "SOURCES": report["sources"],
            "SKIPPED": len(report["skipped"]),
            "FAILED": len(report["failed"]),
            "SECONDS": report["seconds"],
            "TILES_PER_SECOND": report["tiles_per_second"],
            "PROVIDER": report["provider"],
        }
        if target:
            results[REPORT] = target
        return results

    def _number(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> float | None:
        if parameters.get(name) in (None, ""):
            return None
        return float(self.parameterAsDouble(parameters, name, context))

    def _tell(self, report: dict[str, Any], feedback: QgsProcessingFeedback) -> None:
        for problem in [*report["skipped"], *report["failed"]]:
            feedback.pushWarning(
                tr("Skipped {path}: {reason}").format(
                    path=problem["path"], reason=problem["reason"]
                )
            )
        for damaged in report.get("damaged", []):
            feedback.pushWarning(f"{damaged['path']}: {damaged['reason']}")
        for note in report.get("notes", []):
            feedback.pushInfo(f"{note['path']}: {note['reason']}")
        for number, text in (
            (report.get("moved"), tr("{count} images were found under another path")),
            (report.get("missing"), tr("{count} images are missing; their tiles are kept")),
            (report.get("removed"), tr("{count} images were removed from the index")),
        ):
            if number:
                feedback.pushInfo(text.format(count=number))
        if report.get("provider_note"):
            feedback.pushWarning(str(report["provider_note"]))
        feedback.pushInfo(
            tr("{tiles:,} tiles of {sources:,} images in {seconds:.1f} s ({provider})").format(
                tiles=report["tiles"],
                sources=report["sources"],
                seconds=report["seconds"],
                provider=report["provider"],
            )
        )


def _check_any(report: dict[str, Any]) -> None:
    """Fail where not a single tile came of it: a model has nothing to go on with."""
    if report["tiles"]:
        return
    left_out = [*report["skipped"], *report["failed"]]
    if not left_out:
        raise QgsProcessingException(tr("Nothing could be indexed"))
    text = tr("Nothing could be indexed: {reason}").format(reason=left_out[0]["reason"])
    if len(left_out) > 1:
        text += " " + tr("(and {count} more)").format(count=len(left_out) - 1)
    raise QgsProcessingException(text)
