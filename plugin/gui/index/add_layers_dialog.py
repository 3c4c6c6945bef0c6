"""Adds layers of the project to the index."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from ...layers.raster_source import RasterSource
from ..widgets.plain_text import PlainLabel
from .imagery_picker import ImageryPicker


class AddLayersDialog(QDialog):
    """Asks which raster layers of the project to index.

    Args:
        sources: the project's raster layers.
        parent: owner.
        indexed: paths of the rasters that are in the index already.
    """

    def __init__(
        self,
        sources: Sequence[RasterSource],
        parent: QWidget | None = None,
        *,
        indexed: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Add imagery to the index"))
        self.picker = ImageryPicker(sources, self, indexed=indexed)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(self.tr("Add to index"))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(PlainLabel(self, self.tr("Tick the imagery to add:")))
        layout.addWidget(self.picker, 1)
        layout.addWidget(self._buttons)
        self.picker.changed.connect(self._check)
        self._check()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for a dozen layers."""
        return QSize(460, 380)

    def _check(self) -> None:
        self._ok.setEnabled(bool(self.picker.paths()))
