"""Offers to set up the engine, wherever it turns out to be missing."""

from __future__ import annotations

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QWidget

from ...engine_link.environment import find_engine_python
from ...engine_link.errors import EngineNotInstalledError
from .dialog import SetupDialog


class EngineSetup(QObject):
    """The one setup window of a QGIS window.

    Args:
        window: the window to show it over.
        bar: told the outcome when the setup window has been closed meanwhile.

    Attributes:
        ready: the engine has been set up and can be used.
    """

    ready = pyqtSignal()

    def __init__(self, window: QWidget | None, bar: QgsMessageBar | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._bar = bar
        self.dialog: SetupDialog | None = None

    @property
    def is_needed(self) -> bool:
        """Whether there is no usable engine yet. Cheap: starts nothing."""
        try:
            find_engine_python()
        except EngineNotInstalledError:
            return True
        return False

    def offer(self) -> SetupDialog:
        """Open the setup window, or bring it to the front. Returns at once."""
        if self.dialog is None:
            self.dialog = SetupDialog(self._window, self._bar)
            self.dialog.engine_ready.connect(self.ready)
        self.dialog.present()
        return self.dialog

    def close(self) -> None:
        """Take the setup window away."""
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.deleteLater()
            self.dialog = None
