"""The part of the options page about thumbnails and snapshots kept on disk."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from qgis.core import QgsApplication, QgsTask
from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QLocale, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QPushButton,
    QWidget,
)

from ...engine_link.settings import EngineSettings
from ..widgets.plain_text import PlainLabel


class CacheGroup(QGroupBox):
    """Where the cache is, how big it is, and a button that empties it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("Thumbnails and snapshots"))
        self._task: FolderTask | None = None
        self._settings = EngineSettings()
        self._place = QgsFileWidget(self)
        self._place.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self._place.setDialogTitle(self.tr("Cache Folder"))
        self._place.lineEdit().setPlaceholderText(self.tr("In the QGIS profile"))
        self.size = PlainLabel(self)
        self.empty = QPushButton(self.tr("Empty"), self)
        self.empty.clicked.connect(lambda: self._start(empty=True))
        row = QHBoxLayout()
        row.addWidget(self.size)
        row.addWidget(self.empty)
        row.addStretch(1)
        form = QFormLayout(self)
        form.addRow(self.tr("Folder"), self._place)
        form.addRow(self.tr("Size"), row)

    def folder(self) -> str:
        """Return the chosen folder, empty for the QGIS profile."""
        return str(self._place.filePath().strip())

    def show_folder(self, settings: EngineSettings) -> None:
        """Show the folder of ``settings`` and begin to measure it."""
        self._settings = settings
        self._place.setFilePath(settings.cache)
        self._start(empty=False)

    def _start(self, *, empty: bool) -> None:
        # Counting a large cache takes a while on a slow disk: not on the main thread.
        self.empty.setEnabled(False)
        self.size.setText(self.tr("Emptying…") if empty else self.tr("Measuring…"))
        self._task = FolderTask(self._settings.cache_folder(), empty=empty)
        self._task.measured.connect(self._on_measured)
        QgsApplication.taskManager().addTask(self._task)

    def _on_measured(self, size: float) -> None:
        self._task = None
        self.size.setText(QLocale().formattedDataSize(int(size)))
        self.empty.setEnabled(size > 0)


class FolderTask(QgsTask):
    """Measures a folder, having emptied it first if asked to.

    Attributes:
        measured: size in bytes, on the main thread.
    """

    measured = pyqtSignal(float)  # an int would be cut at 2 GB

    def __init__(self, folder: Path, *, empty: bool) -> None:
        super().__init__("Scene Search", QgsTask.Flag.CanCancel | QgsTask.Flag.Hidden)
        self._folder = folder
        self._empty = empty
        self._size = 0

    def run(self) -> bool:
        """Do the work (QGIS calls this in a background thread)."""
        if self._empty:
            for entry in list(self._folder.iterdir()) if self._folder.is_dir() else []:
                if entry.is_dir() and not entry.is_symlink():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink(missing_ok=True)
        self._size = folder_size(self._folder)
        return True

    def finished(self, _result: bool) -> None:
        """Tell the size (QGIS calls this on the main thread)."""
        self.measured.emit(float(self._size))


def folder_size(folder: Path) -> int:
    """Return the size of the files in a folder in bytes, 0 if there is none."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += (Path(place) / name).lstat().st_size
            except OSError:  # removed meanwhile
                continue
    return size
