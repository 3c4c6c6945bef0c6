"""Index files of earlier versions: read as they are, brought along when they are written."""

import gzip
import os
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.index import code_segments, layout
from scene_search.engine.index.schema import SCHEMA_VERSION
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing import index_imagery

from tests.support.index_sql import sql
from tests.support.indexing_support import Counting
from tests.support.made_index import INFO, make_batch, make_source

KEPT = Path(__file__).parent / "layouts"
OLDER = [1, 2]
WRITTEN_AT = 1_700_000_000


def unpack(version, folder):
    path = folder / f"städte {version}.gpkg"
    path.write_bytes(gzip.decompress((KEPT / f"layout_{version}.gpkg.gz").read_bytes()))
    return path


def version_of(path):
    return sql(path, "SELECT schema_version FROM index_info")[0][0]


def tiles_of(path):
    """Return what the tile layer holds, read without the code under test."""
    return sql(path, "SELECT fid, code, embedding, source_id FROM tiles ORDER BY fid")


def check_holds(index, rows, *, context):
    """An open index must give what the rows of its file say."""
    table = index.load_codes()
    assert table.ids.tolist() == [row[0] for row in rows]
    assert [code.tobytes() for code in table.codes] == [row[1] for row in rows]
    vectors = index.embeddings(table.ids).astype("<f2")
    assert [vector.tobytes() for vector in vectors] == [row[2] for row in rows]
    assert table.source_ids.tolist() == [row[3] for row in rows]
    assert len(index.tiles(table.ids)) == len(rows) == 25
    assert index.info.context is context
    assert [source.content for source in index.sources()] == [None, None, None]
    assert {source.state for source in index.sources()} == {"complete", "skipped"}
    if context:
        assert len(index.load_codes(context=True)) == 25


@pytest.mark.parametrize("version", OLDER)
def test_an_older_file_is_read_as_it_is(tmp_path, version):
    path = unpack(version, tmp_path)
    before = path.read_bytes()
    with TileIndex.open(path, read_only=True) as index:
        check_holds(index, tiles_of(path), context=version == 2)
        with pytest.raises(IndexFileError, match="read-only"):
            index.upsert_source(make_source())
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", OLDER)
def test_an_older_file_is_brought_along_when_it_is_written(tmp_path, version):
    path = unpack(version, tmp_path)
    rows = tiles_of(path)
    for _ in range(2):
        with TileIndex.open(path) as index:
            check_holds(index, rows, context=version == 2)
    assert version_of(path) == SCHEMA_VERSION
    assert tiles_of(path) == rows
    with TileIndex.open(path) as index:
        source = index.upsert_source(make_source(content="12-ab"))
        assert index.source(source).content == "12-ab"


@pytest.mark.parametrize("version", OLDER)
def test_a_file_brought_along_is_laid_out_as_a_new_one(tmp_path, version):
    path = unpack(version, tmp_path)
    TileIndex.open(path).close()
    with TileIndex.open(path, read_only=True) as index:
        new = TileIndex.create(tmp_path / "new.gpkg", index.info)
    new.close()

    def columns(file, table):
        return {row[1:3] for row in sql(file, f"PRAGMA table_info({table})")}

    def triggers(file):
        return set(sql(file, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))

    tables = ["tiles", "sources", "index_info", "code_segments", "context_segments"]
    for table in tables:
        assert columns(path, table) == columns(new.path, table)
    assert triggers(path) == triggers(new.path)


@pytest.mark.parametrize("version", OLDER)
def test_indexing_goes_on_with_an_older_file(tmp_path, version, request):
    name = {1: "tiny_encoder", 2: "tiny_context_encoder"}[version]
    encoder = Encoder(EncoderPackage.load(request.getfixturevalue(name)), threads=1)
    path = unpack(version, tmp_path)
    imagery = tmp_path / "imagery"
    imagery.mkdir()
    for old, new in (("Zürich 20240531.tif", "zurich_20240531.tif"), ("west.tif", "west.tif")):
        shutil.copy(KEPT / new, imagery / new)
        os.utime(imagery / new, (WRITTEN_AT, WRITTEN_AT))
        sql(path, f"UPDATE sources SET path = '{imagery / new}' WHERE path LIKE '%{old}'")
    # the encoder is this machine's, whose libraries may write its files in another way
    sql(path, f"UPDATE index_info SET encoder_sha256 = '{encoder.package.sha256}'")
    rows = tiles_of(path)
    counting = Counting(encoder)
    report = index_imagery([imagery], path, counting)
    assert (report.unchanged, report.tiles, counting.tiles) == (2, 25, 0)
    assert tiles_of(path) == rows
    assert version_of(path) == SCHEMA_VERSION


@pytest.mark.parametrize("version", OLDER)
def test_a_file_stays_as_it_was_when_bringing_it_along_breaks_off(tmp_path, version, monkeypatch):
    path = unpack(version, tmp_path)

    def full_disk(*_):
        raise sqlite3.OperationalError("database or disk is full")

    before = sql(path, "SELECT sql FROM sqlite_master")
    with monkeypatch.context() as patch:
        patch.setattr(code_segments, "make_true", full_disk)
        with pytest.raises(StorageError, match="Free some space"):
            TileIndex.open(path)
    assert version_of(path) == version
    assert sql(path, "SELECT sql FROM sqlite_master") == before
    TileIndex.open(path).close()
    assert version_of(path) == SCHEMA_VERSION


def test_a_reader_goes_on_when_the_file_is_brought_along(tmp_path):
    path = unpack(1, tmp_path)
    with TileIndex.open(path, read_only=True) as reader:
        assert {source.content for source in reader.sources()} == {None}
        with TileIndex.open(path) as index:
            index.upsert_source(make_source(content="12-ab"))
        assert reader.sources()[-1].content == "12-ab"
        assert len(reader.load_codes()) == 25


def test_segments_that_an_older_program_left_wrong_are_built_anew(tmp_path):
    path = unpack(1, tmp_path)
    # one tile less and one more, so that the numbers are as before
    sql(
        path,
        "CREATE TEMP TABLE moved AS SELECT * FROM tiles WHERE fid = 3",
        "DELETE FROM tiles WHERE fid = 3",
        "UPDATE moved SET fid = 90, col_off = 999",
        "INSERT INTO tiles SELECT * FROM moved",
    )
    rows = tiles_of(path)
    with TileIndex.open(path, read_only=True) as index:
        assert index.load_codes().ids.tolist() == [row[0] for row in rows]
    with TileIndex.open(path) as index:
        check_holds(index, rows, context=False)


@pytest.mark.parametrize("value", ["'three'", "NULL", "0", "-1"])
def test_no_layout_is_damage(tmp_path, value):
    path = unpack(1, tmp_path)
    sql(
        path,
        "CREATE TABLE copied AS SELECT * FROM index_info",
        "DROP TABLE index_info",
        "ALTER TABLE copied RENAME TO index_info",
        f"UPDATE index_info SET schema_version = {value}",
    )
    with pytest.raises(IndexFileError, match="damaged"):
        TileIndex.open(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM tiles WHERE fid = 50",
        "DELETE FROM tiles WHERE fid % 7 = 0",
        "DELETE FROM tiles",
        "DELETE FROM tiles WHERE fid IN (1, 64, 65, 200)",
        "UPDATE tiles SET code = x'0011223344556677' WHERE fid = 100",
        "UPDATE tiles SET source_id = 2, col_off = 77 WHERE fid = 100",
        "UPDATE tiles SET scale = 2 WHERE fid = 100",
        "DELETE FROM code_segments WHERE first_tile = 65",
    ],
)
def test_codes_are_those_of_the_tiles_whatever_another_program_changes(tmp_path, statement):
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        for number in range(2):
            source = index.upsert_source(make_source(f"/{number}.tif"))
            for batch in range(2):
                index.append(source, make_batch(64, seed=batch, first=64 * batch))
        index.load_codes()
        sql(index.path, statement)
        for _ in range(2):
            rows = sql(index.path, "SELECT fid, code, source_id, scale FROM tiles ORDER BY fid")
            table = index.load_codes()
            np.testing.assert_array_equal(table.ids, [row[0] for row in rows])
            assert [code.tobytes() for code in table.codes] == [row[1] for row in rows]
            assert table.source_ids.tolist() == [row[2] for row in rows]
            assert table.scales.tolist() == [row[3] for row in rows]
            assert sum(index.tile_counts().values()) == len(rows)
            index.rebuild_codes()  # and once more from segments that fit


def test_an_unchanged_attribute_leaves_the_segments(tmp_path):
    with TileIndex.create(tmp_path / "i.gpkg", INFO) as index:
        index.append(index.upsert_source(make_source()), make_batch(64))
        # as a GIS does that writes all attributes of a feature of which one was edited
        sql(index.path, "UPDATE tiles SET code = code, scale = scale, valid = 0.5")
        assert sql(index.path, "SELECT count(*) FROM code_segments") == [(1,)]


def test_all_layouts_between_are_known():
    assert set(layout._COLUMNS) == {SCHEMA_VERSION}
    assert {f"layout_{version}.gpkg.gz" for version in OLDER} == {
        file.name for file in KEPT.glob("*.gz")
    }
