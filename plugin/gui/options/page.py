"""Scene Search's page in QGIS's options: the engine, how it runs, and the cache."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsFileWidget, QgsOptionsPageWidget
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...engine_link import session
from ...engine_link.call import EngineCall, start_engine_task
from ...engine_link.messages import message_for
from ...engine_link.settings import EngineSettings
from ...engine_link.setup.interpreter import version_range
from ..setup.engine_setup import EngineSetup
from ..setup.engine_status import engine_status
from ..widgets.plain_text import PlainLabel
from .cache_group import CacheGroup

_MOST_THREADS = 256


class OptionsPage(QgsOptionsPageWidget):
    """Shows the engine's state and changes its settings.

    Args:
        setup: opens the setup window.
        parent: the options window.
    """

    def __init__(self, setup: EngineSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = setup
        self._stored = EngineSettings.load()
        self.cache = CacheGroup(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self._make_engine_group())
        layout.addWidget(self._make_running_group())
        layout.addWidget(self.cache)
        layout.addStretch(1)
        setup.ready.connect(self.refresh)
        self._show(self._stored)
        self.refresh()

    def refresh(self) -> None:
        """Show the engine's state anew. Starts nothing."""
        status = engine_status()
        self.status.setText(status.text)
        self.place.setText(status.place)
        self.set_up.setText(
            self.tr("Set Up Again…") if status.is_ready else self.tr("Set Up the Engine…")
        )
        self.set_up.setEnabled(not status.is_overridden)
        self.restart.setEnabled(status.is_running)
        self.report.setEnabled(status.is_ready)

    def settings(self) -> EngineSettings:
        """Return what the page shows."""
        return EngineSettings(
            interpreter=self.interpreter.filePath().strip(),
            location=self.location.filePath().strip(),
            package_index=self.index_url.text().strip(),
            wheel_folder=self.wheels.filePath().strip(),
            use_gpu=self._stored.use_gpu,
            threads=self.threads.value(),
            provider=self.provider.currentData(),
            cache=self.cache.folder(),
        )

    def apply(self) -> None:
        """Keep the settings (QGIS calls this on OK); a running engine takes them on restart."""
        settings = self.settings()
        if settings == self._stored:
            return
        running_changed = any(
            getattr(settings, name) != getattr(self._stored, name)
            for name in ("threads", "provider", "location")
        )
        settings.save()
        self._stored = settings
        if running_changed:
            session.stop_in_background()

    def _make_engine_group(self) -> QGroupBox:
        group = QGroupBox(self.tr("Search engine"), self)
        self.status = PlainLabel(group)
        self.place = PlainLabel(group)
        for label in (self.status, self.place):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.set_up = QPushButton(group)
        self.set_up.clicked.connect(self._on_set_up)
        self.restart = QPushButton(self.tr("Restart"), group)
        self.restart.setToolTip(self.tr("Ends the engine; it starts with the next search"))
        self.restart.clicked.connect(self._on_restart)
        self.report = QPushButton(self.tr("Copy Report"), group)
        self.report.setToolTip(self.tr("Copies facts about this machine, for a bug report"))
        self.report.clicked.connect(self._on_report)
        row = QHBoxLayout()
        row.addWidget(self.set_up)
        row.addWidget(self.restart)
        row.addWidget(self.report)
        row.addStretch(1)
        self.interpreter = QgsFileWidget(group)
        self.interpreter.setDialogTitle(self.tr("Python Interpreter"))
        self.interpreter.lineEdit().setPlaceholderText(
            self.tr("QGIS's own Python (or choose a Python {0})").format(version_range())
        )
        self.location = _folder_widget(group, self.tr("Folder for the Engine"))
        self.location.lineEdit().setPlaceholderText(self.tr("In the QGIS profile"))
        self.index_url = QLineEdit(group)
        self.index_url.setPlaceholderText(self.tr("As pip is configured"))
        self.wheels = _folder_widget(group, self.tr("Folder of Wheels"))
        self.wheels.lineEdit().setPlaceholderText(self.tr("None: download from the package index"))
        form = QFormLayout(group)
        form.addRow(self.tr("State"), self.status)
        form.addRow(self.tr("Place"), self.place)
        form.addRow("", row)
        form.addRow(self.tr("Python"), self.interpreter)
        form.addRow(self.tr("Folder"), self.location)
        form.addRow(self.tr("Package index"), self.index_url)
        form.addRow(self.tr("Folder of wheels"), self.wheels)
        return group

    def _make_running_group(self) -> QGroupBox:
        group = QGroupBox(self.tr("Speed"), self)
        self.threads = QSpinBox(group)
        self.threads.setRange(0, _MOST_THREADS)
        self.threads.setSpecialValueText(self.tr("Automatic"))
        self.provider = QComboBox(group)
        for name, label in (
            ("auto", self.tr("Automatic: the fastest that works")),
            ("cuda", self.tr("NVIDIA GPU (CUDA)")),
            ("directml", self.tr("Any GPU on Windows (DirectML)")),
            ("coreml", self.tr("Apple (Core ML)")),
            ("cpu", self.tr("Processor only")),
        ):
            self.provider.addItem(label, name)
        form = QFormLayout(group)
        form.addRow(self.tr("Threads"), self.threads)
        form.addRow(self.tr("Runs on"), self.provider)
        return group

    def _show(self, settings: EngineSettings) -> None:
        self.interpreter.setFilePath(settings.interpreter)
        self.location.setFilePath(settings.location)
        self.index_url.setText(settings.package_index)
        self.wheels.setFilePath(settings.wheel_folder)
        self.threads.setValue(settings.threads)
        self.provider.setCurrentIndex(max(0, self.provider.findData(settings.provider)))
        self.cache.show_folder(settings)

    def _on_set_up(self) -> None:
        self.apply()
        self._setup.offer()

    def _on_restart(self) -> None:
        session.stop_in_background()
        self.restart.setEnabled(False)

    def _on_report(self) -> None:
        self.report.setEnabled(False)
        task = start_engine_task(self.tr("Looking at the engine"), "doctor", {})
        self._reporting = EngineCall(
            task, succeeded=self._on_reported, failed=self._on_report_failed
        )
        self.destroyed.connect(self._reporting.drop)  # the options are closed meanwhile

    def _on_reported(self, answer: dict[str, Any]) -> None:
        QApplication.clipboard().setText(str(answer.get("report") or ""))
        self.refresh()
        self.status.setText(self.tr("The report is on the clipboard."))

    def _on_report_failed(self, error: Exception) -> None:
        self.refresh()
        self.status.setText(message_for(error).text)


def _folder_widget(parent: QWidget, title: str) -> QgsFileWidget:
    widget = QgsFileWidget(parent)
    widget.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
    widget.setDialogTitle(title)
    return widget
