"""Where the analyst asks: by words, by a region, by an image."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...hit_limits import DEFAULT_HITS, MAX_HITS
from ...layers.search_options import SearchOptions
from ..widgets.icons import icon
from ..widgets.muted_label import MutedLabel
from .filter_box import FilterBox
from .likeness_slider import LikenessSlider

_LIMIT = "scene_search/limit"
_RERANK = "scene_search/rerank"
_CONTEXT = "scene_search/context"


class QuerySection(QWidget):
    """A text box, the region tools, and the filters.

    Attributes:
        text_entered: a description to search for.
        tool_requested: "click", "rectangle" or "polygon", or empty to leave the tool.
        image_requested: the analyst wants to search with an image file.
        stop_requested: the analyst does not want to wait for the answer.
    """

    text_entered = pyqtSignal(str)
    tool_requested = pyqtSignal(str)
    image_requested = pyqtSignal()
    stop_requested = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLineEdit(self)
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName(self.tr("Description to search for"))
        self.text.returnPressed.connect(self._on_text)
        self._magnifier = self.text.addAction(
            icon("search"), QLineEdit.ActionPosition.LeadingPosition
        )
        self.go = QToolButton(self)
        self.go.setToolTip(self.tr("Search (Enter)"))
        self.go.clicked.connect(self._on_go)
        self._busy = False
        self.tools = {
            "click": self._tool_button(
                self.tr("Point"),
                self.tr("Click a place on the map to find tiles like it"),
            ),
            "rectangle": self._tool_button(
                self.tr("Rectangle"),
                self.tr("Drag a rectangle on the map to find tiles like what is inside"),
            ),
            "polygon": self._tool_button(
                self.tr("Polygon"),
                self.tr(
                    "Click the corners of an area, right-click to close it, "
                    "to find tiles like what is inside"
                ),
            ),
        }
        for name, button in self.tools.items():
            button.setCheckable(True)
            button.clicked.connect(
                lambda checked, name=name: self.tool_requested.emit(name if checked else "")
            )
        self.image = self._tool_button(
            self.tr("Image…"), self.tr("Choose an image file to find tiles like it")
        )
        self.image.clicked.connect(self.image_requested)
        self.rerank = QCheckBox(self.tr("Re-rank word by word (slower)"), self)
        self.rerank.setToolTip(
            self.tr(
                "Reads the 128 tiles that fit best once more and compares each with every word "
                "of the description, by the fusion part of the index's encoder. The order may "
                "get better; it takes up to some seconds more."
            )
        )
        self.rerank.setChecked(QgsSettings().value(_RERANK, True, type=bool))
        self.rerank.toggled.connect(lambda on: QgsSettings().setValue(_RERANK, on))
        self.context = QCheckBox(self.tr("Same season, sensor and place"), self)
        self.context.setToolTip(
            self.tr(
                "Prefers tiles that were taken in the same season, by the same sensor and near the "
                "same place as the example. Leave it off to find what looks alike anywhere. A "
                "description takes season, sensor and resolution from the filters, and the place "
                "from the map view where only that is searched."
            )
        )
        self.context.setChecked(QgsSettings().value(_CONTEXT, False, type=bool))
        self.context.toggled.connect(lambda on: QgsSettings().setValue(_CONTEXT, on))
        self.in_view = QCheckBox(self.tr("Only in the map view"), self)
        self.in_view.setToolTip(self.tr("Leave out tiles that the map does not show now"))
        self.include_missing = QCheckBox(self.tr("Also in images that are missing"), self)
        self.include_missing.setToolTip(
            self.tr(
                "Find tiles of images that were not found when the index was last updated, such as "
                "those on a drive that is not connected. They have no pictures."
            )
        )
        self.limit = QSpinBox(self)
        self.limit.setRange(1, MAX_HITS)
        self.limit.setValue(QgsSettings().value(_LIMIT, DEFAULT_HITS, type=int))
        self.limit.setSuffix(self.tr(" results"))
        self.limit.setToolTip(self.tr("How many results to show at most"))
        self.limit.setAccessibleName(self.tr("Most results"))
        self.limit.valueChanged.connect(lambda value: QgsSettings().setValue(_LIMIT, value))
        self.filters = FilterBox(self)
        self.likeness = LikenessSlider(self)
        self._hint = MutedLabel(self)
        self._hint.setWordWrap(True)
        self._lay_out()
        self.refresh_icons()
        self.set_text_search(True)
        self.set_rerank(False)
        self.set_context(False)
        self.set_missing(False)
        self.show_tool("")

    def set_text_search(self, available: bool) -> None:
        """Say whether the index understands descriptions."""
        self.text.setEnabled(available)
        if available:
            self.text.setPlaceholderText(self.tr("Describe it: boats in a harbor"))
            self.text.setToolTip(
                self.tr(
                    "Plain English works best: “boats in a harbor”, “a runway with airplanes”, "
                    "“dense houses with swimming pools”"
                )
            )
        else:
            self.text.setPlaceholderText(self.tr("This index knows images only, not words"))
            self.text.setToolTip(
                self.tr(
                    "The index was made by an encoder without a text part. Search by a region "
                    "or an image, or make a new index with the default encoder."
                )
            )
        self.go.setEnabled(available or self._busy)

    def set_rerank(self, available: bool) -> None:
        """Say whether the index's encoder can compare tiles with a description once more."""
        self.rerank.setVisible(available)

    @property
    def options(self) -> SearchOptions:
        """How to search; what the index does not allow is off."""
        return self.filters.filtered(
            SearchOptions(
                limit=self.limit.value(),
                include_missing=self._wants(self.include_missing),
                likeness=self.likeness.likeness,
                rerank=self._wants(self.rerank),
                context=self._wants(self.context),
            )
        )

    def _wants(self, box: QCheckBox) -> bool:
        return bool(box.isVisibleTo(self) and box.isChecked())

    def set_context(self, available: bool) -> None:
        """Say whether the index knows when, where and by what its tiles were taken."""
        self.context.setVisible(available)

    def set_missing(self, some: bool) -> None:
        """Say whether some images of the index are missing."""
        self.include_missing.setVisible(some)

    def set_busy(self, busy: bool) -> None:
        """Turn the search button into a stop button while an answer is awaited."""
        self._busy = busy
        self.go.setIcon(icon("stop" if busy else "search"))
        self.go.setToolTip(self.tr("Stop searching") if busy else self.tr("Search (Enter)"))
        self.go.setAccessibleName(self.tr("Stop searching") if busy else self.tr("Search"))
        self.go.setEnabled(busy or self.text.isEnabled())

    def show_tool(self, name: str) -> None:
        """Show which region tool is active on the map, and how it is used."""
        for tool, button in self.tools.items():
            button.setChecked(tool == name)
        self._hint.setText(
            {
                "click": self.tr(
                    "Click on the map. The square shows what is compared. Esc leaves."
                ),
                "rectangle": self.tr("Drag across the map. Esc leaves."),
                "polygon": self.tr(
                    "Click corners, right-click to close. Backspace takes one back, Esc leaves."
                ),
            }.get(name, "")
        )
        self._hint.setVisible(bool(name))

    def refresh_icons(self) -> None:
        """Draw the icons for the current theme."""
        for name, button in self.tools.items():
            button.setIcon(icon(f"region_{name}"))
        self.image.setIcon(icon("query_image"))
        self._magnifier.setIcon(icon("search"))
        self.set_busy(self._busy)

    def _on_text(self) -> None:
        text = self.text.text().strip()
        if text:
            self.text_entered.emit(text)

    def _on_go(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        elif self.text.text().strip():
            self._on_text()
        else:
            self.text.setFocus()

    def _tool_button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleDescription(tip)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setIconSize(QSize(24, 24))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return button

    def _lay_out(self) -> None:
        words = QHBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.text, 1)
        words.addWidget(self.go)
        examples = QHBoxLayout()
        examples.setSpacing(2)
        for button in (*self.tools.values(), self.image):
            examples.addWidget(button)
        filters = QHBoxLayout()
        filters.addWidget(self.in_view, 1)
        filters.addWidget(self.limit)
        filters.addWidget(self.filters.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(words)
        layout.addWidget(self.rerank)
        layout.addWidget(MutedLabel(self, self.tr("or show an example")))
        layout.addLayout(examples)
        layout.addWidget(self._hint)
        layout.addWidget(self.likeness)
        layout.addWidget(self.context)
        layout.addWidget(self.include_missing)
        layout.addLayout(filters)
        layout.addWidget(self.filters)
