"""What a raster is recognised by, wherever it lies."""

import os
import shutil

import pytest
import rasterio
import rasterio.shutil
from scene_search.engine.imagery import content
from scene_search.engine.imagery.content import content_mark, size_of

from tests.support.patchwork import write_patchwork


def test_names_folders_and_times_play_no_part(tmp_path):
    file = write_patchwork(tmp_path / "a.tif", transform=None)
    file.with_suffix(".tfw").write_text("1\n0\n0\n-1\n500000\n5600000\n")
    mark = content_mark(file)
    assert size_of(mark) == file.stat().st_size
    other = tmp_path / "Bücher" / "b.tif"
    other.parent.mkdir()
    shutil.copy(file, other)
    shutil.copy(file.with_suffix(".tfw"), other.with_suffix(".tfw"))
    os.utime(other, (1, 1))
    assert content_mark(other) == mark
    other.with_suffix(".tfw").write_text("1\n0\n0\n-1\n500001\n5600000\n")
    assert content_mark(other) != mark


@pytest.mark.parametrize("place", [0, 1, 1_000, 40_000, 60_000, 97_000, -1])
def test_a_small_file_is_read_whole(tmp_path, place):
    file = write_patchwork(tmp_path / "a.tif", 180)
    mark = content_mark(file)
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(bytes(data))
    assert content_mark(file) != mark


def test_a_large_file_is_read_at_many_places(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "_WHOLE", 1 << 12)
    monkeypatch.setattr(content, "_PROBE", 1 << 8)
    file = write_patchwork(tmp_path / "a.tif", 256)
    mark = content_mark(file)
    original = file.read_bytes()
    seen = 0
    for start in range(0, len(original), 1 << 14):  # a change of 16 kB, four places apart
        data = bytearray(original)
        data[start : start + (1 << 14)] = bytes(
            value ^ 1 for value in data[start : start + (1 << 14)]
        )
        file.write_bytes(bytes(data))
        seen += content_mark(file) != mark
    assert seen == len(range(0, len(original), 1 << 14))
    file.write_bytes(original)
    assert content_mark(file) == mark


@pytest.mark.parametrize("most", [200, 0])
def test_what_a_virtual_raster_is_made_of_counts(tmp_path, monkeypatch, most):
    monkeypatch.setattr(content, "_MOST_READ", most)
    part = write_patchwork(tmp_path / "a.tif", 128)
    with rasterio.open(part) as source:
        rasterio.shutil.copy(source, tmp_path / "v.vrt", driver="VRT")
    mark = content_mark(tmp_path / "v.vrt")
    write_patchwork(tmp_path / "a.tif", 128, seed=1, compress=None if most else "deflate")
    assert content_mark(tmp_path / "v.vrt") != mark


def test_a_folder_has_no_content(tmp_path):
    assert content_mark(tmp_path) is None


def test_reading_stops_where_asked(tmp_path):
    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        content_mark(write_patchwork(tmp_path / "a.tif"), stop)
