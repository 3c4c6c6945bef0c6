"""Names of new indexes: what cannot be one is said, what can be is made."""

from pathlib import Path

import pytest
from scene_search.engine.errors import IndexFileError
from scene_search.engine.index.file_name import check_new_name
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.indexing.lock import IndexLock

from tests.support.made_index import INFO


@pytest.mark.parametrize("name", ["/", ".", "..", "", "C:", "index", "index.tif", ".gpkg", "~"])
def test_what_is_no_name(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for make in (check_new_name, lambda path: TileIndex.create(path, INFO)):
        with pytest.raises(IndexFileError) as caught:
            make(Path(name))
        assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_is_there_may_be_called_anything(tmp_path):
    path = tmp_path / "index"
    path.touch()
    check_new_name(path)


@pytest.mark.parametrize("letter", ["x", "索", "🛰"])
def test_the_longest_names_work_and_longer_ones_are_refused(tmp_path, letter):
    """The name is allowed just so long that all that is made beside it can be made."""
    ending = ".gpkg"
    made = refused = 0
    size = len(letter.encode())
    for count in range((255 - 8 - len(ending)) // size - 1, 255 // size + 2):
        path = tmp_path / f"{letter * count}{ending}"
        try:
            check_new_name(path)
        except IndexFileError:
            refused += 1
            with pytest.raises(IndexFileError, match="too long"):
                TileIndex.create(path, INFO)
            continue
        made += 1
        with IndexLock(path), TileIndex.create(path, INFO) as index:
            assert index.tile_count() == 0
            index._connection.execute("PRAGMA journal_mode = DELETE")  # as QGIS leaves it
            index._connection.execute("UPDATE index_info SET encoder_name = 'b'")
        assert path.stat().st_size > 0
    assert made
    assert refused
