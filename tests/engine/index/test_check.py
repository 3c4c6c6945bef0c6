"""Saying and mending what other programs have left wrong in an index."""

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scene_search import same_path
from scene_search.engine.errors import IndexFileError
from scene_search.engine.index import check
from scene_search.engine.index.tile_index import TileIndex

from tests.support.index_sql import sql
from tests.support.made_index import INFO, make_batch, make_source


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """Three sources of 20 tiles each, one skipped raster beside them."""
    path = tmp_path_factory.mktemp("check") / "i.gpkg"
    with TileIndex.create(path, INFO) as index:
        for number in range(3):
            source = index.upsert_source(make_source(f"/imagery/{number}.tif"))
            index.append(source, make_batch(20, seed=number, windows_done=20))
            index.set_source_state(source, "complete")
        index.upsert_source(make_source("/imagery/text.tif", state="skipped", error="no raster"))
    return path


@pytest.fixture
def path(template, tmp_path):
    return Path(shutil.copy(template, tmp_path / "i.gpkg"))


def kinds(path, *, thorough=True):
    with TileIndex.open(path, read_only=True) as index:
        return {fault.kind: fault.number for fault in index.faults(thorough=thorough)}


def repair(path):
    with TileIndex.open(path) as index:
        return index.repair()


def test_a_sound_index_has_no_faults(path):
    before = path.read_bytes()
    assert kinds(path) == kinds(path, thorough=False) == {}
    assert repair(path) == []
    assert sql(path, "SELECT count(*) FROM tiles") == [(60,)]
    assert path.read_bytes() == before


def test_tiles_without_their_source(path):
    sql(path, "DELETE FROM sources WHERE fid = 2")
    assert kinds(path, thorough=False) == {"orphans": 20}
    (fault,) = repair(path)
    assert fault.problem == (
        "20 tiles belong to a raster whose row was deleted from the table sources"
    )
    assert kinds(path) == {}
    assert sql(path, "SELECT DISTINCT source_id FROM tiles") == [(1,), (3,)]
    assert sql(path, "SELECT sum(tiles) FROM code_segments") == [(40,)]


def test_a_source_without_its_tiles(path):
    sql(path, "DELETE FROM tiles WHERE source_id = 3")
    assert kinds(path, thorough=False).keys() == {"emptied"}
    faults = {fault.kind: fault for fault in repair(path)}
    assert faults["emptied"].problem == "All tiles of 2.tif were deleted"
    assert kinds(path) == {}
    rows = sql(path, "SELECT fid, state, windows_done FROM sources ORDER BY fid")
    assert rows == [(1, "complete", 20), (2, "complete", 20), (3, "indexing", 0), (4, "skipped", 0)]


def test_single_tiles_that_were_deleted_stay_deleted(path):
    sql(path, "DELETE FROM tiles WHERE fid IN (5, 25)")
    assert kinds(path, thorough=False) == {"codes": 1}
    repair(path)
    assert kinds(path) == {}
    assert sql(path, "SELECT sum(tiles) FROM code_segments") == [(58,)]
    assert sql(path, "SELECT count(*) FROM sources WHERE state = 'complete'") == [(3,)]


def test_the_spatial_index_and_the_counts(path):
    sql(path, "DELETE FROM rtree_tiles_geom WHERE id IN (1, 30)")
    assert kinds(path) == {"boxes": 2}
    repair(path)
    assert kinds(path) == {}
    with TileIndex.open(path, read_only=True) as index:
        assert len(index.tiles_touching((-180, -90, 180, 90))[0]) == 60
        assert index.extent() == pytest.approx((8.5, 47.3, 8.54, 47.302), abs=1e-4)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_ogr_contents SET feature_count = 7",
        "DELETE FROM gpkg_ogr_contents",
        "UPDATE gpkg_contents SET min_x = -170 WHERE table_name = 'tiles'",
    ],
)
def test_what_the_file_says_of_itself(path, statement):
    sql(path, statement)
    assert "counts" in kinds(path)
    repair(path)
    assert kinds(path) == {}
    assert sql(path, "SELECT feature_count FROM gpkg_ogr_contents WHERE table_name = 'tiles'") == [
        (60,)
    ]


def test_one_file_under_two_spellings(path, monkeypatch):
    with TileIndex.open(path) as index:
        twin = index.upsert_source(make_source("/Imagery/0.TIF"))
        index.append(twin, make_batch(5))
    assert kinds(path) == {}, "where case counts these are two files"
    monkeypatch.setattr(same_path, "_tried", lambda _folder: True)
    assert kinds(path) == {"twins": 1}
    (fault,) = repair(path)
    assert fault.problem.startswith("0.TIF is in the index twice")
    assert sql(path, "SELECT path FROM sources WHERE fid IN (1, ?)".replace("?", str(twin))) == [
        ("/imagery/0.tif",)
    ]
    assert sql(path, "SELECT count(*) FROM tiles") == [(60,)]


def test_a_repair_that_breaks_off_changes_nothing(path, monkeypatch):
    sql(path, "DELETE FROM sources WHERE fid = 2", "DELETE FROM tiles WHERE source_id = 3")
    before = sql(path, "SELECT fid, source_id FROM tiles")

    def broken(_connection):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(check, "_mend_counts", broken)
        with pytest.raises(RuntimeError):
            repair(path)
    assert sql(path, "SELECT fid, source_id FROM tiles") == before
    assert kinds(path, thorough=False) == {"orphans": 20, "emptied": 1}


def test_a_file_that_is_itself_damaged_cannot_be_mended(path):
    sql(path, "PRAGMA journal_mode = DELETE")
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) // 2 // 4096 * 4096
    damaged[middle : middle + 4096] = bytes(4096)
    path.write_bytes(bytes(damaged))
    with pytest.raises(IndexFileError, match="damaged"):
        kinds(path)


EDITS = [
    "DELETE FROM sources WHERE fid = {number}",
    "DELETE FROM tiles WHERE source_id = {number}",
    "DELETE FROM tiles WHERE fid % 7 = {number}",
    "DELETE FROM code_segments WHERE source_id = {number}",
    "DELETE FROM rtree_tiles_geom WHERE id = {number}",
    "UPDATE gpkg_ogr_contents SET feature_count = {number}",
    "UPDATE tiles SET source_id = 9 WHERE fid = {number}",
]


@settings(max_examples=30, deadline=None, derandomize=True)
@given(edits=st.lists(st.tuples(st.sampled_from(EDITS), st.integers(1, 3)), max_size=5))
@example(edits=[(EDITS[0], 1), (EDITS[1], 2), (EDITS[2], 3), (EDITS[4], 1), (EDITS[5], 2)])
def test_any_combination_is_mended_at_once(template, edits):
    path = Path(shutil.copy(template, template.with_name("edited.gpkg")))
    sql(path, *(statement.format(number=number) for statement, number in edits), "SELECT 1")
    joined = "SELECT t.fid FROM tiles t JOIN sources s ON s.fid = t.source_id ORDER BY t.fid"
    kept = sql(path, joined)
    found = kinds(path)
    assert {fault.kind for fault in repair(path)} == found.keys()
    assert kinds(path) == {}
    assert sql(path, "SELECT fid FROM tiles ORDER BY fid") == kept, "no tile of a source goes"
    with TileIndex.open(path, read_only=True) as index:
        assert index.load_codes().ids.tolist() == [fid for (fid,) in kept]
