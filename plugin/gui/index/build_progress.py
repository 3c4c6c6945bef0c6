"""The progress of an indexing run: counts, rate, time left, Cancel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qgis.PyQt.QtCore import QCoreApplication, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontMetrics
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import PlainLabel, tool_tip
from ..widgets.text import count, duration_text, images_text, tiles_text


class BuildProgress(QWidget):
    """A bar with what is done, how fast, and how long it still takes.

    Attributes:
        cancel_requested: the analyst wants the run to stop.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(8)
        self._bar.setAccessibleName(self.tr("Indexing progress"))
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.setToolTip(self.tr("Stop indexing; the tiles so far stay searchable"))
        self._cancel.setAutoDefault(False)
        self._cancel.clicked.connect(self._on_cancel)
        self._numbers = PlainLabel(self)
        self._file = MutedLabel(self)
        self._file.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._file_text = ""
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._bar, 1)
        row.addWidget(self._cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(self._numbers)
        layout.addWidget(self._file)

    def start(self) -> None:
        """Show a run that has just begun."""
        self._bar.setRange(0, 0)
        self._cancel.setEnabled(True)
        self._numbers.setText(self.tr("Looking through the imagery…"))
        self._show_file("")

    def show_progress(self, report: Mapping[str, Any]) -> None:
        """Show a progress report of the engine."""
        if not self._cancel.isEnabled():
            return  # it is stopping, and a late report would say otherwise
        done, total = int(report.get("done") or 0), report.get("total")
        if total:
            # Qt counts in 32 bits; ten thousand steps are more than a bar has pixels.
            self._bar.setRange(0, 10_000)
            self._bar.setValue(min(10_000, int(10_000 * done / total)))
        else:
            self._bar.setRange(0, 0)
        self._numbers.setText(progress_text(report))
        self._show_file(Path(str(report.get("message") or "")).name)

    def text(self) -> str:
        """The line of numbers shown."""
        return str(self._numbers.text())

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 (Qt's name)
        """Shorten the file name to the new width."""
        super().resizeEvent(event)
        self._show_file(self._file_text)

    def _show_file(self, name: str) -> None:
        self._file_text = name
        room = max(40, self.width() - 8)
        metrics = QFontMetrics(self._file.font())
        self._file.setText(metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room))
        self._file.setToolTip(tool_tip(name))

    def _on_cancel(self) -> None:
        self._cancel.setEnabled(False)
        self._numbers.setText(self.tr("Stopping…"))
        self.cancel_requested.emit()


def progress_text(report: Mapping[str, Any]) -> str:
    """Return counts, rate and time left in one line, as far as they are known."""
    done, total = int(report.get("done") or 0), report.get("total")
    if report.get("unit", "tiles") != "tiles":
        looked = _tr("Looking through the imagery")
        if not total:
            return f"{looked}…"
        return f"{looked}: " + _tr("{done} of {total}").format(
            done=count(done), total=images_text(total)
        )
    if total:
        parts = [_tr("{done} of {total}").format(done=count(done), total=tiles_text(total))]
    else:
        parts = [tiles_text(done)]
    rate = float(report.get("rate") or 0)
    if rate > 0:
        parts.append(_tr("{0} tiles/s").format(count(rate) if rate >= 10 else f"{rate:.1f}"))
    left = report.get("remaining_seconds")
    if left is not None:
        parts.append(_tr("{0} left").format(duration_text(float(left))))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("BuildProgress", text))
