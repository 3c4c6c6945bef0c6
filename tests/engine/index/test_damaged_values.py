"""Values in an index file that are not what their columns say are named, or left out."""

import contextlib
import shutil
import sqlite3

import numpy as np
import pytest
from fudgeo.extension.spatial import ST_FUNCS
from scene_search.engine.errors import IndexFileError, SceneSearchError
from scene_search.engine.index import connection as connections
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.retrieval.query import Query
from scene_search.engine.retrieval.search import search
from shapely.geometry import box

from tests.support.colour_encoder import ColourEncoder
from tests.support.index_sql import sql
from tests.support.made_index import INFO, make_batch, make_source

#: As SQL. Columns of SQLite take any of them, whatever their type says.
ODD = (
    *("NULL", "'text'", "x'00'", "zeroblob(3000)", "-1", "7", "1.5", "9e999"),
    *("9223372036854775807", "-9223372036854775808", "'[1]'", "'2021-13-45T99:00:00Z'"),
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "i.gpkg"
    with TileIndex.create(path, INFO) as index:
        for name in "ab":
            source = index.upsert_source(make_source(f"/imagery/{name}.tif"))
            index.append(source, make_batch(20, seed=ord(name)))
            index.set_source_state(source, "complete")
    return path


@pytest.fixture
def path(whole, tmp_path):
    return shutil.copy(whole, tmp_path / "i.gpkg")


def edit(path, statement):
    """Run a statement as another program may, constraints and all left aside."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for name, function in ST_FUNCS.items():
            connection.create_function(name, 1, lambda _, f=function: _quiet(f, _))
        connection.execute(statement)


def _quiet(function, value):
    try:
        return function(value)
    except Exception:
        return 0.0


def loosen(path, table):
    """Let columns of a table be NULL."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL', '') "
            f"WHERE type = 'table' AND name = '{table}'"
        )


def test_json_that_nests_too_deeply_is_damage(path):
    deep = "[" * 100_000
    edit(path, f"UPDATE sources SET stretch = '{deep}', acquisition = '{deep}'")
    use_all(path)  # of those it only says that they are damaged
    edit(path, f"UPDATE index_info SET scales = '{deep}'")
    with pytest.raises(IndexFileError, match="damaged"):
        TileIndex.open(path, read_only=True)


def use_all(path):
    """Call everything that reads, and return how many answered."""
    answered = 0
    with TileIndex.open(path, read_only=True) as index:
        everything = list(range(1, 41))
        for work in (
            index.sources,
            index.tile_count,
            index.tile_counts,
            index.extent,
            index.load_codes,
            lambda: index.source(1),
            lambda: index.source_by_path("/imagery/a.tif"),
            lambda: index.embeddings(everything),
            lambda: index.tiles(everything),
            lambda: index.footprints(everything),
            lambda: index.windows(everything),
            lambda: index.tiles_touching((8, 47, 9, 48)),
            lambda: search(index, ColourEncoder(), Query(tiles=(3,), limit=40)),
            lambda: search(
                index, ColourEncoder(), Query(tiles=(3,), within=box(8.5, 47.3, 8.51, 47.31))
            ),
            lambda: search(index, ColourEncoder(), Query(texts=("red",), sensor="sentinel")),
        ):
            with contextlib.suppress(SceneSearchError):
                work()
                answered += 1
    return answered


def columns(path, table):
    return [row[1] for row in sql(path, f"PRAGMA table_info({table})")]


@pytest.mark.parametrize(
    "table",
    ["tiles", "sources", "index_info", "code_segments", "gpkg_contents", "gpkg_ogr_contents"],
)
@pytest.mark.parametrize("odd", ODD)
def test_odd_values_give_typed_errors_or_none(whole, tmp_path, table, odd):
    """One value at a time, in each column of one row; what is wrong elsewhere raises here."""
    for column in columns(whole, table):
        path = shutil.copy(whole, tmp_path / "i.gpkg")
        loosen(path, table)
        key = {"gpkg_contents": "table_name", "gpkg_ogr_contents": "table_name"}.get(table, "rowid")
        row = "'tiles'" if key == "table_name" else f"(SELECT min(rowid) FROM {table})"
        with contextlib.suppress(sqlite3.Error):  # an id must be a number
            edit(path, f"UPDATE {table} SET {column} = {odd} WHERE {key} = {row}")
        with contextlib.suppress(SceneSearchError):
            use_all(path)


def test_a_whole_index_answers_everything(path):
    assert use_all(path) == 15


def damage_embedding(path, tile, value):
    edit(path, f"UPDATE tiles SET embedding = {value} WHERE fid = {tile}")


NOT_A_NUMBER = "x'" + "007e" * INFO.embedding_size + "'"


@pytest.mark.parametrize("value", ["x'003c'", "x''", "'text'", NOT_A_NUMBER, "zeroblob(33)"])
def test_a_damaged_embedding_is_not_believed_and_its_tile_left_out(path, value):
    """A single number was spread over all of them, and NaN went to the top or the bottom."""
    with TileIndex.open(path, read_only=True) as index:
        before = index.embeddings(range(1, 41))
        ids = [hit.tile for hit in search(index, ColourEncoder(), Query(tiles=(3,))).hits]
    damaged = ids[0]
    damage_embedding(path, damaged, value)
    with TileIndex.open(path, read_only=True) as index:
        after = index.embeddings(range(1, 41))
        assert np.isnan(after[damaged - 1]).all()
        others = np.arange(40) != damaged - 1
        assert (after[others] == before[others]).all()
        found = search(index, ColourEncoder(), Query(tiles=(3,)))
        assert [hit.tile for hit in found.hits] == ids[1:]
        assert "1 tile is damaged in the index and left out" in found.notes
        with pytest.raises(SceneSearchError, match=f"Tile {damaged} is damaged") as caught:
            search(index, ColourEncoder(), Query(tiles=(damaged,)))
        assert caught.value.hint


def test_an_index_without_one_sound_embedding_is_searched_to_its_end(path):
    damage_embedding(path, "fid", "x'00'")
    with TileIndex.open(path, read_only=True) as index:
        found = search(index, ColourEncoder(), Query(texts=("red",)))
    assert found.hits == []
    assert "40 tiles are damaged in the index and left out" in found.notes


@pytest.mark.parametrize("value", ["x'00'", "'12345678'", "5", "zeroblob(9)"])
def test_a_tile_with_a_damaged_code_is_left_out_and_the_others_stay(path, value):
    with TileIndex.open(path, read_only=True) as index:
        before = index.load_codes()
    edit(path, f"UPDATE tiles SET code = {value} WHERE fid = 5")
    for rebuild in (False, True):
        with TileIndex.open(path) as index:
            if rebuild:
                index.rebuild_codes()
            after = index.load_codes()
        kept = before.ids != 5
        assert (after.ids == before.ids[kept]).all()
        assert (after.codes == before.codes[kept]).all()
        assert (after.source_ids == before.source_ids[kept]).all()


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE sources SET stretch = 'x' WHERE fid = 2", "the stretch of source 2 is no JSON"),
        ("UPDATE sources SET acquisition = '[]' WHERE fid = 1", "acquisition of source 1"),
        ("UPDATE sources SET width = 'wide' WHERE fid = 1", "the width of source 1 is 'wide'"),
        ("UPDATE index_info SET embedding_size = 1000000000000", "index_info: embedding_size"),
        ("UPDATE index_info SET code_bits = 8000000000000", "index_info: code_bits"),
    ],
)
def test_what_is_damaged_is_named(path, statement, word):
    edit(path, statement)
    with (
        pytest.raises(IndexFileError, match=rf"damaged \({word}|damaged \(the {word}"),
        TileIndex.open(path, read_only=True) as index,
    ):
        index.sources()


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        ("UPDATE tiles SET scale = 'x' WHERE fid = 7", "the scale of tile 7 is 'x', no number"),
        ("UPDATE tiles SET col_off = 1.5 WHERE fid = 7", "the window of tile 7 is 1.5, no whole"),
        ("UPDATE tiles SET geom = x'4750' WHERE fid = 7", "the footprint of tile 7 is no geometry"),
    ],
)
def test_a_damaged_tile_is_named(path, statement, word):
    edit(path, statement)
    with TileIndex.open(path, read_only=True) as index:
        assert len(index.tiles([1, 2, 8])) == 3
        with pytest.raises(IndexFileError, match=word):
            index.tiles([1, 7])


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


@pytest.mark.parametrize(
    ("table", "view"),
    [
        ("gpkg_ogr_contents", f"{ENDLESS} SELECT 'tiles' AS table_name, count(*) AS feature_count"),
        ("code_segments", f"{ENDLESS} SELECT i AS first_tile, 1 AS tiles, 1 AS source_id"),
        ("sources", f"{ENDLESS} SELECT i AS fid, 'x' AS path"),
        ("gpkg_contents", f"{ENDLESS} SELECT 'tiles' AS table_name, i AS min_x"),
    ],
)
def test_a_view_in_a_tables_place_is_refused_at_once(path, table, view):
    edit(path, f"ALTER TABLE {table} RENAME TO old_{table}")
    edit(path, f"CREATE VIEW {table} AS {view} FROM n")
    for read_only in (True, False):
        with pytest.raises(IndexFileError, match=rf"{table} is a view|not an index"):
            TileIndex.open(path, read_only=read_only)


@pytest.mark.parametrize(
    ("event", "write"),
    [
        ("INSERT ON tiles", lambda index: index.append(1, make_batch(3, first=100))),
        ("UPDATE ON sources", lambda index: index.set_source_state(1, "failed")),
        ("DELETE ON tiles", lambda index: index.remove_source(2)),
    ],
)
def test_a_trigger_without_end_is_ended_and_nothing_is_lost(path, event, write, monkeypatch):
    monkeypatch.setattr(connections, "LEAST_STEPS", 5_000_000)
    edit(
        path,
        f"CREATE TRIGGER endless AFTER {event} BEGIN "
        "INSERT INTO gpkg_ogr_contents SELECT (SELECT count(*) FROM tiles AS a, tiles AS b, "
        "tiles AS c, tiles AS d, tiles AS e, tiles AS f), 1; END",
    )
    with TileIndex.open(path) as index:
        with pytest.raises(IndexFileError, match="does not come to an end"):
            write(index)
        assert index.tile_count() == 40
        assert len(index.load_codes()) == 40


def test_honest_work_is_not_limited(path, monkeypatch):
    """Steps are counted anew for each piece of work, however many there are."""
    monkeypatch.setattr(connections, "LEAST_STEPS", 3_000_000)
    monkeypatch.setattr(connections, "STEPS_PER_BYTE", 0)
    with TileIndex.open(path) as index:
        for number in range(40):
            index.append(1, make_batch(200, seed=number, first=100 + 200 * number))
            index.load_codes()
        assert index.tile_count() == 40 + 8000


@pytest.mark.parametrize(
    ("statement", "tiles"),
    [
        ("UPDATE tiles SET embedding = x'003c' WHERE fid = 7", 20),
        (f"UPDATE tiles SET embedding = {NOT_A_NUMBER} WHERE fid IN (7, 30)", 0),
        ("UPDATE tiles SET code = 'text' WHERE fid = 7", 20),
        ("UPDATE tiles SET geom = x'4750' WHERE fid = 7", 20),
        ("UPDATE tiles SET width = 'x', scale = 9e999 WHERE fid = 7", 20),
        ("UPDATE sources SET stretch = 'x', tile_size_m = 'y' WHERE fid = 1", 20),
        ("UPDATE sources SET acquisition = '[]'", 0),
        ("UPDATE sources SET stretch = '{\"bands\": []}' WHERE fid = 2", 20),
    ],
)
def test_a_check_finds_damage_and_repairing_has_it_indexed_again(path, statement, tiles):
    with TileIndex.open(path, read_only=True) as index:
        assert index.faults(thorough=True) == []
        before = index.load_codes()
    edit(path, statement)
    with TileIndex.open(path) as index:
        assert {fault.kind for fault in index.faults(thorough=True)} >= {"damaged"}
        assert index.repair()
        assert index.faults(thorough=True) == []
        assert index.tile_count() == tiles
        for source in index.sources():
            name = source.path[-5]
            if source.state == "complete":
                assert source.windows_done == 0  # as the fixture left it
                continue
            again = index.upsert_source(make_source(source.path))
            index.append(again, make_batch(20, seed=ord(name)))
            index.set_source_state(again, "complete")
        after = index.load_codes()
        lost = "width = 'x'" in statement  # where a tile was, and so which one it was
        kept = np.ones(40, bool) if not lost else before.ids != 7
        assert (after.ids[: kept.sum()] == before.ids[kept]).all()
        assert (after.codes[: kept.sum()] == before.codes[kept]).all()
        assert len(after) == 40
        assert index.faults(thorough=True) == []


def test_a_source_without_a_path_goes_and_the_others_stay(path):
    loosen(path, "sources")
    edit(path, "UPDATE sources SET path = x'00' WHERE fid = 1")
    with TileIndex.open(path) as index:
        index.repair()
        assert [source.path for source in index.sources()] == ["/imagery/b.tif"]
        assert index.tile_count() == 20
        assert index.faults(thorough=True) == []
