"""A page that says how things stand and what to do next: empty, busy, failed."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from .icons import pixmap
from .plain_text import PlainLabel

_ICON = 48


class StatePage(QWidget):
    """An icon, a line, an explanation, and at most two buttons, in the middle of its room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = PlainLabel(self)
        self._title = PlainLabel(self)
        self._text = PlainLabel(self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(160, 6)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        bold = QFont(self._title.font())
        bold.setBold(True)
        self._title.setFont(bold)
        self._text.setEnabled(True)
        for label in (self._icon, self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        for label in (self._title, self._text):
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._icon)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self._bar, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addSpacing(4)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._buttons)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(3)

    @property
    def title(self) -> str:
        """The line shown."""
        return str(self._title.text())

    @property
    def text(self) -> str:
        """The explanation shown."""
        return str(self._text.text())

    def show_state(
        self,
        title: str,
        text: str = "",
        *,
        icon: str = "",
        busy: bool = False,
        actions: tuple[tuple[str, Callable[[], None]], ...] = (),
    ) -> None:
        """Show a state.

        Args:
            title: one line: what is the case.
            text: what it means and what to do next.
            icon: name of an icon in the plugin's resources, or empty.
            busy: show a bar that moves.
            actions: button labels and what they do; the first is the usual one.
        """
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._icon.setVisible(bool(icon))
        if icon:
            self._icon.setPixmap(pixmap(icon, _ICON, self.devicePixelRatioF()))
        self._bar.setVisible(busy)
        while (item := self._buttons.takeAt(0)) is not None:
            button = item.widget()
            button.hide()  # it may be the one whose click brought us here
            button.deleteLater()
        for label, action in actions:
            button = QPushButton(label, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, action=action: action())
            self._buttons.addWidget(button)

    def set_text(self, text: str) -> None:
        """Show another explanation; all else stays."""
        self._text.setText(text)
        self._text.setVisible(bool(text))

    def buttons(self) -> list[QPushButton]:
        """Return the buttons shown."""
        widgets = (self._buttons.itemAt(place).widget() for place in range(self._buttons.count()))
        return [widget for widget in widgets if isinstance(widget, QPushButton)]
