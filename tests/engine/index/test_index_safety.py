"""What must survive: killed writers, full disks, several processes at one file."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.index import connection as connections
from scene_search.engine.index.tile_index import TileIndex

from tests.support.made_index import INFO, make_batch, make_source

WRITER = """
import sys
from scene_search.engine.errors import SceneSearchError
from scene_search.engine.index.tile_index import TileIndex
from tests.support.made_index import INFO, make_batch, make_source

path, limit, batches = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if limit:
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
with TileIndex.open(path) as index:
    source_id = index.upsert_source(make_source())
    first = index.source(source_id).windows_done
    print("ready", flush=True)
    for number in range(first // 64, batches):
        try:
            index.append(source_id, make_batch(64, seed=number, first=64 * number,
                                               windows_done=64 * (number + 1)))
        except SceneSearchError as error:
            print(type(error).__name__, error.message, flush=True)
            print("still", index.tile_count(), len(index.load_codes()), flush=True)
            break
        print(number + 1, flush=True)
    else:
        index.set_source_state(source_id, "complete")
"""


def start_writer(path, *, limit=0, batches=400):
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(limit), str(batches)],
        stdout=subprocess.PIPE,
        text=True,
    )


def check_whole(index, *, at_least=0):
    """Tiles, segments, R-tree, counter and progress must tell one story, in whole batches."""
    table = index.load_codes()
    count = len(table)
    assert count % 64 == 0
    assert count >= at_least
    sql = index._connection.execute
    assert sql("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sql("SELECT count(*) FROM tiles").fetchone() == (count,)
    assert sql("SELECT count(*) FROM rtree_tiles_geom").fetchone() == (count,)
    assert index.tile_count() == count
    assert [source.windows_done for source in index.sources()] in ([count], [])
    for number in range(count // 64):
        expected = make_batch(64, seed=number).codes
        np.testing.assert_array_equal(table.codes[64 * number : 64 * number + 64], expected)
    return count


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_writer_loses_at_most_its_batch_and_the_next_goes_on(index):
    index.close()
    rng = np.random.default_rng(0)
    committed = 0
    for _ in range(3):
        process = start_writer(index.path)
        assert process.stdout.readline().strip() == "ready"
        time.sleep(float(rng.uniform(0.02, 0.25)))
        process.send_signal(signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split()]
        process.wait()
        with TileIndex.open(index.path) as again:
            # what was reported as written is there; a batch may be there before the report
            committed = check_whole(again, at_least=64 * max(said, default=0))
            assert committed <= 64 * (max(said, default=400) + 1)
    done = committed // 64
    process = start_writer(index.path, batches=done + 3)
    process.stdout.read()
    assert process.wait() == 0
    with TileIndex.open(index.path, read_only=True) as again:
        assert check_whole(again) == 64 * (done + 3)
        assert again.sources()[0].state == "complete"


@pytest.mark.skipif(os.name != "posix", reason="RLIMIT_FSIZE")
def test_full_disk(index):
    index.close()
    process = start_writer(index.path, limit=1_500_000)
    lines = process.stdout.read().splitlines()
    assert process.wait() == 0
    assert lines[-2].startswith("StorageError"), lines
    written = int(lines[-3])
    assert lines[-1] == f"still {64 * written} {64 * written}"
    with TileIndex.open(index.path) as again:
        assert check_whole(again) == 64 * written
        # space again: it goes on
        again.append(1, make_batch(64, seed=written, first=64 * written))


def test_database_that_may_not_grow(index):
    source_id = index.upsert_source(make_source())
    index.append(source_id, make_batch(64, windows_done=64))
    (pages,) = index._connection.execute("PRAGMA page_count").fetchone()
    index._connection.execute(f"PRAGMA max_page_count = {pages + 5}")
    with pytest.raises(StorageError, match=r"is full.*Free some space"):
        index.append(source_id, make_batch(640, seed=1, first=64))
    index._connection.execute("PRAGMA max_page_count = 1000000")
    assert check_whole(index) == 64


def test_two_readers_and_a_writer_at_once(index):
    index.close()
    process = start_writer(index.path, batches=60)
    assert process.stdout.readline().strip() == "ready"
    seen = {0: [], 1: []}
    errors = []
    stop = threading.Event()

    def read(number):
        try:
            with TileIndex.open(index.path, read_only=True) as reader:
                while not stop.is_set():
                    table = reader.load_codes()
                    seen[number].append(len(table))
                    if len(table):
                        reader.embeddings(table.ids[-10:])
                        reader.tiles(table.ids[:3])
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=read, args=(number,)) for number in seen]
    for thread in threads:
        thread.start()
    process.stdout.read()
    assert process.wait() == 0
    time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors
    for counts in seen.values():
        assert counts == sorted(counts)
        assert all(count % 64 == 0 for count in counts)
        assert counts[-1] == 60 * 64
        assert len(set(counts)) > 2, "the readers should have seen it grow"


def test_one_index_in_several_threads(index):
    source_id = index.upsert_source(make_source())
    errors = []

    def write():
        for number in range(20):
            index.append(source_id, make_batch(8, seed=number, first=8 * number))

    def read():
        for _ in range(40):
            table = index.load_codes()
            if len(table):
                index.tiles(table.ids[:5])

    def guarded(work):
        try:
            work()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in (write, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert index.tile_count() == 160


def test_second_writer_waits_and_then_says_so(index, monkeypatch):
    source_id = index.upsert_source(make_source())
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.2)
    with TileIndex.open(index.path) as second:
        index._connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(IndexFileError, match="in use by another program"):
            second.append(source_id, make_batch(2))
        assert second.tile_count() == 0, "reading goes on"
        index._connection.execute("ROLLBACK")
        second.append(source_id, make_batch(2))
    assert index.tile_count() == 2


def test_a_snapshot_sees_one_state(index):
    source_id = index.upsert_source(make_source())
    ids = index.append(source_id, make_batch(8))
    with TileIndex.open(index.path, read_only=True) as reader:
        with reader.snapshot():
            table = reader.load_codes()
            index.remove_source(source_id)
            index.append(index.upsert_source(make_source("/new.tif")), make_batch(3))
            assert reader.embeddings(table.ids).shape == (8, INFO.embedding_size)
            assert reader.windows(ids)[:, 0].tolist() == [256 * n for n in range(8)]
            assert reader.tiles(ids)[0].source_path == make_source().path
            with reader.snapshot():
                assert reader.load_codes() is table
        assert len(reader.load_codes()) == 3


def leave_a_log(path):
    """Write an index, and have it disappear as after a crash: its log stays."""
    with TileIndex.create(path, INFO) as index:
        source_id = index.upsert_source(make_source("/gone.tif"))
        index.append(source_id, make_batch(640))
        log = path.with_name(path.name + "-wal")
        kept = log.read_bytes()
    path.unlink()
    log.write_bytes(kept)
    assert len(kept) > 100_000


def test_a_new_index_has_nothing_of_an_older_one_whose_log_was_left(tmp_path):
    path = tmp_path / "i.gpkg"
    leave_a_log(path)
    with TileIndex.create(path, INFO) as index:
        assert index.sources() == []
        assert index.tile_count() == 0
        index.append(index.upsert_source(make_source()), make_batch(64, windows_done=64))
        assert check_whole(index) == 64
    assert [file.name for file in tmp_path.iterdir()] == ["i.gpkg"]


@pytest.mark.skipif(os.name != "posix", reason="Windows replaces no open file")
@pytest.mark.parametrize("deleted", [False, True])
def test_a_writer_whose_file_was_taken_away_leaves_no_log_for_the_next(index, tmp_path, deleted):
    with TileIndex.create(tmp_path / "other.gpkg", INFO) as other:
        other.append(other.upsert_source(make_source()), make_batch(64, windows_done=64))
    source_id = index.upsert_source(make_source("/gone.tif"))
    index.append(source_id, make_batch(640, seed=9))
    if deleted:
        index.path.unlink()
    else:
        other.path.replace(index.path)
    with pytest.raises(IndexFileError, match="replaced or deleted"):
        index.append(source_id, make_batch(1, first=1000))
    index.close()
    assert not list(tmp_path.glob("*-wal"))
    assert not list(tmp_path.glob("*-shm"))
    if deleted:
        return
    with TileIndex.open(index.path) as again:
        assert check_whole(again) == 64
        again.append(again.upsert_source(make_source("/b.tif")), make_batch(64, seed=1))
        index.close()  # once more, which must not touch the log of the file that is there now
        assert list(tmp_path.glob("*-wal"))
        assert again.tile_count() == 128
