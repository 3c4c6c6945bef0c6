"""The window that sets up the engine: consent, progress, outcome."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import SceneSearchError
from ...engine_link.messages import push_error
from ...engine_link.setup import task as setup_task
from ...engine_link.setup.task import SetupTask, plan_from_settings
from .consent_page import SetupConsentPage
from .engine_status import provider_label
from .progress_page import SetupProgressPage


class SetupDialog(QDialog):
    """Asks, installs in the background, and says how it ended.

    The window can be closed meanwhile: the setup goes on, is seen in QGIS's task manager, and
    its outcome is told in the message bar.

    Args:
        parent: window to stay over.
        bar: told the outcome when this window is closed.

    Attributes:
        engine_ready: the engine has been set up.
    """

    engine_ready = pyqtSignal()

    def __init__(self, parent: QWidget | None = None, bar: QgsMessageBar | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._task: SetupTask | None = None
        self.setObjectName("SceneSearchSetup")
        self.setWindowTitle(self.tr("Set Up Scene Search"))
        self.resize(620, 440)
        self.consent = SetupConsentPage(self)
        self.progress = SetupProgressPage(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.consent)
        self._pages.addWidget(self.progress)
        buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        self.install = QPushButton(self.tr("Set Up"), self)
        self.back = QPushButton(self.tr("Try Again…"), self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self.dismiss = QPushButton(self.tr("Not Now"), self)
        buttons.addButton(self.install, role.AcceptRole)
        buttons.addButton(self.back, role.ActionRole)
        buttons.addButton(self.cancel, role.ActionRole)
        buttons.addButton(self.dismiss, role.RejectRole)
        self.install.setDefault(True)
        self.install.clicked.connect(self.start)
        self.back.clicked.connect(self._show_consent)
        self.cancel.clicked.connect(self._cancel)
        self.dismiss.clicked.connect(self.hide)
        self.consent.complete_changed.connect(self.install.setEnabled)
        layout = QVBoxLayout(self)
        layout.addWidget(self._pages, 1)
        layout.addWidget(buttons)
        self._show_consent()

    @property
    def is_running(self) -> bool:
        """Whether a setup goes on."""
        return self._task is not None

    def present(self) -> None:
        """Show the window in front of the others; a finished setup starts over with consent."""
        if not self.is_running and not self.isVisible():
            self._show_consent()
        self.show()
        self.raise_()
        self.activateWindow()

    def start(self) -> None:
        """Install as the consent page says; the user has agreed."""
        if setup_task.running() is not None:
            return
        self.consent.save()
        plan = plan_from_settings(self.consent.settings())
        task = SetupTask(plan, self.tr("Setting up Scene Search"))
        task.stepped.connect(self.progress.set_step)
        task.logged.connect(self.progress.add_line)
        task.succeeded.connect(self._on_succeeded)
        task.failed.connect(self._on_failed)
        task.cancelled.connect(self._on_cancelled)
        self._task = task
        self.progress.begin(task.log.file)
        self._show_progress(running=True)
        task.start()

    def _cancel(self) -> None:
        if self._task is not None:
            self.cancel.setEnabled(False)
            self.progress.set_title(self.tr("Cancelling…"))
            self._task.cancel()

    def _on_succeeded(self, facts: dict[str, Any]) -> None:
        self._task = None
        provider = str(facts.get("provider") or "")
        note = str(facts.get("provider_note") or "")
        self.progress.succeed(provider_label(provider) if provider else "", note)
        self._show_progress(running=False)
        if not self.isVisible() and self._bar is not None:
            self._bar.pushSuccess("Scene Search", self.tr("The engine is ready."))
        self.engine_ready.emit()

    def _on_failed(self, error: SceneSearchError) -> None:
        self._task = None
        self.progress.fail(error)
        self._show_progress(running=False, failed=True)
        if not self.isVisible() and self._bar is not None:
            push_error(self._bar, error)

    def _on_cancelled(self) -> None:
        self._task = None
        self._show_consent()

    def _show_consent(self) -> None:
        self.consent.load()
        self._pages.setCurrentWidget(self.consent)
        self._set_buttons(install=True, back=False, cancel=False)
        self.dismiss.setText(self.tr("Not Now"))
        self.install.setEnabled(self.consent.is_complete)

    def _show_progress(self, *, running: bool, failed: bool = False) -> None:
        self._pages.setCurrentWidget(self.progress)
        self._set_buttons(install=False, back=failed, cancel=running)
        self.cancel.setEnabled(True)
        self.dismiss.setText(self.tr("Hide") if running else self.tr("Close"))

    def _set_buttons(self, *, install: bool, back: bool, cancel: bool) -> None:
        self.install.setVisible(install)
        self.back.setVisible(back)
        self.cancel.setVisible(cancel)
