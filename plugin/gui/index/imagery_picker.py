"""A checkable list of imagery: layers of the project, folders and files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...file_checks import is_folder
from ...layers.raster_source import RasterSource
from ...same_path import PathKeys
from ..widgets.muted_label import MutedLabel
from ..widgets.plain_text import tool_tip

_LAST_FOLDER = "scene_search/last_imagery_folder"
_PATH = Qt.ItemDataRole.UserRole


class ImageryPicker(QWidget):
    """Lists the project's raster layers to tick, and takes folders and files besides.

    Layers that are not files, or are in the index already, are listed as well, greyed, with the
    reason: an analyst who looks for a layer and does not find it would think it was forgotten.

    Args:
        sources: the project's raster layers.
        parent: owner.
        tick_layers: whether the layers start ticked.
        indexed: paths of the rasters that are in the index already.

    Attributes:
        changed: the set of ticked paths has changed.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        sources: Sequence[RasterSource],
        parent: QWidget | None = None,
        *,
        tick_layers: bool = False,
        indexed: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self.list = QListWidget(self)
        self.list.setAlternatingRowColors(True)
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(110)
        self.list.setAccessibleName(self.tr("Imagery"))
        self._hint = MutedLabel(
            self.list.viewport(), self.tr("Add a folder of images, or single images")
        )
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        hint_layout = QVBoxLayout(self.list.viewport())
        hint_layout.addWidget(self._hint)
        folder = QPushButton(
            QgsApplication.getThemeIcon("mActionFileOpen.svg"), self.tr("Add folder…"), self
        )
        files = QPushButton(
            QgsApplication.getThemeIcon("mActionAddRasterLayer.svg"),
            self.tr("Add images…"),
            self,
        )
        for button in (folder, files):
            button.setAutoDefault(False)
        folder.clicked.connect(self._choose_folder)
        files.clicked.connect(self._choose_files)
        row = QHBoxLayout()
        row.addWidget(folder)
        row.addWidget(files)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(row)
        known = _of_layers(sources, indexed)
        for source in sources:
            self._add_layer(source, tick_layers, is_known=source.path in known)
        self.list.itemChanged.connect(self._on_changed)
        self._on_changed()

    def paths(self) -> list[str]:
        """Return the ticked paths, each once, in the order of the list."""
        items = (self.list.item(row) for row in range(self.list.count()))
        ticked = (item.data(_PATH) for item in items if item.checkState() == Qt.CheckState.Checked)
        return list(dict.fromkeys(path for path in ticked if path))

    def add_paths(self, paths: Iterable[str]) -> None:
        """Add folders or files, ticked; those listed already are ticked only."""
        for path in paths:
            known = self._item_of(path)
            if known is None:
                known = QListWidgetItem(path)
                known.setData(_PATH, path)
                known.setToolTip(tool_tip(path))
                known.setIcon(
                    QgsApplication.getThemeIcon(
                        "mIconFolder.svg" if is_folder(path) else "mIconRaster.svg"
                    )
                )
                self.list.addItem(known)
            known.setCheckState(Qt.CheckState.Checked)
        self._on_changed()

    def _add_layer(self, source: RasterSource, tick: bool, *, is_known: bool) -> None:
        item = QListWidgetItem(QgsApplication.getThemeIcon("mIconRaster.svg"), source.name)
        if source.path is None:
            item.setText(f"{source.name} — {source.reason}")
            item.setToolTip(
                self.tr("Not indexed, but regions drawn on this layer can be searched for")
            )
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        elif is_known:
            item.setText(self.tr("{0} — already in the index").format(source.name))
            item.setToolTip(self.tr("“Update” takes in what has changed in it"))
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        else:
            item.setData(_PATH, str(source.path))
            item.setToolTip(tool_tip(str(source.path)))
            item.setCheckState(Qt.CheckState.Checked if tick else Qt.CheckState.Unchecked)
        self.list.addItem(item)

    def _item_of(self, path: str) -> QListWidgetItem | None:
        items = (self.list.item(row) for row in range(self.list.count()))
        return next((item for item in items if item.data(_PATH) == path), None)

    def _on_changed(self) -> None:
        self._hint.setVisible(self.list.count() == 0)
        self.changed.emit()

    def _choose_folder(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder of images"), _last_folder())
        if folder:
            QgsSettings().setValue(_LAST_FOLDER, folder)
            self.add_paths([folder])

    def _choose_files(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, self.tr("Images"), _last_folder())
        if files:
            QgsSettings().setValue(_LAST_FOLDER, str(Path(files[0]).parent))
            self.add_paths(files)


def _of_layers(sources: Sequence[RasterSource], indexed: Iterable[str]) -> set[Path]:
    """Return the files of layers that are in the index, by whatever spelling."""
    files = [source.path for source in sources if source.path is not None]
    # Looking through links takes a while for each path, and an index may have many thousands.
    names = {path.name.lower() for path in files}
    keys = PathKeys()
    known = {keys.of(path) for path in indexed if Path(path).name.lower() in names}
    return {path for path in files if keys.of(path) in known}


def _last_folder() -> str:
    return str(QgsSettings().value(_LAST_FOLDER, "") or "")
