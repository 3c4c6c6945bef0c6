"""A project with results, as it is made by the dock and opened again by QGIS."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path) -> Path:
    """The plugin's folder for results in the profile."""
    return tmp_path / "profile ö" / "results"


class Desk:
    """A project, its keeper, and what an analyst does with them."""

    def __init__(self, folder: Path, make_hits) -> None:
        from qgis.core import QgsProject
        from scene_search.layers.results.group import ResultsGroup
        from scene_search.layers.results.keeper import ResultsKeeper

        self.project = QgsProject()
        self.told: list[str] = []
        self.keeper = ResultsKeeper(self.project, folder)
        self.keeper.told.connect(self.told.append)
        self.group = ResultsGroup(self.project)
        self._make_hits = make_hits

    def search(self, name: str, number: int = 4):
        """Do what a search does; returns the layer of its hits."""
        from scene_search.layers.hits_layer import build_hits_layer

        layer = build_hits_layer(self._make_hits(number), name)
        self.keeper.keep(layer)
        self.group.add([layer])
        return layer

    def layer(self, name: str):
        (layer,) = self.project.mapLayersByName(name)
        return layer

    def save(self, path: Path | str | None = None) -> None:
        assert self.project.write(str(path)) if path is not None else self.project.write()

    def open(self, path: Path | str) -> None:
        assert self.project.read(str(path))

    def close(self) -> None:
        self.keeper.shutdown()
        self.project.clear()
        # A project that outlives QGIS crashes at the end.
        del self.project, self.keeper, self.group


@pytest.fixture
def make_desk(qgis_app, folder, make_hits):
    """Start a QGIS, as it were; all of them share the profile."""
    desks = []

    def make() -> Desk:
        desks.append(Desk(folder, make_hits))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make_desk) -> Desk:
    return make_desk()


@pytest.fixture
def read_only():
    """Take the right to write into a folder away; skipped for root, who may write anywhere."""
    changed = []

    def protect(folder: Path) -> None:
        folder.chmod(0o500)
        changed.append(folder)
        if os.access(folder, os.W_OK):
            pytest.skip("this user may write everywhere")

    yield protect
    for folder in changed:
        folder.chmod(0o700)
