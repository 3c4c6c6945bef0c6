"""Every odd raster, made once, in a folder with spaces and non-ASCII letters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.odd_rasters import odd_rasters


@pytest.fixture(scope="session")
def odd(tmp_path_factory) -> dict[str, Path]:
    return odd_rasters(tmp_path_factory.mktemp("Bilder aus Zürich 東京!"))


@pytest.fixture(scope="session")
def real_rasters() -> list[Path]:
    root = Path(__file__).resolve().parents[3]
    folder = Path(os.environ.get("SCENE_SEARCH_DATA", root.parent / "shared" / "data")) / "rasters"
    if not folder.is_dir():
        pytest.skip("no real rasters: set SCENE_SEARCH_DATA")
    return sorted(folder.rglob("*.tif"))
