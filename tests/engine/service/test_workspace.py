import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from scene_search import paths
from scene_search.engine.encoders import catalog as encoder_catalog
from scene_search.engine.encoders.catalog import load_encoder, shipped_encoders
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.zip_file import zip_package
from scene_search.engine.errors import EncoderMismatchError, EncoderPackageError
from scene_search.engine.index.schema import IndexInfo
from scene_search.engine.indexing import IndexOptions, index_imagery
from scene_search.engine.indexing.removal import remove_sources
from scene_search.engine.rpc.methods import Methods
from scene_search.engine.service.index_facts import describe_index, describe_sources
from scene_search.engine.service.open_indexes import KEPT_INDEXES
from scene_search.engine.service.workspace import Workspace

from tests.support.patchwork import write_patchwork
from tests.support.tiny_encoder import write_tiny_encoder


@pytest.fixture
def workspace():
    with Workspace() as opened:
        yield opened


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A folder of shipped encoders with two in it, ``default`` among them."""
    folder = tmp_path / "models"
    write_tiny_encoder(folder / "another", code_bits=32)
    write_tiny_encoder(folder / "default")
    (folder / "notes").mkdir()
    monkeypatch.setattr(paths, "models", lambda: folder)
    monkeypatch.setattr(encoder_catalog.paths, "default_encoder", lambda: folder / "default")
    return folder


def test_an_encoder_is_loaded_once(workspace, tiny_encoder):
    assert workspace.encoder(tiny_encoder) is workspace.encoder(tiny_encoder)


def test_an_encoder_is_loaded_once_by_many_threads_at_once(workspace, tiny_encoder, monkeypatch):
    made = []

    class Slow(Encoder):
        def __init__(self, *arguments):
            made.append(self)
            time.sleep(0.2)
            super().__init__(*arguments)

    monkeypatch.setattr("scene_search.engine.service.workspace.Encoder", Slow)
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: workspace.encoder(tiny_encoder), range(6)))
    assert len(made) == 1
    assert all(encoder is made[0] for encoder in got)


def test_a_server_makes_one_workspace_however_many_ask_at_once(monkeypatch):
    made = []

    def slow():
        made.append(object())
        time.sleep(0.1)
        return made[-1]

    monkeypatch.setattr("scene_search.engine.service.workspace.Workspace", slow)
    methods = Methods()
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda _: methods.workspace, range(6)))
    assert len(made) == 1
    assert set(got) == set(made)


def test_an_encoder_altered_meanwhile_is_refused(workspace, tmp_path):
    folder = write_tiny_encoder(tmp_path / "encoder")
    workspace.encoder(folder)
    (folder / "image.onnx").write_bytes(b"x" + (folder / "image.onnx").read_bytes()[1:])
    with pytest.raises(EncoderPackageError, match="changed or damaged"):
        workspace.encoder(folder)


def test_an_index_is_opened_once_and_only_a_few_stay_open(workspace, patchwork_index, tmp_path):
    with workspace.index(patchwork_index) as first:
        with workspace.index(patchwork_index) as again:
            assert again is first
        for number in range(KEPT_INDEXES):
            copy = tmp_path / f"{number}.gpkg"
            shutil.copy(patchwork_index, copy)
            with workspace.index(copy):
                pass
        with workspace.index(patchwork_index) as again:
            assert again is not first
        assert first.tile_count() == 80, "whoever still uses it can"
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        first.tile_count()


def test_the_encoder_to_index_with(workspace, models, patchwork_index, tiny_encoder, tmp_path):
    new = tmp_path / "new.gpkg"
    assert workspace.encoder_for_build(new).package.directory == models / "default"
    assert workspace.encoder_for_build(new, tiny_encoder).package.directory == tiny_encoder
    own = workspace.encoder_for_build(patchwork_index)
    assert own.package.directory == tiny_encoder, "where it lay when the index was made"


def test_an_encoder_that_moved_is_found_among_the_shipped_ones(workspace, models, tmp_path):
    encoder = write_tiny_encoder(tmp_path / "mine", code_bits=32)
    write_patchwork(tmp_path / "a.tif", 128)
    index = tmp_path / "i.gpkg"
    index_imagery([tmp_path / "a.tif"], index, workspace.encoder(encoder), IndexOptions(64))
    shutil.rmtree(encoder)
    with workspace.index(index) as opened:
        found = workspace.encoder_of(opened.info, index)
        assert found.package.directory == models / "another"
        facts = describe_index(opened)
        assert (facts["encoder"]["matches"], facts["encoder"]["problem"]) == (True, "")

        shutil.rmtree(models / "another")
        with pytest.raises(EncoderMismatchError, match="not here"):
            workspace.encoder_of(opened.info, index)
        facts = describe_index(opened)
    assert facts["encoder"]["matches"] is False
    assert "not here" in facts["encoder"]["problem"]
    assert facts["text"] is False


def test_the_default_encoder_comes_first_in_the_list(models):
    zip_package(models / "another", models / "packed.zip")
    assert [path.name for path in shipped_encoders()] == ["default", "another", "packed.zip"]
    assert load_encoder().directory == models / "default"


def test_a_copy_without_its_encoder_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(encoder_catalog.paths, "default_encoder", lambda: tmp_path / "default")
    with pytest.raises(EncoderPackageError, match="without its default encoder") as caught:
        load_encoder()
    assert "Install the plugin again" in caught.value.hint


def test_sources_are_listed_and_removed(patchwork_index, tmp_path, workspace):
    copy = tmp_path / "i.gpkg"
    shutil.copy(patchwork_index, copy)
    with workspace.index(copy) as index:
        sources = describe_sources(index)
    assert [(source["tiles"], source["crs"]) for source in sources] == [
        *((64, "EPSG:32632"), (16, "EPSG:32632"))
    ]
    assert sources[0]["resolution_m"] == pytest.approx(1.0, rel=0.01)
    assert sources[0]["acquired"].startswith("2024-05-31")
    remove_sources(copy, sources=[sources[0]["id"]])
    with workspace.index(copy) as index:
        assert [source["tiles"] for source in describe_sources(index)] == [16]


def test_an_index_of_an_earlier_default_says_where_its_encoder_is(models, tmp_path):
    package = load_encoder()
    known = {"encoder_name": package.name, "embedding_size": 32, "code_bits": 64}
    earlier = IndexInfo(encoder_id=package.id, encoder_sha256="0" * 64, **known)
    with pytest.raises(EncoderMismatchError, match=r"another version.*models of its zip"):
        encoder_catalog.encoder_of(earlier, tmp_path / "old.gpkg")
    foreign = IndexInfo(encoder_id="somebody's", encoder_sha256="0" * 64, **known)
    with pytest.raises(EncoderMismatchError, match=r"not here\. Name the folder"):
        encoder_catalog.encoder_of(foreign, tmp_path / "old.gpkg")
