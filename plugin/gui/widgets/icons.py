"""The plugin's icons, drawn in the colours of the current theme."""

from __future__ import annotations

from functools import lru_cache

from qgis.PyQt.QtCore import QByteArray, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap
from qgis.PyQt.QtSvg import QSvgRenderer
from qgis.PyQt.QtWidgets import QApplication

from ...paths import resources

#: The colour that the icons' outlines are drawn in on disk; it becomes the theme's text colour.
_INK = b"#333333"
#: Sizes kept ready, up to four times the usual 16 and 24 for high-density screens.
_SIZES = (16, 20, 24, 32, 48, 64, 96)


def icon(name: str) -> QIcon:
    """Return ``resources/icons/<name>.svg`` inked for the application's palette.

    Ask again after a palette change: light ink on a dark theme, dark ink on a light one.
    """
    palette = QApplication.palette()
    # Dark themes made of style sheets set the colour of window text, not that of buttons.
    ink = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.WindowText)
    paper = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Window)
    return _inked(name, ink.name(), blend(ink, paper, 0.38).name())


def pixmap(name: str, size: int, ratio: float = 1.0) -> QPixmap:
    """Return an icon as a picture of ``size`` logical pixels, in its own colours."""
    return _paint(_svg(name), round(size * ratio), ratio)


def blend(ink: QColor, paper: QColor, share: float) -> QColor:
    """Return ``share`` of ``ink`` over ``paper``."""
    channels = (
        round(share * of_ink + (1 - share) * of_paper)
        for of_ink, of_paper in zip(ink.getRgb()[:3], paper.getRgb()[:3], strict=True)
    )
    return QColor(*channels)


@lru_cache(maxsize=128)
def _inked(name: str, ink: str, disabled: str) -> QIcon:
    made = QIcon()
    for mode, color in ((QIcon.Mode.Normal, ink), (QIcon.Mode.Disabled, disabled)):
        drawing = _svg(name).replace(_INK, QColor(color).name().encode())
        for size in _SIZES:
            made.addPixmap(_paint(drawing, size), mode)
    return made


def _svg(name: str) -> bytes:
    return (resources() / "icons" / f"{name}.svg").read_bytes()


def _paint(drawing: bytes, side: int, ratio: float = 1.0) -> QPixmap:
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
