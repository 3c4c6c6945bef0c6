"""Files that results may be written to: indexes and what others made stay."""

import contextlib
import os
import sqlite3
from pathlib import Path

import pytest
from scene_search import output_file
from scene_search.engine.errors import StorageError, UsageError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.output_file import (
    HitsLayer,
    has_content,
    hits_layer,
    is_index,
    refuse_index,
)
from scene_search.same_path import same_path

from tests.support.made_index import INFO


@pytest.fixture
def index(tmp_path) -> Path:
    path = tmp_path / "Stadt für Zoë #1 100%.gpkg"
    TileIndex.create(path, INFO).close()
    return path


def geopackage(path: Path, layers: dict[str, str], *, titles: dict[str, str] | None = None) -> Path:
    """Make what of a GeoPackage is looked at: names, kinds and columns of tables."""
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE gpkg_contents (table_name, data_type, identifier)")
        for name, columns in layers.items():
            file.execute(f'CREATE TABLE "{name}" ({columns})')
            title = (titles or {}).get(name, name)
            file.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?)", (name, title))
    file.close()
    return path


HITS = "fid, geom, rank, score, hamming, tile, source"


def test_an_index_is_told_from_other_files(index, tmp_path):
    assert is_index(index)
    assert not is_index(tmp_path)
    assert not is_index(tmp_path / "no.gpkg")
    assert not is_index(geopackage(tmp_path / "b.gpkg", {"tiles": HITS, "sources": "a"}))
    (tmp_path / "c.gpkg").write_text("notes")
    assert not is_index(tmp_path / "c.gpkg")
    assert not is_index("a\0b")


def test_an_index_in_use_is_told(index):
    with sqlite3.connect(index) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        assert is_index(index)
    writer.close()


def spellings(index: Path) -> list[Path]:
    """Return other paths of a file: links of both kinds, detours, other endings."""
    folder = index.parent
    (folder / "there").mkdir()
    for name in ("link.gpkg", "link.csv"):
        (folder / name).symlink_to(index)
    (folder / "there" / "up").symlink_to(folder, target_is_directory=True)
    os.link(index, folder / "hard.geojson")
    return [
        index,
        folder / "." / "there" / ".." / index.name,
        folder / "there" / "up" / index.name,
        folder / "link.gpkg",
        folder / "link.csv",
        folder / "hard.geojson",
        Path(os.path.relpath(index)),
    ]


def test_no_spelling_of_an_index_is_written_to(index):
    for path in spellings(index):
        assert same_path(path, index)
        with pytest.raises(UsageError, match=r"is an index.*another file"):
            refuse_index(path)


def test_the_index_searched_is_refused_whatever_it_holds(tmp_path):
    """A damaged index is not recognised, but it is the file that is searched."""
    damaged = tmp_path / "damaged.gpkg"
    damaged.write_bytes(b"SQLite format 3\0" + bytes(84))
    (tmp_path / "link.gpkg").symlink_to(damaged)
    with pytest.raises(UsageError):
        refuse_index(tmp_path / "link.gpkg", damaged)
    refuse_index(tmp_path / "other.gpkg", damaged)


def test_what_cannot_be_looked_into_is_not_written_to(tmp_path, monkeypatch):
    monkeypatch.setattr(output_file, "_BUSY_SECONDS", 0.1)
    path = geopackage(tmp_path / "busy.gpkg", {"a": "b"})
    with contextlib.closing(sqlite3.connect(path)) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        for look in (refuse_index, hits_layer):
            with pytest.raises(StorageError, match="cannot be read: database is locked"):
                look(path)


def test_a_file_that_is_not_there_gets_a_layer_of_its_name(tmp_path):
    assert hits_layer(tmp_path / "ports.gpkg") == HitsLayer("ports", False)
    (tmp_path / "empty.gpkg").touch()
    assert not has_content(tmp_path / "empty.gpkg")
    assert hits_layer(tmp_path / "empty.gpkg") == HitsLayer("empty", False)
    assert hits_layer(tmp_path / "gpkg_contents.gpkg") == HitsLayer("hits", False)


def test_hits_take_a_free_name_or_that_of_earlier_hits(tmp_path):
    path = geopackage(tmp_path / "mine.gpkg", {"parcels": "fid, geom", "roads": "fid, rank"})
    assert hits_layer(path) == HitsLayer("mine", False)
    assert hits_layer(path, "ports") == HitsLayer("ports", False)
    path = geopackage(tmp_path / "Ports.gpkg", {"ports": HITS + ", match"})
    assert hits_layer(path) == HitsLayer("ports", True)  # SQLite takes the two for one
    assert hits_layer(path, "PORTS") == HitsLayer("ports", True)


def test_a_layer_that_is_no_hits_is_left_alone(tmp_path):
    """Most GeoPackages hold one layer that is called as the file."""
    path = geopackage(tmp_path / "parcels.gpkg", {"Parcels": "fid, geom, source"})
    assert hits_layer(path) == HitsLayer("hits", False)
    with pytest.raises(UsageError, match="something else under the name parcels"):
        hits_layer(path, "parcels")
    path = geopackage(tmp_path / "b.gpkg", {"b": "a", "hits": "a", "hits_2": "a"})
    assert hits_layer(path) == HitsLayer("hits_3", False)


def test_titles_are_taken_as_well(tmp_path):
    """GeoPackage wants the titles of layers to differ, which need not be the tables' names."""
    path = geopackage(tmp_path / "a.gpkg", {"t1": "fid"}, titles={"t1": "A"})
    assert hits_layer(path) == HitsLayer("hits", False)


def test_a_table_of_hits_without_places_is_not_a_layer_of_hits(tmp_path):
    path = geopackage(tmp_path / "a.gpkg", {"a": HITS})
    with sqlite3.connect(path) as file:
        file.execute("UPDATE gpkg_contents SET data_type = 'attributes'")
    file.close()
    assert hits_layer(path) == HitsLayer("hits", False)


@pytest.mark.parametrize("content", [b"my notes", b"SQLite format 3\0"])
def test_what_is_no_geopackage_is_not_replaced(tmp_path, content):
    path = tmp_path / "notes.gpkg"
    path.write_bytes(content)
    if content.startswith(b"SQLite"):
        path.unlink()
        sqlite3.connect(path).execute("CREATE TABLE a (b)").connection.close()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="no GeoPackage"):
        hits_layer(path)
    assert path.read_bytes() == before
