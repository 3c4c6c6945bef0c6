"""The images of an index, where some can be taken out or found again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from qgis.gui import QgsFilterLineEdit
from qgis.PyQt.QtCore import QItemSelectionModel, QSize, QSortFilterProxyModel, Qt
from qgis.PyQt.QtGui import QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..widgets.plain_text import PlainLabel, tool_tip
from ..widgets.text import date_text, images_text, tiles_text
from .indexed_image import IndexedImage

_ROLE = Qt.ItemDataRole.UserRole
_SORT_ROLE = Qt.ItemDataRole.UserRole + 1

#: What the analyst wants done when the dialog is accepted.
REMOVE, REMOVE_MISSING, LOCATE = "remove", "remove missing", "locate"


class ImagesDialog(QDialog):
    """A table to look through, with what can be done about the images in it.

    Args:
        images: all images of the index.
        parent: owner.

    Attributes:
        wish: ``REMOVE``, ``REMOVE_MISSING`` or ``LOCATE``, once accepted.
    """

    def __init__(self, images: Sequence[IndexedImage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.wish = ""
        self._images = {image.id: image for image in images}
        self.setWindowTitle(self.tr("Images of the index"))
        self.setSizeGripEnabled(True)
        self._model = QStandardItemModel(0, 5, self)
        self._rows = QSortFilterProxyModel(self)
        self.filter = QgsFilterLineEdit(self)
        self.table = QTableView(self)
        self.summary = PlainLabel(self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.locate = buttons.addButton(self.tr("Locate…"), action)
        self.remove = buttons.addButton(self.tr("Remove from the index"), action)
        self.remove_missing = buttons.addButton(self.tr("Remove missing"), action)
        self._fill()
        self._make_table()
        self._make_buttons(buttons)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self.filter)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.summary)
        layout.addWidget(buttons)
        self._on_selection()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Wide enough to read names and folders without resizing."""
        return QSize(820, 460)

    @property
    def chosen(self) -> list[IndexedImage]:
        """The images whose rows are selected."""
        rows = self.table.selectionModel().selectedRows()
        return [self._images[int(row.data(_ROLE))] for row in rows]

    @property
    def missing(self) -> list[IndexedImage]:
        """The images that were not found when the index was last updated."""
        return [image for image in self._images.values() if image.is_missing]

    def choose(self, ids: Sequence[int]) -> None:
        """Select the rows of some images."""
        flags = QItemSelectionModel.SelectionFlag
        self.table.clearSelection()
        for row in range(self._rows.rowCount()):
            index = self._rows.index(row, 0)
            if int(index.data(_ROLE)) in ids:
                self.table.selectionModel().select(index, flags.Select | flags.Rows)

    def _fill(self) -> None:
        states = {
            "complete": self.tr("complete"),
            "indexing": self.tr("not finished"),
            "failed": self.tr("failed"),
            "skipped": self.tr("skipped"),
            "missing": self.tr("missing"),
        }
        labels = [self.tr("Image"), self.tr("State"), self.tr("Tiles"), self.tr("Date")]
        self._model.setHorizontalHeaderLabels([*labels, self.tr("Folder")])
        for image in self._images.values():
            path = PurePath(image.path)
            cells: list[tuple[str, str | int]] = [
                (path.name, path.name.casefold()),
                (states.get(image.state, image.state), image.state),
                (f"{image.tiles:n}", image.tiles),
                (date_text(image.acquired), image.acquired),
                (str(path.parent), str(path.parent)),
            ]
            self._model.appendRow([self._item(image, *cell) for cell in cells])

    def _item(self, image: IndexedImage, text: str, order: str | int) -> QStandardItem:
        item = QStandardItem(text)
        item.setEditable(False)
        item.setData(image.id, _ROLE)
        item.setData(order, _SORT_ROLE)
        told = f"{image.path}\n{image.error}" if image.error else image.path
        item.setToolTip(tool_tip(told))
        return item

    def _make_table(self) -> None:
        self._rows.setSourceModel(self._model)
        self._rows.setSortRole(_SORT_ROLE)
        self._rows.setFilterKeyColumn(-1)
        self._rows.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.filter.setPlaceholderText(self.tr("Filter by name, folder or state"))
        self.filter.setShowSearchIcon(True)
        self.filter.textChanged.connect(self._rows.setFilterFixedString)
        self.table.setModel(self._rows)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAlternatingRowColors(True)
        self.table.setShowGrid(False)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.table.setColumnWidth(0, 260)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._on_selection())

    def _make_buttons(self, buttons: QDialogButtonBox) -> None:
        self.locate.setToolTip(
            self.tr("Find images again whose folder was moved or renamed; nothing is encoded anew")
        )
        self.remove.setToolTip(self.tr("Takes the selected images out; the files stay"))
        self.remove_missing.setToolTip(
            self.tr("Takes out all images that were not found at the last update")
        )
        for button, wish in (
            (self.locate, LOCATE),
            (self.remove, REMOVE),
            (self.remove_missing, REMOVE_MISSING),
        ):
            button.clicked.connect(lambda _checked=False, wish=wish: self._accept(wish))
        self.remove_missing.setEnabled(bool(self.missing))
        buttons.rejected.connect(self.reject)

    def _accept(self, wish: str) -> None:
        self.wish = wish
        self.accept()

    def _on_selection(self) -> None:
        chosen = self.chosen
        self.remove.setEnabled(bool(chosen))
        shown = chosen or list(self._images.values())
        parts = [images_text(len(shown)), tiles_text(sum(image.tiles for image in shown))]
        text = " · ".join(parts)
        if chosen:
            text = self.tr("Selected: {0}").format(text)
        self.summary.setText(text)
