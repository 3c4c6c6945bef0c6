"""Draws a hit: thumbnail, rank, similarity, image, date."""

from __future__ import annotations

from qgis.PyQt.QtCore import QModelIndex, QObject, QRect, QRectF, QSize, Qt
from qgis.PyQt.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
)
from qgis.PyQt.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ...layers.hit import Hit
from ..widgets.muted_label import muted_color
from ..widgets.text import date_text, date_texts, match_text, name_texts, score_text
from .hits_model import COLOR_ROLE, HIT_ROLE

_PAD = 6
_GAP = 3
_RADIUS = 4.0
GRID_SIDE = 112
LIST_SIDE = 64


class HitDelegate(QStyledItemDelegate):
    """A card in a grid, or a row in a list; the rank's colour is the hit's colour on the map."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.grid = True
        #: Room given to each card, at least what it needs: the gallery shares its width out.
        self.cell_width = 0

    @property
    def side(self) -> int:
        """Logical pixels a thumbnail's side."""
        return GRID_SIDE if self.grid else LIST_SIDE

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # noqa: N802
        """Return the size of a card or a row."""
        line = QFontMetrics(option.font).height()
        if self.grid:
            width = max(self.side + 2 * _PAD, self.cell_width)
            return QSize(width, self.side + 2 * _PAD + _GAP + 2 * line)
        return QSize(160, max(self.side, 3 * line) + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the hit at ``index``."""
        hit = index.data(HIT_ROLE)
        if hit is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_background(painter, option)
        picture_at = self._picture_rect(option.rect)
        self._paint_picture(painter, option, index, picture_at)
        self._paint_rank(painter, option, hit, index.data(COLOR_ROLE), picture_at)
        self._paint_text(painter, option, hit, picture_at)
        painter.restore()

    def _paint_background(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Fill the whole card: in icon mode, styles mark only a text of their own as selected."""
        if option.state & QStyle.StateFlag.State_Selected:
            color = option.palette.color(_group(option), QPalette.ColorRole.Highlight)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            color = QColor(option.palette.color(QPalette.ColorRole.Highlight))
            color.setAlpha(40)
        else:
            return
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), _RADIUS, _RADIUS)
        painter.fillPath(shape, color)

    def _picture_rect(self, cell: QRect) -> QRect:
        if self.grid:
            left = cell.left() + (cell.width() - self.side) // 2
            return QRect(left, cell.top() + _PAD, self.side, self.side)
        top = cell.top() + (cell.height() - self.side) // 2
        return QRect(cell.left() + _PAD, top, self.side, self.side)

    def _paint_picture(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, at: QRect
    ) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(at), _RADIUS, _RADIUS)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        painter.save()
        painter.setClipPath(shape)
        if isinstance(picture, QPixmap):
            painter.drawPixmap(at, picture)
        else:
            wait = QColor(option.palette.color(QPalette.ColorRole.Text))
            wait.setAlpha(22)
            painter.fillPath(shape, wait)
            if index.model().is_thumbnail_missing(index.data(HIT_ROLE).tile):
                painter.setPen(_ink(option, muted=True))
                text = self.tr("image gone")
                painter.drawText(at, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def _paint_rank(
        self, painter: QPainter, option: QStyleOptionViewItem, hit: Hit, color: QColor, at: QRect
    ) -> None:
        font = QFont(option.font)
        font.setBold(True)
        if font.pointSizeF() > 0:
            font.setPointSizeF(font.pointSizeF() * 0.86)
        metrics = QFontMetrics(font)
        text = str(hit.rank)
        height = metrics.height() + 2
        width = max(height, metrics.horizontalAdvance(text) + 10)
        badge = QRectF(at.left() + 5, at.top() + 5, width, height)
        painter.setPen(QColor(0, 0, 0, 110))
        painter.setBrush(color)
        painter.drawRoundedRect(badge, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(QColor("black") if _is_light(color) else QColor("white"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_text(
        self, painter: QPainter, option: QStyleOptionViewItem, hit: Hit, at: QRect
    ) -> None:
        bold = QFont(option.font)
        bold.setBold(True)
        line = QFontMetrics(option.font).height()
        score = score_text(hit.score)
        if self.grid:
            row = QRect(at.left() + 1, at.bottom() + 1 + _GAP, at.width() - 2, line)
            best = score if hit.match is None else match_text(hit.match)
            used = self._line(painter, option, row, best, bold)
            rest = row.adjusted(used + 6, 0, 0, 0)
            day = _fitting(date_texts(hit.acquired), QFontMetrics(option.font), rest.width())
            self._line(painter, option, rest, day, None, Qt.AlignmentFlag.AlignRight)
            name = _fitting_name(hit, QFontMetrics(option.font), row.width())
            self._line(painter, option, row.translated(0, line), name, None)
            return
        date = date_text(hit.acquired)
        left = at.right() + 1 + 2 * _PAD
        width = option.rect.right() - left - _PAD
        top = option.rect.top() + (option.rect.height() - (3 if date else 2) * line) // 2
        row = QRect(left, top, width, line)
        text = self.tr("Similarity {0}").format(score)
        if hit.match is not None:
            text = self.tr("Match {0}, similarity {1}").format(match_text(hit.match), score)
        self._line(painter, option, row, text, bold)
        metrics = QFontMetrics(option.font)
        name = _fitting_name(hit, metrics, width)
        day = _fitting(date_texts(hit.acquired), metrics, width)
        self._line(painter, option, row.translated(0, line), name, None)
        self._line(painter, option, row.translated(0, 2 * line), day, None)

    def _line(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        row: QRect,
        text: str,
        font: QFont | None,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> int:
        """Write one line in ``row``, shortened to fit; text without a font of its own is muted."""
        used = font or option.font
        metrics = QFontMetrics(used)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, row.width())
        painter.setFont(used)
        painter.setPen(_ink(option, muted=font is None))
        painter.drawText(row, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return int(metrics.horizontalAdvance(shown))


def _fitting(forms: tuple[str, ...], metrics: QFontMetrics, width: int) -> str:
    """Return the first form that needs no shortening, or nothing: a part of a date misleads."""
    return next((form for form in forms if metrics.horizontalAdvance(form) <= width), "")


def _fitting_name(hit: Hit, metrics: QFontMetrics, width: int) -> str:
    """Return the longest form of the image's name that fits; one long word is cut at its end."""
    forms = name_texts(hit.source_name)
    return _fitting(forms, metrics, width) or forms[-1]


def _ink(option: QStyleOptionViewItem, *, muted: bool) -> QColor:
    if option.state & QStyle.StateFlag.State_Selected:
        return option.palette.color(_group(option), QPalette.ColorRole.HighlightedText)
    if muted:
        return muted_color(option.palette)
    return option.palette.color(QPalette.ColorRole.Text)


def _group(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    active = option.state & QStyle.StateFlag.State_Active
    return QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive


def _is_light(color: QColor) -> bool:
    return bool(0.299 * color.red() + 0.587 * color.green() + 0.114 * color.blue() > 140)
