import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from scene_search.engine.errors import IndexFileError, StorageError
from scene_search.engine.indexing import lock
from scene_search.engine.indexing.lock import IndexLock


def test_a_second_holder_is_refused_and_told_who_the_first_is(tmp_path):
    index = tmp_path / "i.gpkg"
    with IndexLock(index), pytest.raises(IndexFileError, match="being indexed") as caught:
        IndexLock(index).__enter__()
    assert f"process {os.getpid()}" in caught.value.message
    assert caught.value.hint
    with IndexLock(index):
        pass
    assert list(tmp_path.iterdir()) == []


def test_other_indexes_are_free(tmp_path):
    with IndexLock(tmp_path / "a.gpkg"), IndexLock(tmp_path / "b.gpkg"):
        pass


def test_an_error_frees_the_lock(tmp_path):
    with pytest.raises(ZeroDivisionError), IndexLock(tmp_path / "a.gpkg"):
        raise ZeroDivisionError
    with IndexLock(tmp_path / "a.gpkg"):
        pass


def test_a_killed_holder_leaves_no_lock(tmp_path):
    code = """
        import sys, time
        from pathlib import Path
        from scene_search.engine.indexing.lock import IndexLock
        IndexLock(Path(sys.argv[1])).__enter__()
        print("held", flush=True)
        time.sleep(60)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), tmp_path / "a.gpkg"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(IndexFileError, match=f"process {holder.pid}"):
            IndexLock(tmp_path / "a.gpkg").__enter__()
        holder.kill()
        holder.wait()
        with IndexLock(tmp_path / "a.gpkg"):
            pass


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(StorageError, match="nowhere does not exist"):
        IndexLock(tmp_path / "nowhere" / "a.gpkg").__enter__()


def test_a_full_disk_leaves_no_lock_behind(tmp_path, monkeypatch):
    """Who holds a lock is written into it, which a full disk refuses."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with IndexLock(tmp_path / "a.gpkg"), pytest.raises(IndexFileError, match="being indexed"):
            IndexLock(tmp_path / "a.gpkg").__enter__()
    with IndexLock(tmp_path / "a.gpkg"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_whatever_happens_while_it_is_taken_frees_it(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", interrupted)
        with pytest.raises(KeyboardInterrupt):
            IndexLock(tmp_path / "a.gpkg").__enter__()
    with IndexLock(tmp_path / "a.gpkg"):
        pass


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="counts open files")
def test_a_refused_lock_leaves_no_file_open(tmp_path):
    with IndexLock(tmp_path / "a.gpkg"):
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(5):
            with pytest.raises(IndexFileError):
                IndexLock(tmp_path / "a.gpkg").__enter__()
        assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_place_without_locks_is_not_taken_for_another_run(tmp_path, monkeypatch):
    def unable(_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock, "try_lock", unable)
    with pytest.raises(StorageError, match="does not let files be locked") as caught:
        IndexLock(tmp_path / "a.gpkg").__enter__()
    assert "disk of this computer" in caught.value.hint
