"""``locate``, ``remove`` and ``check``, and what ``index`` and ``search`` say of lost imagery."""

import shutil

import pytest

from tests.support.index_sql import sql
from tests.support.patchwork import write_patchwork


@pytest.fixture
def indexed(tmp_path, tiny_encoder, run_json):
    folder, index = tmp_path / "data", tmp_path / "i.gpkg"
    for number, name in enumerate(("a", "b")):
        write_patchwork(folder / f"{name}.tif", seed=number)
    run_json("index", folder, "--index", index, "--encoder", tiny_encoder, *("--tile-size", "64"))
    return folder, index


def search(run_json, index, tiny_encoder, *options):
    asked = ("search", "--index", index, "--text", "sand", "--encoder", tiny_encoder, *options)
    return run_json(*asked, "--limit", "100")


def test_imagery_away_and_back(indexed, tmp_path, tiny_encoder, run_json, run):
    folder, index = indexed
    (folder / "a.tif").rename(tmp_path / "a.tif")
    again = ("index", folder, "--index", index, "--encoder", tiny_encoder)
    report = run_json(*again)
    assert (report["missing"], report["removed"], report["tiles"]) == (1, 0, 32)
    found = search(run_json, index, tiny_encoder)
    assert {hit["source"] for hit in found["hits"]} == {str(folder / "b.tif")}
    assert "left out" in found["notes"][0]
    found = search(run_json, index, tiny_encoder, "--include-missing")
    assert {hit["source"] for hit in found["hits"]} == {
        str(folder / name) for name in ("a.tif", "b.tif")
    }
    (tmp_path / "a.tif").rename(folder / "a.tif")
    assert run_json(*again)["unchanged"] == 2
    assert len(search(run_json, index, tiny_encoder)["hits"]) == 32
    (folder / "a.tif").unlink()
    assert run_json(*again, "--remove-missing")["removed"] == 1
    status, out, _ = run(*again)
    assert status == 0
    assert "1 unchanged" in out


def test_a_moved_folder_is_located(indexed, tmp_path, tiny_encoder, run_json, run):
    folder, index = indexed
    new = tmp_path / "new"
    shutil.copytree(folder, new)
    status, out, _ = run("locate", new, "--index", index)
    assert (status, "all imagery is where it was" in out) == (0, True)
    shutil.rmtree(folder)
    status, out, err = run("locate", tmp_path / "elsewhere", "--index", index)
    assert status == 1
    assert "elsewhere does not exist" in err
    (tmp_path / "empty").mkdir()
    status, out, err = run("locate", tmp_path / "empty", "--index", index)
    assert status == 1
    assert "2 rasters not where the index has them" in err
    result = run_json("locate", new, "--index", index)
    assert result["missing"] == []
    assert result["moved"][0] == {"from": str(folder / "a.tif"), "to": str(new / "a.tif")}
    assert {hit["source"] for hit in search(run_json, index, tiny_encoder)["hits"]} == {
        str(new / name) for name in ("a.tif", "b.tif")
    }


def test_imagery_is_removed_by_its_path_or_because_it_is_missing(
    indexed, tiny_encoder, run_json, run
):
    folder, index = indexed
    assert run("remove", "--index", index)[0] == 2
    status, _, err = run("remove", "--index", index, "/nowhere")
    assert (status, "holds nothing from /nowhere" in err) == (1, True)
    status, out, _ = run("remove", "--index", index, "--missing")
    assert (status, "Nothing in the index is marked as missing" in out) == (0, True)
    result = run_json("remove", "--index", index, folder / "a.tif")
    assert (result["removed"], result["tiles"]) == (1, 16)
    assert (folder / "a.tif").exists()
    (folder / "b.tif").unlink()
    run_json("index", folder / "b.tif", "--index", index, "--encoder", tiny_encoder)
    status, out, _ = run("remove", "--index", index, "--missing")
    assert (status, "1 raster, 16 tiles removed" in out) == (0, True)


def test_rows_deleted_in_another_program_are_reported_and_mended(
    indexed, tiny_encoder, run_json, run
):
    folder, index = indexed
    status, out, _ = run("check", index)
    assert (status, "32 tiles of 2 rasters, nothing is wrong" in out) == (0, True)
    sql(index, "DELETE FROM sources WHERE path LIKE '%a.tif'")
    found = search(run_json, index, tiny_encoder)
    assert {hit["source"] for hit in found["hits"]} == {str(folder / "b.tif")}
    assert "16 tiles belong to a raster whose row was deleted" in found["notes"][0]
    status, out, err = run("check", index)
    assert status == 1
    assert "Nothing was changed" in out
    assert "--repair puts it right" in err
    assert run_json("check", index, "--repair")["repaired"] is True
    assert run_json("check", index)["faults"] == []
    assert search(run_json, index, tiny_encoder)["notes"] == []


def test_indexing_again_mends_and_says_so(indexed, tiny_encoder, run_json):
    folder, index = indexed
    sql(
        index,
        "DELETE FROM sources WHERE path LIKE '%a.tif'",
        "DELETE FROM tiles WHERE source_id = (SELECT fid FROM sources WHERE path LIKE '%b.tif')",
    )
    report = run_json("index", folder, "--index", index, "--encoder", tiny_encoder)
    assert (report["added"], report["tiles"], report["sources"]) == (2, 32, 2)
    assert [note["path"] for note in report["notes"]] == [str(index)] * 2
    assert run_json("check", index)["faults"] == []
