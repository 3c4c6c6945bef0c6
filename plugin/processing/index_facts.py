"""``scene_search:index_facts``: say what an index holds and what it was made with."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterFileDestination,
)

from .algorithm import SceneSearchAlgorithm, translated_help
from .feedback import CallEngine
from .report_file import check_report, page_of, write_report_file
from .search_parameters import index_parameter, index_path
from .translation import tr

OUTPUT = "OUTPUT"


class IndexFactsAlgorithm(SceneSearchAlgorithm):
    """Writes what the engine says about an index."""

    NAME = "index_facts"
    TAGS = SceneSearchAlgorithm.TAGS + ",index,information,info,properties,summary,encoder"

    def displayName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name in the toolbox."""
        return tr("Facts about an index")

    def shortDescription(self) -> str:  # noqa: N802 - Qt's name
        """Return the tool tip in the toolbox."""
        return tr("Says what an index holds, what it was made with, and what it can be asked.")

    def shortHelpString(self) -> str:  # noqa: N802 - Qt's name
        """Return the help beside the dialog."""
        return translated_help(
            tr(
                "Writes a page with what an index holds: its tiles and images, the area that they "
                "cover, the encoder that made it and whether that is at hand, so that it can be "
                "searched. The index is left as it is."
            ),
            tr("A file that ends in <code>.json</code> has the same for programs to go on with."),
        )

    def initAlgorithm(self, configuration: dict[str, Any] | None = None) -> None:  # noqa: ARG002, N802
        """Define parameters and outputs; called by QGIS."""
        self.addParameter(index_parameter())
        self.addParameter(
            QgsProcessingParameterFileDestination(
                OUTPUT, tr("Facts"), tr("HTML files (*.html);;JSON files (*.json)")
            )
        )
        self.addOutput(QgsProcessingOutputNumber("TILES", tr("Tiles")))
        self.addOutput(QgsProcessingOutputNumber("SOURCES", tr("Images")))

    def run_with_engine(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
        call: CallEngine,
    ) -> dict[str, Any]:
        """Ask the engine and write its answer."""
        index = index_path(self, parameters, context)
        target = Path(self.parameterAsFileOutput(parameters, OUTPUT, context))
        check_report(target, Path(index))
        facts = call("index.info", {"index": index})
        if facts["encoder"]["problem"]:
            feedback.pushWarning(facts["encoder"]["problem"])
        for fault in facts["faults"]:
            feedback.pushWarning(f"{fault['problem']}.")
        write_report_file(target, facts, facts_page(facts), tr("Choose another file"))
        return {OUTPUT: str(target), "TILES": facts["tiles"], "SOURCES": facts["sources"]}


def facts_page(facts: Mapping[str, Any]) -> str:
    """Return the answer to ``index.info`` as an HTML page."""
    rows = "\n".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
        for name, value in _rows(facts)
    )
    title = tr("Index {name}").format(name=Path(facts["path"]).name)
    return page_of(title, f"<table>{rows}</table>")


def _rows(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    encoder, size, extent = facts["encoder"], facts["tile_size"], facts["extent"]
    yield tr("File"), facts["path"]
    yield tr("Made"), facts["created"]
    yield tr("Tiles"), f"{facts['tiles']:,}"
    yield tr("Images"), f"{facts['sources']:,}"
    yield tr("Missing images"), f"{facts['missing']:,}"
    if extent is not None:
        edges = ", ".join(f"{degrees:.6f}" for degrees in extent)
        yield tr("West, south, east, north (WGS 84)"), edges
    yield tr("Tile size"), tr("each image's own") if size is None else f"{size:g} m"
    yield tr("Scales"), ", ".join(f"{scale:g}" for scale in facts["scales"])
    yield tr("Overlap"), f"{facts['overlap']:.0%}"
    yield tr("Bits of a code"), str(facts["code_bits"])
    yield tr("Encoder"), f"{encoder['name']} ({encoder['id']})"
    yield tr("Encoder's SHA-256"), encoder["sha256"]
    yield tr("Encoder at hand"), encoder["problem"] or tr("yes")
    for name, key in (
        (tr("Finds by description"), "text"),
        (tr("Re-ranks"), "rerank"),
        (tr("Knows when, where and by what images were taken"), "context"),
    ):
        yield name, tr("yes") if facts[key] else tr("no")
    for fault in facts["faults"]:
        yield tr("Fault"), fault["problem"]
