"""The page an analyst works on: index, question, answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.PyQt.QtWidgets import QFrame, QVBoxLayout, QWidget

from ..index.section import IndexSection
from ..results.hits_model import HitsModel
from ..results.section import ResultsSection
from ..search.query_section import QuerySection


class WorkPage(QWidget):
    """Three sections under one another, thin lines between them.

    Args:
        recent: returns the indexes used last.
        model: the hits.
        parent: owner.
    """

    def __init__(
        self,
        recent: Callable[[], Sequence[Path]],
        model: HitsModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.index = IndexSection(recent, self)
        self.query = QuerySection(self)
        self.results = ResultsSection(model, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.index)
        layout.addWidget(_line(self))
        layout.addWidget(self.query)
        layout.addWidget(_line(self))
        layout.addWidget(self.results, 1)

    def refresh_icons(self) -> None:
        """Draw the icons for the current theme."""
        for section in (self.index, self.query, self.results):
            section.refresh_icons()


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Sunken)
    return line
