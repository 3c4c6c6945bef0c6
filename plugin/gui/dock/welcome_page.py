"""The first page without an index: make one, or open one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QCommandLinkButton, QLabel, QVBoxLayout, QWidget

from ..widgets.icons import icon, pixmap
from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import PlainLabel, tool_tip

_SHOWN = 4


class WelcomePage(QWidget):
    """Two ways to begin and the indexes used last.

    Args:
        recent: returns the indexes used last.
        parent: owner.

    Attributes:
        new_requested: make a new index.
        open_requested: choose an index to open.
        recent_requested: the path of an index to open.
    """

    new_requested = pyqtSignal()
    open_requested = pyqtSignal()
    recent_requested = pyqtSignal(str)

    def __init__(self, recent: Callable[[], Sequence[Path]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent = recent
        picture = PlainLabel(self)
        picture.setPixmap(pixmap("scene_search", 56, self.devicePixelRatioF()))
        picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        intro = PlainLabel(
            self,
            self.tr("Find similar scenes in your imagery: show one on the map, or describe it."),
        )
        intro.setWordWrap(True)
        intro.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.new = QCommandLinkButton(
            self.tr("New index…"),
            self.tr("Choose folders or layers; each image is looked through once"),
            self,
        )
        self.new.clicked.connect(self.new_requested)
        self.open = QCommandLinkButton(
            self.tr("Open index…"), self.tr("Search imagery that is already indexed"), self
        )
        self.open.clicked.connect(self.open_requested)
        self._recent_title = MutedLabel(self, self.tr("Recent"))
        self.links = QLabel(self)
        self.links.setTextFormat(Qt.TextFormat.RichText)
        self.links.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.links.linkActivated.connect(self._on_link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(picture)
        layout.addWidget(intro)
        layout.addSpacing(8)
        layout.addWidget(self.new)
        layout.addWidget(self.open)
        layout.addSpacing(8)
        layout.addWidget(self._recent_title)
        layout.addWidget(self.links)
        layout.addStretch(2)
        self.refresh()

    def refresh(self) -> None:
        """List the recent indexes anew and draw the icons for the current theme."""
        self.new.setIcon(icon("add_imagery"))
        self.open.setIcon(icon("index"))
        self._shown = list(self._recent())[:_SHOWN]
        lines = [_link(number, path) for number, path in enumerate(self._shown)]
        self.links.setText("<br>".join(lines))
        self._recent_title.setVisible(bool(lines))
        self.links.setVisible(bool(lines))

    def _on_link(self, number: str) -> None:
        self.recent_requested.emit(str(self._shown[int(number)]))


def _link(number: int, path: Path) -> str:
    tip, name = escape(tool_tip(str(path))), escape(path.stem)
    return f'<a href="{number}" title="{tip}">{name}</a>'
