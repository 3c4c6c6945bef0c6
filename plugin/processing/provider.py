"""The provider that brings the algorithms to QGIS."""

from __future__ import annotations

from qgis.core import QgsProcessingProvider
from qgis.PyQt.QtGui import QIcon

from .. import paths
from .check_index import CheckIndexAlgorithm
from .index import IndexAlgorithm
from .index_facts import IndexFactsAlgorithm
from .locate_imagery import LocateImageryAlgorithm
from .remove_imagery import RemoveImageryAlgorithm
from .search_by_image import SearchByImageAlgorithm
from .search_by_region import SearchByRegionAlgorithm
from .search_by_text import SearchByTextAlgorithm
from .train_encoder import TrainEncoderAlgorithm

PROVIDER_ID = "scene_search"


class SceneSearchProvider(QgsProcessingProvider):
    """Offers indexing and care of indexes, the three searches, and training."""

    def id(self) -> str:
        """Return the part of an algorithm's name before the colon."""
        return PROVIDER_ID

    def name(self) -> str:
        """Return the name in the toolbox: the product's, which is not translated."""
        return "Scene Search"

    def longName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name with the version, shown in the options."""
        return f"Scene Search {paths.version()}"

    def versionInfo(self) -> str:  # noqa: N802 - Qt's name
        """Return the plugin's version."""
        return paths.version()

    def icon(self) -> QIcon:
        """Return the plugin's icon."""
        return QIcon(self.svgIconPath())

    def svgIconPath(self) -> str:  # noqa: N802 - Qt's name
        """Return where the icon lies."""
        return str(paths.resources() / "icons" / "scene_search.svg")

    def supportsNonFileBasedOutput(self) -> bool:  # noqa: N802 - Qt's name
        """Return that hits can go to memory layers and databases."""
        return True

    def loadAlgorithms(self) -> None:  # noqa: N802 - Qt's name
        """Register the algorithms; called by QGIS."""
        for algorithm in (
            IndexAlgorithm,
            LocateImageryAlgorithm,
            RemoveImageryAlgorithm,
            CheckIndexAlgorithm,
            IndexFactsAlgorithm,
            SearchByRegionAlgorithm,
            SearchByTextAlgorithm,
            SearchByImageAlgorithm,
            TrainEncoderAlgorithm,
        ):
            self.addAlgorithm(algorithm())
