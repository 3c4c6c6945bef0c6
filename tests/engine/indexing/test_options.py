import pytest
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.errors import EncoderMismatchError, UsageError
from scene_search.engine.indexing.options import IndexOptions

from tests.support.tiny_encoder import write_tiny_encoder


@pytest.fixture
def package(tiny_encoder):
    return EncoderPackage.load(tiny_encoder)


def test_a_new_index_is_described_by_its_encoder_and_the_choices(package):
    info = IndexOptions(64.0, (2, 1, 2), 0.25).new_info(package)
    assert (info.tile_size_m, info.scales, info.overlap) == (64.0, (1.0, 2.0), 0.25)
    assert (info.encoder_sha256, info.encoder_path) == (package.sha256, str(package.directory))
    assert IndexOptions().new_info(package).tile_size_m is None


def test_the_same_choices_and_none_agree_with_an_index(package, tmp_path):
    info = IndexOptions(64.0, (1, 2), 0.25).new_info(package)
    for options in (IndexOptions(), IndexOptions(64.0, (2.0, 1.0), 0.25)):
        options.check_existing(info, package, tmp_path / "i.gpkg")


def test_a_tile_size_is_no_match_for_that_of_each_raster(package, tmp_path):
    info = IndexOptions().new_info(package)
    with pytest.raises(UsageError, match="is 256 pixels of each raster") as caught:
        IndexOptions(64.0).check_existing(info, package, tmp_path / "i.gpkg")
    assert "another index" in caught.value.hint


def test_another_version_of_an_encoder_says_so(package, tmp_path):
    other = EncoderPackage.load(write_tiny_encoder(tmp_path / "other", embedding_size=16))
    info = IndexOptions().new_info(other)
    with pytest.raises(EncoderMismatchError, match="of another version"):
        IndexOptions().check_existing(info, package, tmp_path / "i.gpkg")


@pytest.mark.parametrize("size", [0, -1, float("nan"), float("inf")])
def test_a_tile_size_out_of_range(size):
    with pytest.raises(UsageError, match="tile size"):
        IndexOptions(size).check()
