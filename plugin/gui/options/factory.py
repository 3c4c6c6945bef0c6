"""Brings Scene Search's page to QGIS's options."""

from __future__ import annotations

from qgis.gui import QgsOptionsWidgetFactory
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QWidget

from ... import paths
from ..setup.engine_setup import EngineSetup
from .page import OptionsPage

#: The page's object name, by which QGIS opens its options at it.
PAGE = "SceneSearchOptions"


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options are opened."""

    def __init__(self, setup: EngineSetup) -> None:
        super().__init__()
        self._setup = setup
        self.setTitle("Scene Search")

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return QIcon(str(paths.resources() / "icons" / "scene_search.svg"))

    def createWidget(self, parent: QWidget | None = None) -> OptionsPage:  # noqa: N802
        """Return a new page (QGIS's name)."""
        page = OptionsPage(self._setup, parent)
        page.setObjectName(PAGE)
        return page
