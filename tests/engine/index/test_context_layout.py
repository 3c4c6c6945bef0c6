"""An index that keeps the context of acquisition, beside indexes that do not."""

import dataclasses
import sqlite3
from contextlib import closing

import numpy as np
import pytest
from scene_search.engine.errors import IndexFileError, QueryError
from scene_search.engine.index.tile_index import TileIndex

from tests.support.made_index import INFO, make_batch, make_source

CONTEXT = dataclasses.replace(INFO, context=True)


def with_context(batch, seed=100):
    other = make_batch(len(batch), seed=seed)
    return dataclasses.replace(
        batch, context_codes=other.codes, context_embeddings=other.embeddings
    )


@pytest.fixture
def index(tmp_path):
    with TileIndex.create(tmp_path / "context.gpkg", CONTEXT) as index:
        yield index


def columns(path, table):
    with closing(sqlite3.connect(path)) as connection:
        return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_both_kinds_of_codes_and_embeddings_come_back(index):
    source = index.upsert_source(make_source())
    batches = [with_context(make_batch(50, seed=n, first=50 * n), seed=100 + n) for n in range(3)]
    for batch in batches:
        index.append(source, batch)
    for state in ("indexing", "complete"):
        index.set_source_state(source, state)  # complete merges the segments of both
        with TileIndex.open(index.path, read_only=True) as again:
            assert again.info == index.info
            assert again.info.context
            for context, name in ((False, ""), (True, "context_")):
                table = again.load_codes(context=context)
                assert table is again.load_codes(context=context)
                expected = np.concatenate([getattr(b, f"{name}codes") for b in batches])
                np.testing.assert_array_equal(table.codes, expected)
                np.testing.assert_array_equal(table.ids, np.arange(1, 151))
                vectors = np.concatenate([getattr(b, f"{name}embeddings") for b in batches])
                np.testing.assert_array_equal(
                    again.embeddings([150, 1], context=context), vectors[[149, 0]]
                )


def test_removing_a_source_removes_both(index):
    sources = [index.upsert_source(make_source(f"/{n}.tif")) for n in range(2)]
    for n, source in enumerate(sources):
        index.append(source, with_context(make_batch(20, seed=n)))
    index.remove_source(sources[0])
    assert len(index.load_codes()) == len(index.load_codes(context=True)) == 20
    index.upsert_source(make_source("/1.tif", fingerprint="other"))
    assert len(index.load_codes()) == len(index.load_codes(context=True)) == 0


def test_codes_are_loaded_again_after_a_change(index):
    source = index.upsert_source(make_source())
    with TileIndex.open(index.path, read_only=True) as reader:
        for n in range(1, 4):
            index.append(source, with_context(make_batch(10, seed=n, first=10 * n)))
            assert len(reader.load_codes(context=True)) == 10 * n
            assert len(reader.load_codes()) == 10 * n


def test_segments_are_derived_and_can_be_rebuilt(index):
    source = index.upsert_source(make_source())
    batch = with_context(make_batch(30))
    index.append(source, batch)
    with closing(sqlite3.connect(index.path)) as connection, connection:
        connection.execute("DELETE FROM context_segments")
    np.testing.assert_array_equal(index.load_codes(context=True).codes, batch.context_codes)
    index.rebuild_codes()
    with closing(sqlite3.connect(index.path)) as connection:
        assert connection.execute("SELECT sum(tiles) FROM context_segments").fetchone() == (30,)
    np.testing.assert_array_equal(index.load_codes(context=True).codes, batch.context_codes)


def test_an_index_without_context_has_no_columns_for_it_and_says_so(tmp_path):
    with TileIndex.create(tmp_path / "plain.gpkg", INFO) as plain:
        plain.append(plain.upsert_source(make_source()), make_batch(3))
        with pytest.raises(QueryError, match=r"plain\.gpkg does not hold when, where"):
            plain.load_codes(context=True)
        with pytest.raises(QueryError, match="Search without context"):
            plain.embeddings([1], context=True)
        assert not plain.info.context
    assert columns(plain.path, "tiles") == [
        *("fid", "geom", "source_id", "col_off", "row_off", "width", "height", "scale", "valid"),
        *("acquired", "code", "embedding"),
    ]
    assert columns(plain.path, "context_segments") == []


def test_an_index_that_does_not_say_whether_it_has_context_is_damaged(index):
    index.close()
    with closing(sqlite3.connect(index.path)) as connection, connection:
        connection.execute("ALTER TABLE index_info DROP COLUMN context")
    with pytest.raises(IndexFileError, match="damaged"):
        TileIndex.open(index.path)


def test_batches_must_fit_the_index(index, tmp_path):
    source = index.upsert_source(make_source())
    batch = with_context(make_batch(5))
    for wrong in (
        make_batch(5),
        dataclasses.replace(batch, context_codes=None),
        dataclasses.replace(batch, context_codes=batch.codes[:4]),
        dataclasses.replace(batch, context_embeddings=batch.embeddings[:, :3]),
        dataclasses.replace(batch, context_embeddings=batch.embeddings * np.nan),
    ):
        with pytest.raises(ValueError):
            index.append(source, wrong)
    assert index.tile_count() == 0
    with TileIndex.create(tmp_path / "plain.gpkg", INFO) as plain:
        source = plain.upsert_source(make_source())
        with pytest.raises(ValueError, match="holds no context"):
            plain.append(source, batch)
