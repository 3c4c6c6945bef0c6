"""The examples in the docstrings of the engine's entry points, run as written.

They share the names ``folder``, ``imagery``, ``index_file`` and ``encoder``: an empty folder, small
sample imagery, an index of it, and the tiny encoder that made the index.
"""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest
import scene_search.engine
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.indexing import index_imagery
from scene_search.engine.sample import write_sample

ROOT = Path(scene_search.engine.__file__).parent
MODULES = sorted(
    ".".join(["scene_search.engine", *file.relative_to(ROOT).with_suffix("").parts])
    for file in ROOT.rglob("*.py")
    if ">>> " in file.read_text(encoding="utf-8")
)
#: What a newcomer calls first; each must come with an example.
ENTRY_POINTS = {
    "scene_search.engine.encoders.codes": "truncate_codes",
    "scene_search.engine.encoders.encoder": "Encoder",
    "scene_search.engine.encoders.package.package": "EncoderPackage.load",
    "scene_search.engine.imagery.raster": "open_raster",
    "scene_search.engine.imagery.tiles.grid": "TileGrid",
    "scene_search.engine.index.tile_index": "TileIndex",
    "scene_search.engine.indexing.index_imagery": "index_imagery",
    "scene_search.engine.retrieval.output": "write_hits",
    "scene_search.engine.retrieval.search": "search",
    "scene_search.engine.sample.writer": "write_sample",
}


def examples_of(name: str) -> list[doctest.DocTest]:
    module = importlib.import_module(name)
    return [test for test in doctest.DocTestFinder().find(module, name) if test.examples]


@pytest.fixture(scope="module")
def shared(tiny_encoder, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("examples")
    write_sample(folder / "imagery", size=512, seed=1)
    encoder = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    index_imagery([folder / "imagery"], folder / "shared.gpkg", encoder)
    return {
        "imagery": folder / "imagery",
        "index_file": folder / "shared.gpkg",
        "encoder": encoder,
        "package_folder": tiny_encoder,
    }


@pytest.mark.parametrize("name", MODULES)
def test_examples_do_what_they_say(name, shared, tmp_path):
    for test in examples_of(name):
        test.globs.update(shared, folder=tmp_path)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        assert runner.run(test, out=said.append).failed == 0, "".join(said)


@pytest.mark.parametrize(("module", "entry"), ENTRY_POINTS.items())
def test_entry_points_have_an_example(module, entry):
    assert f"{module}.{entry}" in {test.name for test in examples_of(module)}
