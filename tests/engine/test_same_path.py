"""Paths of one file are told by the file system, not by how they are spelled."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scene_search import same_path as module
from scene_search.same_path import PathKeys, same_path

NAMES = st.text(alphabet="abABéÉßſK1_ ", min_size=1, max_size=4).map(str.strip).filter(bool)


@pytest.fixture
def careless(tmp_path, monkeypatch):
    """A folder of a drive on which case does not count, below one where it does."""
    folder = tmp_path / "drive"
    folder.mkdir()
    exists = os.path.lexists

    def lexists(path):
        """Look for each name of a path as such a drive does."""
        path = Path(path)
        if folder not in path.parents:
            return exists(path)
        found = folder
        for name in path.relative_to(folder).parts:
            entries = [entry for entry in found.iterdir() if entry.name.lower() == name.lower()]
            if not entries:
                return False
            found = entries[0]
        return True

    monkeypatch.setattr(os.path, "lexists", lexists)
    return folder


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_case_counts_where_the_file_system_says_so(tmp_path):
    touch(tmp_path / "Img" / "a.tif")
    assert not same_path(tmp_path / "Img" / "a.tif", tmp_path / "img" / "a.tif")
    assert not same_path(tmp_path / "Img" / "a.tif", tmp_path / "Img" / "A.tif")
    touch(tmp_path / "img" / "a.tif")
    assert not same_path(tmp_path / "Img" / "a.tif", tmp_path / "img" / "a.tif")


def test_case_does_not_count_where_the_file_system_says_so(careless):
    touch(careless / "Img" / "Grün.tif")
    assert same_path(careless / "Img" / "Grün.tif", careless / "iMG" / "grÜN.TIF")
    assert not same_path(careless / "Img" / "Grün.tif", careless / "Img" / "Grau.tif")
    assert not same_path(careless / "Img" / "a.tif", careless.parent / "DRIVE" / "Img" / "a.tif")


def test_files_that_are_away_are_compared_as_their_folder_says(careless, tmp_path):
    touch(careless / "other.tif")
    touch(tmp_path / "other.tif")
    assert same_path(careless / "gone" / "a.tif", careless / "GONE" / "A.tif")
    assert not same_path(tmp_path / "gone" / "a.tif", tmp_path / "GONE" / "A.tif")


def test_an_empty_folder_is_like_the_one_it_is_in(careless, tmp_path):
    (careless / "empty").mkdir()
    (tmp_path / "empty").mkdir()
    assert same_path(careless / "empty" / "a.tif", careless / "empty" / "A.tif")
    assert not same_path(tmp_path / "empty" / "a.tif", tmp_path / "empty" / "A.tif")


def test_names_without_letters_tell_nothing(careless):
    for number in range(3):
        touch(careless / "numbers" / f"{number}")
    assert same_path(careless / "numbers" / "a", careless / "numbers" / "A")


def test_two_names_of_one_file_in_both_cases_are_two(tmp_path):
    file = touch(tmp_path / "links" / "a.tif")
    other = tmp_path / "links" / "A.TIF"
    os.link(file, other)
    keys = PathKeys()
    assert keys.of(file) != keys.of(other)
    assert same_path(file, other), "writing to one writes to the other"


def test_a_link_is_what_it_points_to(tmp_path):
    file = touch(tmp_path / "deep" / "a.tif")
    (tmp_path / "link").symlink_to(tmp_path / "deep")
    (tmp_path / "b.tif").symlink_to(file)
    assert same_path(tmp_path / "link" / "a.tif", file)
    assert same_path(tmp_path / "b.tif", file)
    assert same_path(tmp_path / "link" / "gone.tif", tmp_path / "deep" / "gone.tif")


def test_relative_paths_and_detours(tmp_path, monkeypatch):
    file = touch(tmp_path / "a" / "b.tif")
    monkeypatch.chdir(tmp_path)
    assert same_path("a/b.tif", file)
    assert same_path("./a//../a/b.tif", str(file))
    assert not same_path("a", file)


def test_below_a_folder(tmp_path, careless):
    keys = PathKeys()
    folder = tmp_path / "one"
    file = touch(folder / "a.tif")
    assert keys.is_under(file, folder)
    assert keys.is_under(folder, folder)
    assert keys.is_under(file, str(folder) + os.sep)
    assert keys.is_under(file, "/")
    assert not keys.is_under(folder, file)
    assert not keys.is_under(tmp_path / "one more" / "a.tif", folder)
    assert not keys.is_under(tmp_path / "ONE" / "a.tif", folder)
    touch(careless / "Img" / "a.tif")
    assert keys.is_under(careless / "IMG" / "a.tif", careless / "img")


def test_below_a_folder_by_name_or_behind_a_link(tmp_path):
    keys = PathKeys()
    elsewhere = touch(tmp_path / "elsewhere" / "a.tif")
    (tmp_path / "imagery").mkdir()
    (tmp_path / "imagery" / "linked").symlink_to(elsewhere.parent)
    assert keys.is_under(tmp_path / "imagery" / "linked" / "a.tif", tmp_path / "imagery")
    assert keys.is_under(tmp_path / "imagery" / "linked" / "a.tif", elsewhere.parent)
    assert not keys.is_under(elsewhere, tmp_path / "imagery")


@pytest.mark.parametrize("ignored", [True, False])
@given(one=st.lists(NAMES, max_size=3), other=st.lists(NAMES, max_size=3))
@example(one=["Straße"], other=["strasse"])
@example(one=["STRASSE"], other=["strasse"])
def test_names_are_equal_as_a_file_system_takes_them(ignored, one, other):
    keys = PathKeys()
    keys._ignores_case = lambda _folder: ignored  # as if all folders had been looked at
    base = "/no such place"
    paths = ["/".join([base, *names]) for names in (one, other)]

    def folded(names):
        return [[letter.lower() for letter in name] for name in names] if ignored else names

    assert (keys.of(paths[0]) == keys.of(paths[1])) == (folded(one) == folded(other))


def test_the_forms_of_an_accent_are_one_where_the_system_is_macos(monkeypatch):
    composed, split = "/no such place/é.tif", "/no such place/e\u0301.tif"
    assert not same_path(composed, split)
    monkeypatch.setattr(module.sys, "platform", "darwin")
    assert same_path(composed, split)


def test_a_folder_is_looked_into_once(tmp_path, monkeypatch):
    touch(tmp_path / "a.tif")
    looked = []
    tried = module._tried
    monkeypatch.setattr(module, "_tried", lambda folder: looked.append(folder) or tried(folder))
    keys = PathKeys()
    for number in range(50):
        keys.of(tmp_path / f"{number}.tif")
    assert looked.count(str(tmp_path)) == 1


def test_a_path_of_thousands_of_folders_is_compared_like_any():
    deep = "/".join(["x"] * 5000)
    assert same_path(f"{deep}/a.tif", f"{deep}/./a.tif")
    assert not same_path(f"{deep}/a.tif", f"{deep}/b.tif")
