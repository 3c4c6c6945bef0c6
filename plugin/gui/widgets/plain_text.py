"""Labels, tool tips and menu entries that show a name as it is, whatever is in it."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QWidget


class PlainLabel(QLabel):
    """A label that never takes its text for rich text, as a plain ``QLabel`` guesses."""

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)


def tool_tip(text: str) -> str:
    """Return ``text`` so that a tool tip shows it as it is; tool tips cannot be set to plain."""
    if not Qt.mightBeRichText(text):
        return text
    return str(Qt.convertFromPlainText(text, Qt.WhiteSpaceMode.WhiteSpaceNormal))


def menu_text(text: str) -> str:
    """Return ``text`` for a menu or a button, which take ``&`` for the mark of a shortcut."""
    return text.replace("&", "&&")
