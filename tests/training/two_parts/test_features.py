"""What an image graph computes on the way, kept on disk."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from scene_search.engine.encoders.encoder import Encoder
from scene_search.engine.encoders.package.package import EncoderPackage
from scene_search.engine.imagery.tiles.reader import read_image
from scene_search.training.recipe import RECIPES, RecipeError
from scene_search.training.two_parts.features import seen_by
from scene_search.training.two_parts.recipe import read_two_parts


@pytest.mark.filterwarnings("ignore")  # pictures without a position
def test_seen_as_the_engine_sees_them_and_only_once(tmp_path, tiny_encoder):
    random = np.random.default_rng(0)
    files = []
    for number in range(6):
        pixels = random.integers(0, 256, (70, 70, 3), np.uint8)
        files.append(tmp_path / f"{number}.png")
        Image.fromarray(pixels).save(files[-1])
    package = EncoderPackage.load(tiny_encoder)
    pictures = np.stack([read_image(file, 64) for file in files])
    told = []
    cache = tmp_path / "cache"
    seen = seen_by(
        package, ["pixels"], ["features"], files, cache, lambda done, _: told.append(done)
    )
    assert told == [4, 6]
    expected = Encoder(package, threads=1).encode_images(pictures).embeddings
    unit = seen["vector0"] / np.linalg.norm(seen["vector0"], axis=1, keepdims=True)
    np.testing.assert_allclose(unit, expected, atol=1e-5)
    assert seen["look0"].shape == (6, 6)
    for file in files:
        file.unlink()
    again = seen_by(package, ["pixels"], ["features"], files, cache)
    np.testing.assert_array_equal(again["look0"], seen["look0"])
    # other tensors are other features
    with pytest.raises(Exception, match=r"0\.png"):
        seen_by(package, ["pixels"], [], files, cache)


def test_the_shipped_recipe(tmp_path):
    recipe = read_two_parts(RECIPES / "two-parts.yaml")
    assert recipe.codes == {64: 32, 128: 64, 256: 128}
    assert recipe.heads.bits == (32, 64, 128)
    assert 0 < recipe.share < 1
    text = (RECIPES / "two-parts.yaml").read_text("utf-8")
    broken = tmp_path / "broken.yaml"
    for old, new in (("share:", "shares:"), ("epochs: 40", "passes: 40"), ("codes:", "codes: 7 #")):
        assert old in text
        broken.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(RecipeError):
            read_two_parts(broken)
    with pytest.raises(RecipeError, match="cannot be read"):
        read_two_parts(tmp_path / "none.yaml")
