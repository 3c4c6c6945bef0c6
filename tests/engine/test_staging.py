"""Folders of killed runs are removed by the next run, those of live runs never."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from scene_search.engine import staging
from scene_search.engine.staging import remove_leftovers, staging_folder

HOLD = """
import sys, time
from pathlib import Path
from scene_search.engine.staging import staging_folder
with staging_folder(Path(sys.argv[1])) as folder:
    (folder / "half.gpkg-wal").write_text("half")
    print(folder.name, flush=True)
    time.sleep(60)
"""


def hold(place):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(place)], stdout=subprocess.PIPE, text=True
    )
    return process, process.stdout.readline().strip()


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_nothing_is_left_of_what_went_well_or_wrong(tmp_path):
    with staging_folder(tmp_path) as folder:
        (folder / "a").write_text("a")
        (folder / "a").replace(tmp_path / "a")
    with pytest.raises(FileNotFoundError), staging_folder(tmp_path) as folder:
        (folder / "b" / "c").mkdir()
    assert names(tmp_path) == {"a"}


@pytest.mark.skipif(os.name != "posix", reason="kills by signal")
def test_what_a_killed_run_left_goes_and_a_live_run_goes_on(tmp_path):
    (tmp_path / ".hidden.part").write_text("the user's own")
    (tmp_path / ".scene-search-notes.part").write_text("a file, no folder")
    live, live_folder = hold(tmp_path)
    dead, dead_folder = hold(tmp_path)
    try:
        assert {live_folder, dead_folder} < names(tmp_path)  # the second one left the first alone
        dead.send_signal(signal.SIGKILL)
        dead.wait()
        with staging_folder(tmp_path) as folder:
            assert names(tmp_path) == {
                *(live_folder, folder.name, ".hidden.part", ".scene-search-notes.part")
            }
            assert (tmp_path / live_folder / "half.gpkg-wal").read_text() == "half"
    finally:
        live.kill()
        live.wait()
        for process in (live, dead):
            process.stdout.close()
    remove_leftovers(tmp_path)
    assert names(tmp_path) == {".hidden.part", ".scene-search-notes.part"}


def test_a_folder_that_is_being_made_is_left_alone_and_an_old_one_is_not(tmp_path):
    young, old = (tmp_path / f".scene-search-{name}.part" for name in ("young", "old"))
    for folder in (young, old):
        folder.mkdir()
    os.utime(old, (time.time() - 3600,) * 2)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == {young.name}


def test_many_at_once_do_not_disturb_each_other(tmp_path):
    failures = []

    def work(number):
        try:
            for turn in range(20):
                with staging_folder(tmp_path) as folder:
                    file = folder / "x"
                    file.write_text(f"{number} {turn}")
                    assert file.read_text() == f"{number} {turn}"
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert names(tmp_path) == set()


def test_a_disk_without_locks_keeps_what_it_cannot_tell(tmp_path, monkeypatch):
    def none(_descriptor):
        raise OSError(95, "Operation not supported")

    left = tmp_path / ".scene-search-other.part"
    left.mkdir()
    (left / "lock").touch()
    monkeypatch.setattr(staging, "try_lock", none)
    with staging_folder(tmp_path) as folder:
        assert folder.is_dir()
    assert names(tmp_path) == {left.name}
