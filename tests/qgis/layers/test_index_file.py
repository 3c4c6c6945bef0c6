"""What a typed name for an index means."""

import pytest


@pytest.mark.parametrize(
    "text",
    [
        "/",
        ".",
        "..",
        "./",
        "C:",
        "c:/",
        "C:\\",
        "here",
        "here/",
        "here/..",
        "~",
        "file:///",
        "x" * 243,
    ],
)
def test_what_names_no_file_is_refused_in_words(qgis_app, tmp_path, text):
    from scene_search.engine.errors import IndexFileError
    from scene_search.layers.index_file import index_file

    (tmp_path / "here").mkdir()
    with pytest.raises(IndexFileError) as caught:
        index_file(text, tmp_path)
    assert caught.value.hint


def test_names_and_paths(qgis_app, tmp_path, monkeypatch):
    from scene_search.layers.index_file import index_file

    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    elsewhere = tmp_path / "else where"
    for text, expected in {
        "städte": tmp_path / "städte.gpkg",
        "städte.GPKG": tmp_path / "städte.GPKG",
        "v1.2": tmp_path / "v1.2.gpkg",
        "sub/städte": tmp_path / "sub" / "städte.gpkg",
        f" {elsewhere}/a.gpkg ": elsewhere / "a.gpkg",
        f"file://{elsewhere}/a%20b.gpkg".replace(" ", "%20"): elsewhere / "a b.gpkg",
        "~/a": tmp_path / "home" / "a.gpkg",
        "x" * 242: tmp_path / ("x" * 242 + ".gpkg"),
    }.items():
        assert index_file(text, tmp_path) == expected
