"""What will be installed, where and how much; the user's choices before it begins."""

from __future__ import annotations

from qgis.gui import QgsCollapsibleGroupBox, QgsFileWidget
from qgis.PyQt.QtCore import QLocale, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QFormLayout,
    QLineEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ...engine_link.environment import profile_environment, requirements
from ...engine_link.settings import EngineSettings
from ...engine_link.setup.gpu import has_nvidia_gpu, with_gpu
from ...engine_link.setup.interpreter import version_range
from ...engine_link.setup.size import setup_size
from ..widgets.plain_text import PlainLabel


class SetupConsentPage(QWidget):
    """Says what will happen and lets the user choose where from and where to.

    Attributes:
        complete_changed: whether the choices allow to begin.
    """

    complete_changed = pyqtSignal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loaded = EngineSettings()
        self._gpu_found = has_nvidia_gpu()
        intro = PlainLabel(
            self,
            self.tr(
                "Scene Search works in a Python environment of its own, so that nothing is "
                "installed into QGIS. It is set up once, and can be removed by deleting its "
                "folder."
            ),
        )
        intro.setWordWrap(True)
        self.what = PlainLabel(self)
        self.where = PlainLabel(self)
        self.size = PlainLabel(self)
        for label in (self.what, self.where, self.size):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.from_index = QRadioButton(self.tr("Package index (PyPI), through QGIS's proxy"), self)
        self.from_wheels = QRadioButton(
            self.tr("Folder of wheels, for machines without a network"), self
        )
        self.wheels = QgsFileWidget(self)
        self.wheels.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.wheels.setDialogTitle(self.tr("Folder of Wheels"))
        self.gpu = QCheckBox(self.tr("Use the NVIDIA GPU (larger download)"), self)
        self.gpu.setVisible(self._gpu_found)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(intro)
        form = QFormLayout()
        form.addRow(self.tr("What"), self.what)
        form.addRow(self.tr("Where"), self.where)
        form.addRow(self.tr("Size"), self.size)
        form.addRow(self.tr("From"), self.from_index)
        form.addRow("", self.from_wheels)
        form.addRow("", self.wheels)
        form.addRow("", self.gpu)
        layout.addLayout(form)
        layout.addWidget(self._make_advanced())
        layout.addStretch(1)
        self.from_index.toggled.connect(self._update)
        self.from_wheels.toggled.connect(self._update)
        self.gpu.toggled.connect(self._update)
        for widget in (self.wheels, self.interpreter, self.location):
            widget.fileChanged.connect(self._update)
        self.index_url.textChanged.connect(self._update)
        self.load()

    @property
    def is_complete(self) -> bool:
        """Whether the choices allow to begin."""
        return not self.from_wheels.isChecked() or bool(self.wheels.filePath().strip())

    def load(self) -> None:
        """Show the stored settings."""
        stored = self._loaded = EngineSettings.load()
        self.wheels.setFilePath(stored.wheel_folder)
        self.from_wheels.setChecked(bool(stored.wheel_folder))
        self.from_index.setChecked(not stored.wheel_folder)
        self.gpu.setChecked(stored.use_gpu)
        self.interpreter.setFilePath(stored.interpreter)
        self.location.setFilePath(stored.location)
        self.index_url.setText(stored.package_index)
        self._advanced.setCollapsed(
            not (stored.interpreter or stored.location or stored.package_index)
        )
        self._update()

    def settings(self) -> EngineSettings:
        """Return the stored settings with the choices made here."""
        values = dict(vars(self._loaded))
        values.update(
            wheel_folder=self.wheels.filePath().strip() if self.from_wheels.isChecked() else "",
            use_gpu=self.gpu.isChecked(),
            interpreter=self.interpreter.filePath().strip(),
            location=self.location.filePath().strip(),
            package_index=self.index_url.text().strip(),
        )
        return EngineSettings(**values)

    def save(self) -> None:
        """Keep the choices."""
        self.settings().save()

    def _make_advanced(self) -> QgsCollapsibleGroupBox:
        self.interpreter = QgsFileWidget(self)
        self.interpreter.setDialogTitle(self.tr("Python Interpreter"))
        self.interpreter.lineEdit().setPlaceholderText(
            self.tr("QGIS's own Python (or choose a Python {0})").format(version_range())
        )
        self.location = QgsFileWidget(self)
        self.location.setStorageMode(QgsFileWidget.StorageMode.GetDirectory)
        self.location.setDialogTitle(self.tr("Folder for the Engine"))
        self.location.lineEdit().setPlaceholderText(self.tr("In the QGIS profile"))
        self.index_url = QLineEdit(self)
        self.index_url.setPlaceholderText(self.tr("As pip is configured"))
        self._advanced = QgsCollapsibleGroupBox(self.tr("Advanced"), self)
        form = QFormLayout(self._advanced)
        form.addRow(self.tr("Python"), self.interpreter)
        form.addRow(self.tr("Folder"), self.location)
        form.addRow(self.tr("Package index"), self.index_url)
        return self._advanced

    def _update(self, *_: object) -> None:
        settings = self.settings()
        gpu = settings.use_gpu and self._gpu_found
        lines = with_gpu(requirements()) if gpu else requirements()
        names = sorted(_name(line) for line in lines)
        self.what.setText(
            self.tr("A Python environment with {0}, and what they need").format(", ".join(names))
        )
        self.where.setText(str(profile_environment(settings).directory))
        size = setup_size(gpu)
        installed = _megabytes(size.installed_mb)
        if self.from_wheels.isChecked():
            self.size.setText(self.tr("About {0} on disk").format(installed))
        else:
            self.size.setText(
                self.tr("About {0} to download, {1} on disk").format(
                    _megabytes(size.download_mb), installed
                )
            )
        self.wheels.setVisible(self.from_wheels.isChecked())
        self.index_url.setEnabled(self.from_index.isChecked())
        self.complete_changed.emit(self.is_complete)


def _megabytes(size: float) -> str:
    if size < 1000:
        return f"{QLocale().toString(float(round(size, -1)), 'f', 0)} MB"
    return f"{QLocale().toString(size / 1000, 'f', 1)} GB"


def _name(requirement: str) -> str:
    for place, character in enumerate(requirement):
        if character in "[<>=!~; ":
            return requirement[:place]
    return requirement
