from __future__ import annotations

import json

import pytest

from tests.support.patchwork import write_patchwork


@pytest.fixture(scope="session")
def patchwork_index(tiny_encoder, tmp_path_factory):
    """An index of two small rasters in a folder with spaces and non-ASCII letters; read only."""
    from scene_search.engine.encoders.encoder import Encoder
    from scene_search.engine.encoders.package.package import EncoderPackage
    from scene_search.engine.indexing import IndexOptions, index_imagery

    folder = tmp_path_factory.mktemp("Übersicht 東京")
    write_patchwork(folder / "imagery" / "first 20240531.tif", 512)
    write_patchwork(folder / "imagery" / "zweites.tif", 256, seed=1, origin=(510_000, 5_600_000))
    encoder = Encoder(EncoderPackage.load(tiny_encoder), threads=1)
    index = folder / "mein index.gpkg"
    index_imagery([folder / "imagery"], index, encoder, IndexOptions(tile_size_m=64))
    return index


@pytest.fixture
def run(capsys):
    """Return a function that runs a command: (exit status, output, error output)."""
    from scene_search.engine import cli

    def call(*arguments):
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as stop:  # argparse
            status = stop.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def run_json(run):
    """Return a function that runs a command with ``--json`` and returns what it printed."""

    def call(*arguments):
        status, out, err = run(*arguments, "--json")
        assert status == 0, err
        assert out.count("\n") == 1
        return json.loads(out)

    return call
