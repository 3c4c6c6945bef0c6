"""The index in use: its name and menu, what is in it, and how indexing goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFont
from qgis.PyQt.QtWidgets import (
    QAction,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..widgets.icons import icon
from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import menu_text, tool_tip
from ..widgets.text import date_text, images_text, tiles_text
from .build_progress import BuildProgress
from .info import IndexInfo


class IndexSection(QWidget):
    """A header with menus, a summary, and the progress of an indexing run.

    Args:
        recent: returns the indexes used last, when the menu opens.
        parent: owner.

    Attributes:
        new_requested, open_requested, add_folder_requested, add_layers_requested,
        update_requested, coverage_requested, report_requested, cancel_requested,
        images_requested, locate_requested, remove_missing_requested: the analyst wants just that.
        recent_requested: the path of an index to open.
    """

    new_requested = pyqtSignal()
    open_requested = pyqtSignal()
    recent_requested = pyqtSignal(str)
    add_folder_requested = pyqtSignal()
    add_layers_requested = pyqtSignal()
    update_requested = pyqtSignal()
    coverage_requested = pyqtSignal()
    report_requested = pyqtSignal()
    cancel_requested = pyqtSignal()
    images_requested = pyqtSignal()
    locate_requested = pyqtSignal()
    remove_missing_requested = pyqtSignal()

    def __init__(self, recent: Callable[[], Sequence[Path]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent = recent
        self._info: IndexInfo | None = None
        self._building = False
        self.name = self._make_name()
        self.add = QToolButton(self)
        self.refresh = QToolButton(self)
        self._make_buttons()
        self.summary = MutedLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.missing = self._make_line()
        self.notice = self._make_line()
        self.progress = BuildProgress(self)
        self.progress.cancel_requested.connect(self.cancel_requested)
        self.progress.hide()
        header = QHBoxLayout()
        header.setSpacing(2)
        header.addWidget(self.name)
        header.addStretch(1)
        header.addWidget(self.add)
        header.addWidget(self.refresh)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(header)
        layout.addWidget(self.summary)
        layout.addWidget(self.missing)
        layout.addWidget(self.notice)
        layout.addWidget(self.progress)
        self.refresh_icons()

    def show_index(self, info: IndexInfo | None, path: Path | None = None) -> None:
        """Show what is in an index, or only its name while that is not known yet."""
        self._info = info
        path = info.path if info is not None else path
        self.name.setText("" if path is None else menu_text(shortened(path.stem)))
        self.name.setToolTip("" if path is None else tool_tip(str(path)))
        if info is None:
            self.summary.setText("")
        else:
            parts = [tiles_text(info.tiles)]
            if info.sources:  # none is whole yet at the beginning
                parts.append(images_text(info.sources))
            if info.encoder:
                parts.append(info.encoder)
            if info.created:
                parts.append(date_text(info.created))
            # Lines break between the facts, not inside one.
            self.summary.setText(" · ".join(part.replace(" ", "\u00a0") for part in parts))
        self.summary.setVisible(info is not None or not self._building)
        self._show_missing(0 if info is None else info.missing)
        self._enable()

    def _show_missing(self, number: int) -> None:
        """Say how many images were not found at the last update, and what can be done."""
        if number:
            text = self.tr("{0} missing").format(images_text(number))
            locate, remove = self.tr("Locate…"), self.tr("Remove…")
            self.missing.setText(
                f'⚠ {text} — <a href="locate">{locate}</a> · <a href="remove">{remove}</a>'
            )
        self.missing.setVisible(bool(number))

    def show_problems(self, left_out: int, remarks: int = 0) -> None:
        """Say how many images are not in the index, with a link to the report.

        Args:
            left_out: images that could not be indexed.
            remarks: what else the report says: damaged parts, what was left out on purpose.
        """
        if left_out:
            text = self.tr("{0} left out").format(images_text(left_out))
            link = self.tr("Why?")
        else:
            text, link = self.tr("Remarks on the imagery"), self.tr("Show")
        self.notice.setText(f'⚠ {text} — <a href="report">{link}</a>')
        self.notice.setVisible(bool(left_out or remarks))

    def set_building(self, building: bool) -> None:
        """Show the progress of an indexing run, or hide it."""
        self._building = building
        self.progress.setVisible(building)
        self.summary.setVisible(not building or self._info is not None)
        if building:
            self.progress.start()
        self._enable()

    def refresh_icons(self) -> None:
        """Draw the icons for the current theme."""
        self.name.setIcon(icon("index"))
        self.add.setIcon(icon("add_imagery"))
        self.refresh.setIcon(icon("update"))

    def _make_line(self) -> QLabel:
        """Return a line with links, hidden until there is something to say."""
        line = QLabel(self)
        line.setWordWrap(True)
        line.setTextFormat(Qt.TextFormat.RichText)
        line.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        line.linkActivated.connect(self._on_link)
        line.hide()
        return line

    def _on_link(self, link: str) -> None:
        {
            "report": self.report_requested,
            "locate": self.locate_requested,
            "remove": self.remove_missing_requested,
        }[link].emit()

    def _enable(self) -> None:
        ready = self._info is not None and not self._building
        self.add.setEnabled(ready)
        self.refresh.setEnabled(ready)
        self.missing.setEnabled(ready)

    def _make_name(self) -> QToolButton:
        name = QToolButton(self)
        name.setAutoRaise(True)
        name.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        name.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        name.setIconSize(QSize(18, 18))
        name.setAccessibleName(self.tr("Index"))
        bold = QFont(name.font())
        bold.setBold(True)
        name.setFont(bold)
        menu = QMenu(name)
        menu.aboutToShow.connect(lambda: self._fill_menu(menu))
        name.setMenu(menu)
        return name

    def _fill_menu(self, menu: QMenu) -> None:
        menu.clear()
        theme = QgsApplication.getThemeIcon
        new = menu.addAction(theme("mActionFileNew.svg"), self.tr("New index…"))
        new.triggered.connect(self.new_requested)
        new.setEnabled(not self._building)
        opened = menu.addAction(theme("mActionFileOpen.svg"), self.tr("Open index…"))
        opened.triggered.connect(self.open_requested)
        fill_recent(menu.addMenu(self.tr("Recent")), self._recent(), self.recent_requested.emit)
        menu.addSeparator()
        coverage = menu.addAction(
            theme("mActionAddOgrLayer.svg"), self.tr("Show coverage on the map")
        )
        coverage.triggered.connect(self.coverage_requested)
        coverage.setEnabled(self._info is not None)
        images = menu.addAction(self.tr("Images of the index…"))
        images.triggered.connect(self.images_requested)
        locate = menu.addAction(self.tr("Locate moved images…"))
        locate.triggered.connect(self.locate_requested)
        remove = menu.addAction(self.tr("Remove missing images…"))
        remove.triggered.connect(self.remove_missing_requested)
        ready = self._info is not None and not self._building
        for action in (images, locate):
            action.setEnabled(ready)
        remove.setEnabled(ready and self._info is not None and self._info.missing > 0)
        report = menu.addAction(self.tr("Indexing report…"))
        report.triggered.connect(self.report_requested)
        report.setEnabled(self._info is not None)

    def _make_buttons(self) -> None:
        menu = QMenu(self.add)
        for text, signal in (
            (self.tr("Add folder…"), self.add_folder_requested),
            (self.tr("Add layers of the project…"), self.add_layers_requested),
        ):
            action = QAction(text, menu)
            action.triggered.connect(signal)
            menu.addAction(action)
        self.add.setMenu(menu)
        self.add.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.add.setToolTip(self.tr("Add imagery to the index"))
        self.refresh.setToolTip(
            self.tr("Update: index what was added or changed, and notice what is missing")
        )
        self.refresh.clicked.connect(self.update_requested)
        for button in (self.add, self.refresh):
            button.setAutoRaise(True)
            button.setIconSize(QSize(20, 20))
            button.setAccessibleName(button.toolTip())
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


def fill_recent(menu: QMenu, paths: Sequence[Path], choose: Callable[[str], None]) -> None:
    """Fill a menu with indexes to open; an empty one is disabled."""
    menu.clear()
    for path in paths:
        action = menu.addAction(menu_text(path.stem))
        action.setToolTip(tool_tip(str(path)))
        action.triggered.connect(lambda _checked=False, path=path: choose(str(path)))
    menu.setToolTipsVisible(True)
    menu.setEnabled(bool(paths))


def shortened(name: str, most: int = 28) -> str:
    """Return a name that a narrow dock has room for; its end often tells most, so both stay."""
    if len(name) <= most:
        return name
    half = (most - 1) // 2
    return f"{name[:half]}…{name[-half:]}"
