"""The result list: cards with thumbnails, or rows."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QItemSelection, QModelIndex, QPoint, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QListView, QStyleOptionViewItem, QWidget

from ...layers.hit import Hit
from .hit_delegate import GRID_SIDE, HitDelegate
from .hits_model import HitsModel

_GRID = "scene_search/gallery_grid"


class Gallery(QListView):
    """Shows a :class:`HitsModel`; arrow keys, Enter and the mouse do what one expects.

    Attributes:
        hit_chosen: a hit has become the selected one, by the analyst's hand.
        hit_activated: a double click or Enter on a hit.
        menu_requested: a hit, and where on the screen its menu belongs.
    """

    hit_chosen = pyqtSignal(object)
    hit_activated = pyqtSignal(object)
    menu_requested = pyqtSignal(object, QPoint)

    def __init__(self, model: HitsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits = model
        self._delegate = HitDelegate(self)
        self._quiet = False
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Results"))
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(24)
        self.customContextMenuRequested.connect(self._on_menu)
        self.activated.connect(self._on_activated)
        self.set_grid(QgsSettings().value(_GRID, True, type=bool))

    @property
    def is_grid(self) -> bool:
        """Whether hits are cards in a grid, rather than rows."""
        return self._delegate.grid

    @property
    def thumbnail_side(self) -> int:
        """Logical pixels a thumbnail's side; the larger one, whose pictures serve both views."""
        return GRID_SIDE

    def set_grid(self, grid: bool) -> None:
        """Show cards, or rows."""
        self._delegate.grid = grid
        QgsSettings().setValue(_GRID, grid)
        self.setViewMode(QListView.ViewMode.IconMode if grid else QListView.ViewMode.ListMode)
        self.setMovement(QListView.Movement.Static)  # icon mode would let cards be dragged about
        self.setWrapping(grid)
        self.setSpacing(0)
        self._share_width()
        self.scrollTo(self.currentIndex())

    def selected(self) -> Hit | None:
        """Return the selected hit."""
        return self._hits.hit(self.currentIndex())

    def select_tile(self, tile: int | None) -> None:
        """Select a tile's hit because it was chosen elsewhere; emits nothing."""
        row = None if tile is None else self._hits.row_of_tile(tile)
        self._quiet = True
        try:
            if row is None:
                self.clearSelection()
            else:
                self.setCurrentIndex(self._hits.index(row))
                self.scrollTo(self._hits.index(row))
        finally:
            self._quiet = False

    def selectionChanged(  # noqa: N802 (Qt's name)
        self, selected: QItemSelection, deselected: QItemSelection
    ) -> None:
        """Tell which hit the analyst chose."""
        super().selectionChanged(selected, deselected)
        if self._quiet or not selected.indexes():
            return
        hit = self._hits.hit(selected.indexes()[0])
        if hit is not None:
            self.hit_chosen.emit(hit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        """Share the new width out among the cards."""
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        """Enter activates on every platform; the menu key opens the menu at the hit."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_activated(self.currentIndex())
        elif event.key() == Qt.Key.Key_Menu and self.currentIndex().isValid():
            self._on_menu(self.visualRect(self.currentIndex()).center())
        else:
            super().keyPressEvent(event)

    def _share_width(self) -> None:
        if not self._delegate.grid:
            self.setGridSize(QSize())
            self.scheduleDelayedItemsLayout()
            return
        self._delegate.cell_width = 0
        option = QStyleOptionViewItem()
        option.font = self.font()
        need = self._delegate.sizeHint(option, QModelIndex())
        room = max(self.viewport().width() - 2, need.width())
        self._delegate.cell_width = room // (room // need.width())
        self.setGridSize(QSize(self._delegate.cell_width, need.height() + 4))

    def _on_activated(self, index: QModelIndex) -> None:
        hit = self._hits.hit(index)
        if hit is not None:
            self.hit_activated.emit(hit)

    def _on_menu(self, at: QPoint) -> None:
        hit = self._hits.hit(self.indexAt(at))
        if hit is not None:
            self.menu_requested.emit(hit, self.viewport().mapToGlobal(at))
