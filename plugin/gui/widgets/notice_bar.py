"""A line at the top of the dock that tells what happened."""

from __future__ import annotations

from html import escape

from qgis.PyQt.QtCore import QEvent, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from .icons import blend

_COLORS = {"info": "#2f80c2", "good": "#3a9d5d", "warning": "#d9822b"}
_GOOD_NEWS_MS = 12_000


class NoticeBar(QFrame):
    """Shows one message at a time; news that needs no action goes away by itself.

    Attributes:
        link_activated: the name of the link in the message that was followed.
    """

    link_activated = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = "info"
        self.setAutoFillBackground(True)
        self._label = QLabel(self)
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.RichText)
        self._label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._label.linkActivated.connect(self.link_activated)
        close = QToolButton(self)
        close.setText("✕")
        close.setAutoRaise(True)
        close.setToolTip(self.tr("Dismiss"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 5, 4, 5)
        layout.setSpacing(4)
        layout.addWidget(self._label, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    @property
    def text(self) -> str:
        """The message shown, as rich text."""
        return str(self._label.text())

    @property
    def is_warning(self) -> bool:
        """Whether a warning is shown."""
        return bool(self.isVisible() and self._level == "warning")

    def show_notice(
        self,
        title: str,
        text: str = "",
        *,
        level: str = "info",
        link: tuple[str, str] | None = None,
        links: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Show a message.

        Args:
            title: what happened.
            text: what it means or what to do, or empty.
            level: "info", "good" or "warning".
            link: name and label of a link at the end.
            links: the same for several.
        """
        self._level = level
        parts = [f"<b>{escape(title)}</b>" if text else escape(title)]
        if text:
            parts.append(escape(text).replace("\n", "<br>"))
        body = "<br>".join(parts)
        offers = [
            f'<a href="{escape(name)}">{escape(label)}</a>'
            for name, label in (*links, *((link,) if link is not None else ()))
        ]
        if offers:
            body += "<br>" + "&nbsp;&nbsp;·&nbsp;&nbsp;".join(offers)
        self._label.setText(body)
        self._tint()
        self.show()
        self._timer.stop()
        if level == "good":
            self._timer.start(_GOOD_NEWS_MS)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        """Take the new theme's colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ApplicationPaletteChange:
            self._tint()

    def _tint(self) -> None:
        palette = QPalette(QApplication.palette())
        paper = palette.color(QPalette.ColorRole.Window)
        tinted = blend(QColor(_COLORS[self._level]), paper, 0.2)
        palette.setColor(QPalette.ColorRole.Window, tinted)
        self.setPalette(palette)
