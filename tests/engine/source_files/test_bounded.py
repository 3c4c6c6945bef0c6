import os

import pytest
from scene_search.source_files.beside import special_beside
from scene_search.source_files.bounded import is_special, read_small, read_start


def test_small_files_are_read_whole_and_larger_ones_not(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert read_small(path, 5) == b"12345"
    assert read_small(path, 4) is None
    assert read_small(tmp_path / "gone", 4) is None
    assert read_small(tmp_path, 4) is None
    assert read_start(path, 2) == b"12"


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders there")
def test_pipes_and_devices_are_not_opened(tmp_path):
    pipe, endless = tmp_path / "pipe", tmp_path / "endless"
    os.mkfifo(pipe)
    endless.symlink_to("/dev/zero")
    for path in (pipe, endless):
        assert is_special(path)
        assert read_small(path, 100) is None
        with pytest.raises(OSError, match="pipe or a device"):
            read_start(path, 100)
    assert not is_special(tmp_path)
    assert not is_special(tmp_path / "gone")


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders there")
@pytest.mark.parametrize("name", ["a.tif.ovr", "a.TFW", "A.hdr", "a_RPC.TXT", "a.tif.aux.xml"])
def test_pipes_beside_a_raster_are_seen(tmp_path, name):
    raster = tmp_path / "a.tif"
    raster.touch()
    os.mkfifo(tmp_path / "other.ovr")
    os.mkfifo(tmp_path / "another.fifo")
    assert special_beside(raster) == ""
    (tmp_path / name).symlink_to("/dev/zero")
    assert special_beside(raster) == name
    (tmp_path / name).unlink()
    assert special_beside(raster) == ""
