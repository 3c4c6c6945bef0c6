"""What an index says of the size of its tiles, by which rendered examples are made."""

from dataclasses import replace

import pytest
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.service.index_facts import describe_index, describe_sources

from tests.support.made_index import INFO, make_source


@pytest.mark.parametrize(
    ("own", "sizes", "expected"),
    [
        (128.0, [64.0, 64.0], 128.0),  # one size for all
        (None, [64.0, 2560.0, 100.0], 100.0),
        (None, [64.0, 128.0], 96.0),
        (None, [], 256.0),
    ],
)
def test_the_tile_of_an_example(tmp_path, own, sizes, expected):
    with TileIndex.create(tmp_path / "i.gpkg", replace(INFO, tile_size_m=own)) as index:
        for number, size in enumerate(sizes):
            index.upsert_source(make_source(f"/{number}.tif", tile_size_m=size, state="complete"))
        failed = make_source("/f.tif", tile_size_m=9e9, state="failed")
        index.upsert_source(failed)
        facts = describe_index(index)
        assert (facts["tile_size"], facts["example_tile_size"]) == (own, expected)
        told = {s["path"]: s["tile_size_m"] for s in describe_sources(index)}
        assert told == {f"/{n}.tif": size for n, size in enumerate(sizes)} | {"/f.tif": 9e9}
