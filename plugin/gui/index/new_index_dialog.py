"""Makes a new index: which imagery, into which file, and, for those who care, how."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import QSize, Qt
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...engine.errors import IndexFileError
from ...engine_link.call import EngineCall, StartCall
from ...file_checks import exists, is_folder
from ...layers.index_file import index_file
from ...layers.raster_source import RasterSource
from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import PlainLabel, tool_tip
from .build_request import BuildRequest
from .imagery_picker import ImageryPicker

_SCALES = (1.0, 2.0, 4.0)


class NewIndexDialog(QDialog):
    """Asks for imagery and a file; the options have defaults that suit most imagery.

    Args:
        sources: the project's raster layers.
        suggested: where the index would be saved.
        start_call: asks the engine for its encoders.
        parent: owner.
    """

    def __init__(
        self,
        sources: Sequence[RasterSource],
        suggested: Path,
        start_call: StartCall,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("New index"))
        self.picker = ImageryPicker(sources, self, tick_layers=True)
        self._folder = suggested.parent
        self.file = self._make_file(suggested)
        self._note = MutedLabel(self)
        self._note.setWordWrap(True)
        self.encoder = QComboBox(self)
        self.tile_size = self._make_tile_size()
        self.scales = [QCheckBox(f"{scale:g}×", self) for scale in _SCALES]
        self.overlap = QSpinBox(self)
        self._buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self._ok = self._buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setText(self.tr("Create index"))
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._lay_out()
        self.picker.changed.connect(self._check)
        self.file.fileChanged.connect(self._check)
        for box in self.scales:
            box.toggled.connect(self._check)
        self.encoder.addItem(self.tr("Default"), None)
        self.encoder.addItem(self.tr("From a folder…"), "")
        self.encoder.activated.connect(self._on_encoder)
        self._encoders = EngineCall(
            start_call(self.tr("Looking for encoders"), "encoder.list", {}),
            succeeded=self._show_encoders,
        )
        self.finished.connect(lambda _result: self._encoders.drop())
        self._check()

    def sizeHint(self) -> QSize:  # noqa: N802 (Qt's name)
        """Room for a handful of layers and the closed options."""
        return QSize(520, 440)

    def request(self) -> BuildRequest:
        """Return what was asked for."""
        size = self.tile_size.value()
        return BuildRequest(
            index=self.index_path(),
            paths=tuple(self.picker.paths()),
            encoder=self.encoder.currentData() or None,
            tile_size=size if size > 0 else None,
            scales=self._chosen_scales(),
            overlap=self.overlap.value() / 100,
        )

    def index_path(self) -> Path:
        """Return the file chosen, with the ending of a GeoPackage; a name alone where suggested.

        Raises:
            IndexFileError: if what was typed is no name for a file.
        """
        return index_file(self.file.filePath(), self._folder)

    def _make_file(self, suggested: Path) -> QgsFileWidget:
        file = QgsFileWidget(self)
        file.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        file.setConfirmOverwrite(False)
        file.setDialogTitle(self.tr("Save the index as"))
        file.setFilter(self.tr("Index (*.gpkg)"))
        file.setFilePath(str(suggested))
        return file

    def _make_tile_size(self) -> QDoubleSpinBox:
        size = QDoubleSpinBox(self)
        size.setRange(0, 1_000_000)
        size.setDecimals(1)
        size.setSingleStep(50)
        size.setSuffix(self.tr(" m"))
        size.setSpecialValueText(self.tr("Automatic"))
        size.setToolTip(
            self.tr(
                "Side of a tile on the ground. Automatic takes 256 pixels of each image: set it "
                "to about the size of what you look for when images differ in resolution."
            )
        )
        return size

    def _lay_out(self) -> None:
        options = QgsCollapsibleGroupBox(self.tr("Advanced"), self)
        options.setCollapsed(True)
        self.encoder.setToolTip(self.tr("The network that describes what a tile shows"))
        self.scales[0].setChecked(True)
        scales = QHBoxLayout()
        for box in self.scales:
            box.setToolTip(
                self.tr("Also index tiles of this multiple of the size, for larger scenes")
            )
            scales.addWidget(box)
        scales.addStretch(1)
        self.overlap.setRange(0, 75)
        self.overlap.setSingleStep(25)
        self.overlap.setSuffix(" %")
        self.overlap.setToolTip(
            self.tr("How much neighbouring tiles share; more finds more and takes longer")
        )
        form = QFormLayout(options)
        form.addRow(self.tr("Encoder"), self.encoder)
        form.addRow(self.tr("Tile size"), self.tile_size)
        form.addRow(self.tr("Scales"), scales)
        form.addRow(self.tr("Overlap"), self.overlap)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel(self, self.tr("Imagery to search")))
        layout.addWidget(self.picker, 1)
        layout.addSpacing(4)
        layout.addWidget(PlainLabel(self, self.tr("Save the index as")))
        layout.addWidget(self.file)
        layout.addWidget(self._note)
        layout.addWidget(options)
        layout.addWidget(self._buttons)

    def _chosen_scales(self) -> tuple[float, ...]:
        return tuple(
            scale for scale, box in zip(_SCALES, self.scales, strict=True) if box.isChecked()
        )

    def _check(self) -> None:
        note, usable = self._verdict()
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._ok.setEnabled(usable and bool(self.picker.paths()) and bool(self._chosen_scales()))

    def _verdict(self) -> tuple[str, bool]:
        """Return a remark on the file chosen, and whether an index can be made there."""
        text = self.file.filePath().strip()
        if not text:
            return "", False
        try:
            path = self.index_path()
        except IndexFileError as error:
            return f"{error}.", False
        if exists(path):
            note = self.tr("This file exists. Open it instead to add imagery, or choose another.")
            return note, False
        if not is_folder(path.parent):
            return self.tr("The folder {0} does not exist.").format(path.parent), False
        typed_whole = Path(text).is_absolute()
        return "" if typed_whole else self.tr("Will be saved as {0}").format(path), True

    def _show_encoders(self, answer: dict[str, Any]) -> None:
        for entry in answer.get("encoders") or []:
            path = str(entry["path"])
            self._offer_encoder(str(entry.get("name") or Path(path).name), path)
            place = self.encoder.findData(path)
            self.encoder.setItemData(
                place, tool_tip(str(entry.get("summary") or "")), Qt.ItemDataRole.ToolTipRole
            )

    def _offer_encoder(self, name: str, path: str) -> None:
        if self.encoder.findData(path) < 0:
            self.encoder.insertItem(self.encoder.count() - 1, name, path)

    def _on_encoder(self, place: int) -> None:
        if self.encoder.itemData(place) != "":
            return
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of an encoder package"))
        if folder:
            self._offer_encoder(Path(folder).name, folder)
        self.encoder.setCurrentIndex(self.encoder.findData(folder) if folder else 0)
