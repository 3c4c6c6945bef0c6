"""The rasters that are not in the index, each with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...source_files import names
from ..widgets.plain_text import PlainLabel, tool_tip
from ..widgets.text import images_text
from .report import REMARKS, Problem, problems_text


class IndexReportDialog(QDialog):
    """A table of files and reasons that can be copied whole or in part."""

    def __init__(self, problems: Sequence[Problem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems = list(problems)
        self.setWindowTitle(self.tr("Indexing report"))
        self.setSizeGripEnabled(True)
        intro = PlainLabel(self, self._intro())
        intro.setWordWrap(True)
        self.table = self._make_table()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        copy = buttons.addButton(self.tr("Copy all"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy_all)
        copy.setVisible(bool(self._problems))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(intro)
        layout.addWidget(self.table, 1)
        self.table.setVisible(bool(self._problems))
        layout.addWidget(buttons)

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Wide enough to read most reasons without resizing."""
        return QSize(760, 380) if self._problems else QSize(420, 100)

    def _intro(self) -> str:
        if not self._problems:
            return str(self.tr("Every image is in the index, as a whole."))
        left_out = sum(problem.kind not in REMARKS for problem in self._problems)
        if not left_out:
            return str(self.tr("Every image is in the index, with these remarks."))
        text = self.tr(
            "{0} could not be indexed. Everything else is in the index. "
            "Once a file is mended, “Update” takes it in."
        )
        return str(text).format(images_text(left_out))

    def copy_all(self) -> None:
        """Put the report on the clipboard as text."""
        QGuiApplication.clipboard().setText(problems_text(self._problems))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Copy the selected rows with the usual keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            rows = sorted({index.row() for index in self.table.selectedIndexes()})
            chosen = [self._problems[row] for row in rows] or self._problems
            QGuiApplication.clipboard().setText(problems_text(chosen))
            return
        super().keyPressEvent(event)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(len(self._problems), 3, self)
        table.setHorizontalHeaderLabels([self.tr("File"), self.tr("State"), self.tr("Reason")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.verticalHeader().hide()
        kinds = {
            "failed": self.tr("failed"),
            "skipped": self.tr("skipped"),
            "missing": self.tr("missing"),
            "damaged": self.tr("damaged"),
            "note": self.tr("note"),
        }
        for row, problem in enumerate(self._problems):
            kind = kinds.get(problem.kind, problem.kind)
            cells = (names.shown(problem.path), kind, problem.reason)
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(tool_tip(problem.path if column == 0 else text))
                item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        table.setColumnWidth(0, 240)
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table
