import pytest
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.encoders.package.zip_file import zip_package
from scene_search.engine.errors import StorageError

from tests.support.tiny_encoder import write_tiny_encoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return write_tiny_encoder(tmp_path_factory.mktemp("package") / "tiny")


def test_a_zip_is_the_encoder_that_its_folder_is(folder, tmp_path):
    packed = EncoderPackage.load(zip_package(folder, tmp_path / "new" / "tiny.zip"))
    loose = EncoderPackage.load(folder)
    assert packed.sha256 == loose.sha256
    assert packed.read("image.onnx") == loose.read("image.onnx")


def test_the_same_package_gives_the_same_bytes(folder, tmp_path):
    first, second = (zip_package(folder, tmp_path / name) for name in ("a.zip", "b.zip"))
    assert first.read_bytes() == second.read_bytes()
    assert zip_package(folder, first).read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "b.zip"]


def test_a_place_that_cannot_be_written_is_named(folder, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        zip_package(folder, tmp_path / "file" / "tiny.zip")
