"""An empty index for each test."""

import pytest
from scene_search.engine.index.tile_index import TileIndex

from tests.support.made_index import INFO


@pytest.fixture
def index(tmp_path):
    with TileIndex.create(tmp_path / "Verzeichnis für Tests.gpkg", INFO) as index:
        yield index
