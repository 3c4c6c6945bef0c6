"""What likeness to an example means: looking the same, or being the same kind of scene."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QHBoxLayout, QSlider, QWidget

from ..widgets.muted_label import MutedLabel

_STEPS = 20


class LikenessSlider(QWidget):
    """A slider from *look* to *meaning*, for encoders that tell the two apart.

    Left alone, or put back to its mark, it leaves the balance to the encoder.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, _STEPS)
        self.slider.setPageStep(_STEPS // 4)
        self.slider.setAccessibleName(self.tr("Meaning rather than look"))
        self.slider.setToolTip(
            self.tr(
                "How results should resemble the example. Look: the same place, colours and "
                "patterns, at other dates too. Meaning: the same kind of scene. Descriptions "
                "have a meaning only."
            )
        )
        self._own = 0
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(MutedLabel(self, self.tr("Look")))
        layout.addWidget(self.slider, 1)
        layout.addWidget(MutedLabel(self, self.tr("Meaning")))
        self.set_balance(None)

    def set_balance(self, balance: float | None) -> None:
        """Begin with the encoder's own balance, or hide where it has no two parts.

        Args:
            balance: weight of the meaning beside the look, 0 to 1.
        """
        self.setVisible(balance is not None)
        self._own = round((balance or 0.0) * _STEPS)
        self.slider.setValue(self._own)

    @property
    def likeness(self) -> float | None:
        """Weight of the meaning, 0 to 1; None for the encoder's own."""
        if self.isHidden() or self.slider.value() == self._own:
            return None
        return float(self.slider.value() / _STEPS)
