"""Index files that are replaced, overwritten, deleted or away while requests read them."""

import os
import shutil
import sqlite3
import threading
import time

import pytest
from scene_search.engine.errors import IndexFileError
from scene_search.engine.index.tile_index import TileIndex
from scene_search.engine.service import open_indexes
from scene_search.engine.service.open_indexes import OpenIndexes

from tests.support.made_index import INFO, make_batch, make_source


@pytest.fixture
def indexes():
    opened = OpenIndexes()
    yield opened
    opened.close()


def make(path, tiles):
    with TileIndex.create(path, INFO) as index:
        index.append(index.upsert_source(make_source()), make_batch(tiles))
    return path


@pytest.fixture
def small(tmp_path):
    return make(tmp_path / "small.gpkg", 4)


@pytest.fixture
def large(tmp_path):
    return make(tmp_path / "large.gpkg", 400)


def count(indexes, path):
    """Tiles as the counter and as the codes tell them, which must agree."""
    with indexes.use(path) as index:
        tiles = index.tile_count()
        assert len(index.load_codes()) == tiles
        assert index.embeddings(index.load_codes().ids).shape == (tiles, INFO.embedding_size)
    return tiles


def test_a_file_stays_open_while_it_is_as_it_was(indexes, small):
    with indexes.use(small) as first:
        codes = first.load_codes()
    with indexes.use(small) as again:
        assert again is first
        assert again.load_codes() is codes


def test_what_was_indexed_meanwhile_is_seen(indexes, small):
    assert count(indexes, small) == 4
    with TileIndex.open(small) as writer:
        for number in range(3):
            writer.append(1, make_batch(64, seed=number, first=64 * (number + 1)))
            assert count(indexes, small) == 4 + 64 * (number + 1)
        writer.checkpoint()
        assert count(indexes, small) == 4 + 64 * 3
    assert count(indexes, small) == 4 + 64 * 3


@pytest.mark.parametrize("turns", [("small", "large"), ("large", "small")])
@pytest.mark.parametrize("way", ["renamed over", "copied over"])
def test_another_file_in_its_place_is_read_by_the_next_request(
    indexes, tmp_path, small, large, turns, way
):
    path = tmp_path / "i.gpkg"
    files = {"small": (small, 4), "large": (large, 400)}
    for turn in turns * 3:
        file, tiles = files[turn]
        if way == "copied over":
            shutil.copyfile(file, path)
        else:
            shutil.copyfile(file, tmp_path / "new")
            (tmp_path / "new").replace(path)
        assert count(indexes, path) == tiles


@pytest.mark.parametrize("turn", ["small to large", "large to small"])
def test_copied_over_after_another_program_wrote_it(indexes, tmp_path, small, large, turn):
    """SQLite then knows the old number of pages, and goes by it until the last one closes."""
    one, two = (small, large) if turn == "small to large" else (large, small)
    path = tmp_path / "i.gpkg"
    shutil.copyfile(one, path)
    before = count(indexes, path)
    with TileIndex.open(path) as writer:
        writer.append(1, make_batch(64, first=1000))
        assert count(indexes, path) == before + 64
        writer.checkpoint()
    assert count(indexes, path) == before + 64
    shutil.copyfile(two, path)
    assert count(indexes, path) == {small: 4, large: 400}[two]


def test_requests_under_way_go_on_with_what_they_have(indexes, tmp_path, small, large):
    path = tmp_path / "i.gpkg"
    shutil.copyfile(small, path)
    with indexes.use(path) as before:
        shutil.copyfile(large, tmp_path / "new")
        (tmp_path / "new").replace(path)
        assert count(indexes, path) == 400
        assert before.tile_count() == 4
        indexes.close()
        assert before.tile_count() == 4
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        before.tile_count()


def test_a_request_that_fails_since_its_file_was_copied_over_says_so(
    indexes, tmp_path, small, large
):
    path = tmp_path / "i.gpkg"
    shutil.copyfile(large, path)

    def reading():
        with indexes.use(path) as index:
            index.tile_count()
            shutil.copyfile(small, path)
            index.load_codes()
            index.tiles(range(1, 401))

    with pytest.raises(IndexFileError, match="replaced or deleted while it was being read"):
        reading()
    assert count(indexes, path) == 4


@pytest.mark.parametrize("turn", ["small to large", "large to small"])
def test_an_overwritten_file_is_opened_once_those_who_read_it_are_done(
    indexes, tmp_path, small, large, turn
):
    one, two = (small, large) if turn == "small to large" else (large, small)
    path = tmp_path / "i.gpkg"
    shutil.copyfile(one, path)
    reading, go, outcome = threading.Event(), threading.Event(), []

    def read():
        with indexes.use(path) as index:
            index.tile_count()
            reading.set()
            go.wait(10)

    thread = threading.Thread(target=read)
    thread.start()
    assert reading.wait(10)
    with TileIndex.open(path) as writer:  # from here on the number of pages is shared
        writer.append(1, make_batch(1, first=1000))
    shutil.copyfile(two, path)
    asking = threading.Thread(target=lambda: outcome.append(count(indexes, path)))
    asking.start()
    time.sleep(0.2)
    go.set()
    thread.join(10)
    asking.join(10)
    assert outcome == [{small: 4, large: 400}[two]]


def test_a_deleted_file_is_missed_and_one_made_anew_is_read(indexes, small, large):
    assert count(indexes, small) == 4
    small.unlink()
    with pytest.raises(IndexFileError, match="does not exist"):
        count(indexes, small)
    shutil.copyfile(large, small)
    assert count(indexes, small) == 400


def test_many_threads_while_it_is_replaced_again_and_again(indexes, tmp_path, small, large):
    path = tmp_path / "i.gpkg"
    shutil.copyfile(small, path)
    stop, seen, errors = threading.Event(), set(), []

    def read():
        while not stop.is_set():
            try:
                seen.add(count(indexes, path))
            except IndexFileError as error:
                if "was replaced" not in error.message:
                    errors.append(error)
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(40):
        shutil.copyfile((large, small)[number % 2], tmp_path / "new")
        (tmp_path / "new").replace(path)
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(20)
    assert not errors
    assert seen == {4, 400}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a pipe stands for a share that is away")
def test_a_path_that_does_not_answer_holds_up_no_other(indexes, tmp_path, small, monkeypatch):
    monkeypatch.setattr(open_indexes, "ANSWER_SECONDS", 0.5)
    away = tmp_path / "away.gpkg"
    os.mkfifo(away)
    errors = []

    def ask():
        started = time.monotonic()
        try:
            count(indexes, away)
        except IndexFileError as error:
            errors.append((error, time.monotonic() - started))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    assert count(indexes, small) == 4
    assert time.monotonic() - started < 0.4
    for thread in threads:
        thread.join(10)
    ask()  # known to be away: told at once
    assert len(errors) == 4
    assert all("does not answer" in error.message for error, _ in errors)
    assert all("share is connected" in error.hint for error, _ in errors)
    assert errors[-1][1] < 0.3
    with away.open("wb"):  # it comes back, and the thread that waited in the system ends
        pass


def test_a_run_whose_index_is_taken_away_says_so(small, large):
    with TileIndex.open(small) as writer:
        writer.append(1, make_batch(8, first=100))
        shutil.copyfile(large, small.with_name("new"))
        small.with_name("new").replace(small)
        for write in (
            lambda: writer.append(1, make_batch(8, first=200)),
            lambda: writer.set_source_state(1, "complete"),
            writer.checkpoint,
        ):
            with pytest.raises(IndexFileError, match="replaced or deleted while it was being wri"):
                write()
    with TileIndex.open(small, read_only=True) as index:
        assert index.tile_count() == 400, "the file in its place is as it was"
