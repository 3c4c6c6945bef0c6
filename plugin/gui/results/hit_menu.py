"""The menu of one hit."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication
from qgis.PyQt.QtWidgets import QMenu, QWidget

from ...layers.hit import Hit
from ..widgets.icons import icon
from ..widgets.plain_text import menu_text


def hit_menu(
    hit: Hit,
    *,
    zoom: Callable[[Hit], None],
    find_similar: Callable[[Hit], None],
    add_source: Callable[[Hit], None],
    export: Callable[[], None],
    parent: QWidget | None = None,
) -> QMenu:
    """Return a menu of what can be done with ``hit``."""
    theme = QgsApplication.getThemeIcon
    menu = QMenu(parent)
    menu.addAction(theme("mActionZoomToSelected.svg"), _tr("Zoom to tile")).triggered.connect(
        lambda: zoom(hit)
    )
    menu.addAction(icon("search"), _tr("Find similar to this")).triggered.connect(
        lambda: find_similar(hit)
    )
    menu.addSeparator()
    add = _tr("Add {0} to the project").format(menu_text(hit.source_name))
    menu.addAction(theme("mActionAddRasterLayer.svg"), add).triggered.connect(
        lambda: add_source(hit)
    )
    menu.addSeparator()
    menu.addAction(theme("mActionFileSave.svg"), _tr("Export all results…")).triggered.connect(
        lambda: export()
    )
    return menu


def _tr(text: str) -> str:
    return str(QCoreApplication.translate("HitMenu", text))
