"""Paths that the system will not look at are not there, whatever its reason."""

import os

import pytest
from scene_search.file_checks import exists, is_file, is_folder


def test_what_is_there_is_seen(tmp_path):
    file = tmp_path / "ä b.tif"
    file.touch()
    assert exists(file)
    assert exists(str(tmp_path))
    assert is_file(file)
    assert not is_file(tmp_path)
    assert is_folder(tmp_path)
    assert not is_folder(file)


@pytest.mark.parametrize("check", [exists, is_file, is_folder])
def test_a_path_that_cannot_be_looked_at_is_not_there(tmp_path, check, monkeypatch):
    assert not check(tmp_path / ("x" * 300))  # too long a name, which pathlib raises
    assert not check(tmp_path / "a\0b")

    def refuse(path, *_args, **_options):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "stat", refuse)
    assert not check(tmp_path)
