import os
import subprocess
import sys
import textwrap

import pytest
from scene_search.engine.errors import IndexFileError, StorageError
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
