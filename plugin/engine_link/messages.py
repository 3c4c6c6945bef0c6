"""What the user reads when something fails, for QGIS's message bar and its log."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import Qgis, QgsMessageLog
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QCoreApplication

from ..engine.errors import CancelledError, SceneSearchError
from ..plain_text import without_markup
from .errors import (
    EngineCallError,
    EngineCancelledError,
    EngineDiedError,
    EngineNotInstalledError,
    EngineSetupError,
)
from .exit_reason import ExitKind

LOG_TAB = "Scene Search"
#: Errors of the engine that the user's own input explains, by class name.
_INPUT_ERRORS = {"UsageError", "RasterError", "RegionError", "QueryError"}


@dataclass(frozen=True)
class Message:
    """One message.

    Attributes:
        title: two or three words.
        text: what happened and what to do next.
        level: how it is shown.
        details: the end of a log, or empty.
        offers_setup: whether setting up the engine would help.
    """

    title: str
    text: str
    level: Qgis.MessageLevel
    details: str = ""
    offers_setup: bool = False


def message_for(error: Exception) -> Message:
    """Return what to show for an error of the link, the engine, or an unexpected one."""
    if isinstance(error, (EngineCancelledError, CancelledError)):
        return Message(_tr("Cancelled"), "", Qgis.MessageLevel.Info)
    if isinstance(error, EngineNotInstalledError):
        return Message(
            _tr("Engine not set up"),
            _sentences(error.message, error.hint),
            Qgis.MessageLevel.Warning,
            offers_setup=True,
        )
    if isinstance(error, EngineSetupError):
        return Message(
            _tr("Setup failed"),
            _sentences(error.message, error.hint),
            Qgis.MessageLevel.Critical,
            error.log_tail,
            offers_setup=True,
        )
    if isinstance(error, EngineDiedError):
        return Message(
            _tr("Engine stopped"), _death_text(error), Qgis.MessageLevel.Critical, error.log_tail
        )
    if isinstance(error, SceneSearchError):
        level = Qgis.MessageLevel.Warning
        if isinstance(error, EngineCallError) and error.error_type not in _INPUT_ERRORS:
            level = Qgis.MessageLevel.Critical
        details = str(error.details.get("traceback", ""))
        return Message("Scene Search", _sentences(error.message, error.hint), level, details)
    return Message(
        _tr("Unexpected error"),
        _sentences(f"{type(error).__name__}: {error}", _tr("Please report this with the log")),
        Qgis.MessageLevel.Critical,
    )


def push_error(bar: QgsMessageBar, error: Exception) -> None:
    """Show an error in the message bar, with its log under More, and log it."""
    message = message_for(error)
    log_message(message)
    text = without_markup(message.text)
    if message.level == Qgis.MessageLevel.Info:
        bar.pushMessage(message.title, text, message.level, 3)
    elif message.details:
        bar.pushMessage(message.title, text, message.details, message.level, 0)
    else:
        bar.pushMessage(message.title, text, message.level, 0)


def log_message(message: Message) -> None:
    """Write a message with its details to QGIS's log panel. Safe in any thread."""
    text = f"{message.title}: {message.text}" if message.text else message.title
    if message.details:
        text = f"{text}\n{message.details}"
    QgsMessageLog.logMessage(without_markup(text), LOG_TAB, message.level, notifyUser=False)


def _death_text(error: EngineDiedError) -> str:
    kind, detail = error.reason.kind, error.reason.detail
    again = _tr("It starts again with the next search; what was indexed so far is kept.")
    if kind is ExitKind.START:
        return _sentences(error.message, error.hint)
    if kind is ExitKind.MEMORY:
        told = _tr(
            "The search engine was killed ({0}), most likely because memory ran out. Close "
            "other programs or use fewer threads in Scene Search's options."
        )
    elif kind is ExitKind.CRASH:
        told = _tr("The search engine crashed ({0}).")
    else:
        told = _tr("The search engine stopped ({0}).")
    return f"{told.format(detail)} {again}"


def _sentences(message: str, hint: str) -> str:
    return " ".join(part.rstrip(".") + "." for part in (message, hint) if part)


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("SceneSearchMessages", text))
