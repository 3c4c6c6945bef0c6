"""Scene Search: find similar scenes in remote-sensing imagery, in QGIS and on the command line.

Importing this package imports neither qgis nor torch: the engine, the training code and QGIS
each import only their own side of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qgis.gui import QgisInterface

    from .plugin import SceneSearchPlugin


def classFactory(iface: QgisInterface) -> SceneSearchPlugin:  # noqa: N802 (QGIS's name)
    """Return the plugin; QGIS calls this when it loads the package."""
    from .plugin import SceneSearchPlugin

    return SceneSearchPlugin(iface)
