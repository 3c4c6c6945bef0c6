"""When, by what and how sharp: which acquisitions count."""

from __future__ import annotations

from dataclasses import replace

from qgis.core import QgsApplication
from qgis.gui import QgsDateEdit, QgsDoubleSpinBox
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QToolButton, QWidget

from ...layers.search_options import SearchOptions
from ..widgets.plain_text import PlainLabel, tool_tip

#: Metres; coarser pixels show no scene.
_COARSEST = 100_000.0


class FilterBox(QWidget):
    """Dates, sensor and pixel size, folded away behind a button that says how many are set.

    The same switches that Processing and the command line have. A description that is to find
    what was taken alike takes the season, the sensor and the resolution from them.

    Attributes:
        button: opens and folds the box; it lies where its owner puts it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = self._date(self.tr("Taken on this day or later"))
        self.last = self._date(self.tr("Taken on this day or earlier"))
        self.sensor = QLineEdit(self)
        self.sensor.setClearButtonEnabled(True)
        self.sensor.setPlaceholderText(self.tr("any"))
        self.sensor.setToolTip(self.tr("Part of the name of a satellite, constellation or camera"))
        self.sensor.setAccessibleName(self.tr("Sensor"))
        self.finest = self._pixel(self.tr("Pixels of at least this size"))
        self.coarsest = self._pixel(self.tr("Pixels of at most this size"))
        self.button = QToolButton(parent)
        self.button.setIcon(QgsApplication.getThemeIcon("mActionFilter2.svg"))
        self.button.setCheckable(True)
        self.button.setAutoRaise(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.button.toggled.connect(self.setVisible)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("Taken"), _row(self.first, self.last))
        form.addRow(self.tr("Sensor"), self.sensor)
        form.addRow(self.tr("Pixels"), _row(self.finest, self.coarsest))
        for changed in (
            self.first.dateValueChanged,
            self.last.dateValueChanged,
            self.sensor.textChanged,
            self.finest.valueChanged,
            self.coarsest.valueChanged,
        ):
            changed.connect(self._show_number)
        self.hide()
        self._show_number()

    def filtered(self, options: SearchOptions) -> SearchOptions:
        """Return ``options`` with what is set here."""
        low, high = self.finest.value() or None, self.coarsest.value() or None
        if low is not None and high is not None:
            low, high = min(low, high), max(low, high)
        return replace(
            options,
            after=_day(self.first),
            before=_day(self.last, 1),  # the engine leaves this day out
            sensor=self.sensor.text().strip() or None,
            gsd=None if low is None and high is None else (low, high),
        )

    def _show_number(self) -> None:
        number = self.filtered(SearchOptions()).acquisition_filters
        text = self.tr("Filters: dates, sensor, size of pixels")
        if number:
            text = self.tr("Filters: {0} set").format(number)
        self.button.setText(str(number))
        style = Qt.ToolButtonStyle
        self.button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if number else style.ToolButtonIconOnly
        )
        self.button.setToolTip(tool_tip(text))
        self.button.setAccessibleName(text)

    def _date(self, tip: str) -> QgsDateEdit:
        date = QgsDateEdit(self)
        date.setAllowNull(True)
        date.setNullRepresentation(self.tr("any"))
        date.setCalendarPopup(True)
        date.clear()
        date.setToolTip(tip)
        date.setAccessibleName(tip)
        return date

    def _pixel(self, tip: str) -> QgsDoubleSpinBox:
        pixel = QgsDoubleSpinBox(self)
        pixel.setRange(0, _COARSEST)
        pixel.setDecimals(2)
        pixel.setSuffix(self.tr(" m"))
        pixel.setSpecialValueText(self.tr("any"))
        pixel.setClearValue(0)
        pixel.setToolTip(tip)
        pixel.setAccessibleName(tip)
        return pixel


def _day(date: QgsDateEdit, later: int = 0) -> str | None:
    if date.isNull():
        return None
    return str(date.date().addDays(later).toString(Qt.DateFormat.ISODate))


def _row(first: QWidget, last: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    row.addWidget(first, 1)
    row.addWidget(PlainLabel(text="–"))
    row.addWidget(last, 1)
    return row
