"""Secondary text: smaller and softer than what it explains, in any theme."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QWidget

from .icons import blend
from .plain_text import PlainLabel


def muted_color(palette: QPalette) -> QColor:
    """Return the palette's text colour, moved a third of the way to its background."""
    ink = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
    paper = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Window)
    return blend(ink, paper, 0.66)


class MutedLabel(PlainLabel):
    """A label in muted colour that follows the theme."""

    def __init__(self, parent: QWidget | None = None, text: str = "") -> None:
        super().__init__(parent, text)
        font = self.font()
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * 0.92)
            self.setFont(font)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()

    def _tint(self) -> None:
        palette = QPalette(QApplication.palette())
        palette.setColor(QPalette.ColorRole.WindowText, muted_color(palette))
        self.setPalette(palette)
