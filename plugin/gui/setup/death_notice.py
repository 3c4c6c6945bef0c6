"""Tells the user that the engine died while nobody was waiting for it."""

from __future__ import annotations

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ...engine_link import session
from ...engine_link.errors import EngineDiedError
from ...engine_link.messages import log_message, message_for, push_error


class DeathNotice(QObject):
    """Listens to the session; a death during a call is left to the caller to show.

    Args:
        bar: where the message appears.
    """

    _died = pyqtSignal(object, int)

    def __init__(self, bar: QgsMessageBar) -> None:
        super().__init__()
        self._bar = bar
        # The session tells from a background thread; the signal brings it to the main one.
        self._died.connect(self._show)
        self._remove = session.on_death(self._died.emit)

    def remove(self) -> None:
        """Stop listening."""
        self._remove()

    def _show(self, error: EngineDiedError, calls_in_flight: int) -> None:
        if calls_in_flight:
            log_message(message_for(error))
        else:
            push_error(self._bar, error)
