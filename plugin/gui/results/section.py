"""The answer: how many, how fast, and the hits; or what is the case instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..search.request import SearchAnswer
from ..widgets.icons import icon
from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import PlainLabel, tool_tip
from ..widgets.state_page import StatePage
from ..widgets.text import count, error_parts, results_text
from .gallery import Gallery
from .hits_model import HitsModel


class ResultsSection(QWidget):
    """A heading over either the gallery or a page that says how things stand.

    Attributes:
        cancel_requested: the analyst does not want to wait.
    """

    cancel_requested = pyqtSignal()

    def __init__(self, model: HitsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.gallery = Gallery(model, self)
        self.state = StatePage(self)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.state)
        self._stack.addWidget(self.gallery)
        self._title = PlainLabel(self)
        bold = QFont(self._title.font())
        bold.setBold(True)
        self._title.setFont(bold)
        self._title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._facts = MutedLabel(self)
        self._facts.setWordWrap(True)
        self.view = self._button(self.tr("Cards or rows"))
        self.view.clicked.connect(self._toggle_view)
        self.more = self._button(self.tr("More"))
        self.menu = QMenu(self.more)
        self.more.setMenu(self.menu)
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")  # dots say it
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._header = QWidget(self)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._facts)
        header = QHBoxLayout(self._header)
        header.setContentsMargins(0, 0, 0, 0)
        header.setSpacing(2)
        header.addLayout(texts, 1)
        header.addWidget(self.view)
        header.addWidget(self.more)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._header)
        layout.addWidget(self._stack, 1)
        self.refresh_icons()
        self.show_empty(has_text=True)

    @property
    def shows_hits(self) -> bool:
        """Whether the gallery is on show."""
        return self._stack.currentWidget() is self.gallery

    @property
    def title(self) -> str:
        """What the answer is called."""
        return str(self._title.text())

    def show_empty(self, *, has_text: bool) -> None:
        """Nothing has been asked yet."""
        self._show_state()
        text = self.tr("Pick Point, Rectangle or Polygon and show on the map what you look for.")
        if has_text:
            text = self.tr(
                "Type what you look for, or pick Point, Rectangle or Polygon and show it on the "
                "map."
            )
        self.state.show_state(self.tr("Find similar scenes"), text, icon="state_empty")

    def show_busy(self, title: str) -> None:
        """A question has been asked; earlier hits stay in view until there is an answer."""
        self._facts.setText(self.tr("Searching for {0}…").format(title))
        if not self.shows_hits:
            self._show_state()
            self.state.show_state(
                self.tr("Searching…"),
                title,
                busy=True,
                actions=((self.tr("Cancel"), self.cancel_requested.emit),),
            )

    def show_progress(self, report: Mapping[str, Any]) -> None:
        """Say how many of the best results have been compared once more."""
        done, total = count(report.get("done") or 0), count(report.get("total") or 0)
        text = self.tr("Comparing with the words: {0} of {1}").format(done, total)
        self._facts.setText(text)
        if not self.shows_hits:
            self.state.set_text(text)

    def show_answer(self, answer: SearchAnswer) -> None:
        """Show hits, or say that there are none and what might help."""
        self.model.set_hits(answer.hits)
        title = answer.request.title
        if not answer.hits:
            self._show_state()
            options = answer.request.options
            hints = []
            if options.within is not None:
                hints.append(
                    self.tr("Nothing in the map view: zoom out, or untick “Only in the map view”.")
                )
            if options.acquisition_filters:
                hints.append(self.tr("Nothing passes the filters: widen or clear them."))
            if not hints:
                hints.append(self.tr("Nothing in the index resembles this."))
            self.state.show_state(
                self.tr("No results for {0}").format(title),
                "\n".join((*hints, *answer.notes)),
                icon="state_none",
            )
            return
        self._title.setText(title)
        self._title.setToolTip(tool_tip(title))
        facts = [
            results_text(len(answer.hits)),
            self.tr("{0} ms").format(count(answer.milliseconds)),
            *answer.notes,
        ]
        self._facts.setText(" · ".join(facts))
        self._facts.setToolTip(tool_tip("\n".join(answer.notes)))
        self._header.show()
        self._stack.setCurrentWidget(self.gallery)
        self.gallery.scrollToTop()

    def show_error(self, title: str, error: Exception, retry: Callable[[], None] | None) -> None:
        """Say what went wrong and what to do."""
        message, hint = error_parts(error)
        self._show_state()
        self.state.show_state(
            title,
            f"{message}.\n{hint}" if hint else message,
            icon="state_error",
            actions=((self.tr("Try again"), retry),) if retry is not None else (),
        )

    def show_before(self) -> bool:
        """Go back to the hits there were before a question that was cancelled, if any."""
        if not self.model.hits():
            return False
        self._facts.setText(results_text(len(self.model.hits())))
        self._header.show()
        self._stack.setCurrentWidget(self.gallery)
        return True

    def refresh_icons(self) -> None:
        """Draw the icons for the current theme."""
        self.view.setIcon(icon("view_list" if self.gallery.is_grid else "view_grid"))
        self.more.setIcon(icon("more"))

    def _show_state(self) -> None:
        self._header.hide()
        self._stack.setCurrentWidget(self.state)

    def _toggle_view(self) -> None:
        self.gallery.set_grid(not self.gallery.is_grid)
        self.refresh_icons()

    def _button(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
