"""Searching an index whose imagery is missing, or whose rows were deleted in another program."""

import itertools
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scene_search.engine.errors import QueryError, RegionError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval.query import Query, Region
from scene_search.engine.retrieval.region_source import find_source
from scene_search.engine.retrieval.search import search
from shapely.geometry import box

from tests.support.colour_encoder import ColourEncoder
from tests.support.index_sql import sql
from tests.support.made_index import INFO, make_batch, make_source

EVERYWHERE = box(8, 47, 12, 48)


@pytest.fixture(scope="module")
def encoder():
    return ColourEncoder()


def make_index(folder, encoder, sources=3, tiles=40):
    """Sources of tiles in a row; the files of the sources are there."""
    with TileIndex.create(folder / "i.gpkg", INFO) as index:
        for number in range(sources):
            (folder / f"{number}.tif").touch()
            source = index.upsert_source(make_source(str(folder / f"{number}.tif")))
            batch = make_batch(tiles, seed=number)
            batch.codes[:] = encoder.hash_embeddings(batch.embeddings.astype(np.float32))
            index.append(source, batch)
            index.set_source_state(source, "complete")
    return index.path


@pytest.fixture
def path(tmp_path, encoder):
    return make_index(tmp_path, encoder)


def sources_of(result):
    return {hit.source[-5:] for hit in result.hits}


def test_missing_imagery_is_left_out_unless_asked_for(path, encoder):
    with TileIndex.open(path) as index:
        index.set_source_state(2, "missing", "The file is not there")
        result = search(index, encoder, Query(texts=("red",), limit=120))
        assert sources_of(result) == {"0.tif", "2.tif"}
        assert len(result.hits) == 80
        assert "1 missing source left out" in result.notes
        result = search(index, encoder, Query(texts=("red",), limit=120, include_missing=True))
        assert sources_of(result) == {"0.tif", "1.tif", "2.tif"}
        assert not any("left out" in note for note in result.notes)
        index.set_source_state(2, "complete")
        assert len(search(index, encoder, Query(texts=("red",), limit=120)).hits) == 120


def test_where_all_imagery_is_missing_the_answer_says_so(path, encoder):
    with TileIndex.open(path) as index:
        for source in (1, 2, 3):
            index.set_source_state(source, "missing")
        result = search(index, encoder, Query(texts=("red",)))
    assert result.hits == []
    assert any(note == "3 missing sources left out" for note in result.notes)


DELETIONS = [
    "DELETE FROM sources WHERE fid = {number}",
    "DELETE FROM tiles WHERE source_id = {number}",
    "DELETE FROM tiles WHERE fid % 7 = {number}",
    "DELETE FROM tiles WHERE fid = {number}",
    "DELETE FROM code_segments WHERE source_id = {number}",
    "DELETE FROM gpkg_ogr_contents",
    "UPDATE gpkg_ogr_contents SET feature_count = {number}",
]


def check_search(path, encoder):
    """Every kind of query must be answered with all tiles that are there, and no others."""
    joined = "SELECT t.fid, s.path FROM tiles t JOIN sources s ON s.fid = t.source_id"
    there = dict(sql(path, joined))
    with TileIndex.open(path, read_only=True) as index:
        for query in (
            Query(texts=("red",), limit=500, max_overlap=1),
            Query(texts=("red",), limit=500, max_overlap=1, within=EVERYWHERE),
        ):
            hits = search(index, encoder, query).hits
            assert {hit.tile: hit.source for hit in hits} == there
        for tile in (5, 50):
            query = Query(tiles=(tile,), limit=500, max_overlap=1, include_query=True)
            if tile in there:
                assert {hit.tile for hit in search(index, encoder, query).hits} == there.keys()
            elif (tile,) not in sql(path, "SELECT fid FROM tiles"):
                with pytest.raises(QueryError, match=f"Tile {tile} is not in the index"):
                    search(index, encoder, query)
        counts = index.tile_counts()
        assert sum(counts.values()) == sql(path, "SELECT count(*) FROM tiles")[0][0]
        region = Region(box(8.5, 47.3, 8.6, 47.31), "EPSG:4326")
        try:
            assert find_source(index, region).path in there.values()
        except RegionError:
            assert not there


@pytest.fixture(scope="module")
def template(tmp_path_factory, encoder):
    return make_index(tmp_path_factory.mktemp("template"), encoder, tiles=20)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    edits=st.lists(st.tuples(st.sampled_from(DELETIONS), st.integers(1, 3)), min_size=1, max_size=4)
)
@example(edits=[(DELETIONS[0], 1)])
@example(edits=[(DELETIONS[0], n) for n in (1, 2, 3)])
@example(edits=[(DELETIONS[1], n) for n in (1, 2, 3)])
@example(edits=[(DELETIONS[0], 1), (DELETIONS[2], 1), (DELETIONS[4], 3)])
def test_no_deletion_makes_a_search_fail(template, encoder, edits):
    path = Path(shutil.copy(template, template.with_name("edited.gpkg")))
    sql(path, *(statement.format(number=number) for statement, number in edits))
    check_search(path, encoder)


def test_a_search_sees_deletions_at_once(path, encoder):
    with TileIndex.open(path, read_only=True) as index:
        query = Query(texts=("red",), limit=500, max_overlap=1)
        sizes = [len(search(index, encoder, query).hits)]
        for statement in (
            "DELETE FROM tiles WHERE fid = 7",
            "DELETE FROM sources WHERE fid = 3",
            "DELETE FROM tiles WHERE source_id = 2",
        ):
            sql(path, statement)
            sizes.append(len(search(index, encoder, query).hits))
    assert sizes == [120, 119, 79, 39]
    assert all(one > other for one, other in itertools.pairwise(sizes))
