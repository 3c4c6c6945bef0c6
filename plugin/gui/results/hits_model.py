"""Hits as a Qt model, best first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from qgis.PyQt.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QPixmap

from ...layers.hit import Hit
from ...layers.score_colors import rank_color, score_color
from ..widgets.plain_text import tool_tip
from ..widgets.text import date_text, match_text, score_text

#: The :class:`Hit` itself.
HIT_ROLE = Qt.ItemDataRole.UserRole + 1
#: Its colour on the map.
COLOR_ROLE = Qt.ItemDataRole.UserRole + 2


class HitsModel(QAbstractListModel):
    """Holds the hits of one answer and the thumbnails that have come so far.

    Attributes:
        thumbnail_wanted: id of a tile that is on the screen without its thumbnail.
    """

    thumbnail_wanted = pyqtSignal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()
        self._rows: dict[int, int] = {}
        self._pictures: dict[int, QPixmap | None] = {}
        self._low = self._high = 0.0
        self._reranked = False

    def set_hits(self, hits: Sequence[Hit]) -> None:
        """Show other hits."""
        self.beginResetModel()
        self._hits = tuple(hits)
        self._rows = {hit.tile: row for row, hit in enumerate(self._hits)}
        self._pictures = {}
        scores = [hit.score for hit in self._hits]
        self._low, self._high = min(scores, default=0.0), max(scores, default=0.0)
        self._reranked = any(hit.match is not None for hit in self._hits)
        self.endResetModel()

    def hits(self) -> tuple[Hit, ...]:
        """Return the hits shown."""
        return self._hits

    def hit(self, index: QModelIndex) -> Hit | None:
        """Return the hit at ``index``, if that is a row."""
        row = index.row()
        return self._hits[row] if index.isValid() and row < len(self._hits) else None

    def row_of_tile(self, tile: int) -> int | None:
        """Return the row of a tile, or None if it is not among the hits."""
        return self._rows.get(tile)

    def set_thumbnail(self, tile: int, picture: QPixmap | None) -> None:
        """Show a thumbnail; None says that there is none to be had."""
        self._pictures[tile] = picture
        row = self._rows.get(tile)
        if row is not None:
            place = self.index(row)
            self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])

    def is_thumbnail_missing(self, tile: int) -> bool:
        """Whether it is known that there is no thumbnail, such as when the image is gone."""
        return tile in self._pictures and self._pictures[tile] is None

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 (Qt's)
        """Return the number of hits."""
        return 0 if parent.isValid() else len(self._hits)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what Qt asks for; asking for a thumbnail that is not there requests it."""
        hit = self.hit(index)
        if hit is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{hit.rank} · {score_text(hit.score)}"
        if role == Qt.ItemDataRole.DecorationRole:
            if hit.tile not in self._pictures:
                self.thumbnail_wanted.emit(hit.tile)
                return None
            return self._pictures[hit.tile]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(self._tool_tip(hit))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.tr("Result {0}, similarity {1}, {2}").format(
                hit.rank, score_text(hit.score), hit.source_name
            )
        if role == HIT_ROLE:
            return hit
        if role == COLOR_ROLE:
            return self._color(hit)
        return None

    def _color(self, hit: Hit) -> QColor:
        if self._reranked:
            return rank_color(hit.rank, len(self._hits))
        return score_color(hit.score, self._low, self._high)

    def _tool_tip(self, hit: Hit) -> str:
        lines = [
            self.tr("Result {0} · similarity {1} · {2} bits differ").format(
                hit.rank, score_text(hit.score), hit.hamming
            ),
            hit.source,
        ]
        if hit.match is not None:
            text = self.tr("Match {0}, read word by word against look-alikes")
            lines.insert(1, text.format(match_text(hit.match)))
        if hit.acquired:
            lines.append(self.tr("Acquired {0}").format(date_text(hit.acquired)))
        if hit.scale != 1:
            lines.append(self.tr("Scale {0}×").format(f"{hit.scale:g}"))
        if self.is_thumbnail_missing(hit.tile):
            lines.append(self.tr("The image file is not there any more"))
        return "\n".join(lines)
