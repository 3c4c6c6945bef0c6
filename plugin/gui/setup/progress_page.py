"""What the setup is doing, and how it ended."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont, QFontDatabase
from qgis.PyQt.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import SceneSearchError
from ...engine_link.messages import message_for
from ..widgets.plain_text import PlainLabel

_MOST_LINES = 5000
_STEPS = 1000


class SetupProgressPage(QWidget):
    """A bar, the current step, the log, and the outcome with what to do next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(self)
        bold = QFont(self.title.font())
        bold.setBold(True)
        self.title.setFont(bold)
        self.step = PlainLabel(self)
        self.step.setWordWrap(True)
        self.step.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.log = QPlainTextEdit(self)
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(_MOST_LINES)
        self.log.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setAccessibleName(self.tr("Log"))
        self.copy = QPushButton(
            QgsApplication.getThemeIcon("/mActionEditCopy.svg"), self.tr("Copy Log"), self
        )
        self.copy.clicked.connect(self.copy_log)
        self._place = PlainLabel(self)
        self._place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout()
        row.addWidget(self._place, 1)
        row.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.step)
        layout.addWidget(self.bar)
        layout.addWidget(self.log, 1)
        layout.addLayout(row)

    def begin(self, log_file: Path | None) -> None:
        """Start over."""
        self.log.clear()
        self.bar.setValue(0)
        self.bar.show()
        self.set_title(self.tr("Setting up the search engine. You can go on working in QGIS."))
        self.step.clear()
        self._place.setText(str(log_file or ""))

    def set_title(self, text: str) -> None:
        """Show one line that says how things stand."""
        self.title.setText(text)

    def set_step(self, share: float, text: str) -> None:
        """Show what is going on and the share done, 0 to 1."""
        self.bar.setValue(round(share * _STEPS))
        self.step.setText(text)

    def add_line(self, line: str) -> None:
        """Append a line to the log."""
        self.log.appendPlainText(line)

    def succeed(self, provider: str, note: str) -> None:
        """Show that the engine is ready and what it will run on.

        Args:
            provider: the execution provider as shown, or empty.
            note: why a GPU is not used although one is there, or empty.
        """
        self.bar.hide()
        self.set_title(self.tr("The search engine is ready."))
        used = self.tr("It runs on: {0}.").format(provider) if provider else ""
        self.step.setText(" ".join(part for part in (used, note) if part))

    def fail(self, error: SceneSearchError) -> None:
        """Show what failed and what to do next."""
        self.bar.hide()
        self.set_title(self.tr("The search engine was not set up."))
        self.step.setText(message_for(error).text)

    def copy_log(self) -> None:
        """Put the outcome and the log on the clipboard."""
        text = f"{self.title.text()}\n{self.step.text()}\n\n{self.log.toPlainText()}\n"
        QApplication.clipboard().setText(text)
