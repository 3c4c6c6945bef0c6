"""Recipes in files: what one takes from another, and which is a benchmark's own."""

import pytest
import yaml
from scene_search.training.captions import recipe as caption_recipe
from scene_search.training.captions.recipe import read_caption_recipe, shipped_caption_recipe
from scene_search.training.captions.systems import caption_system
from scene_search.training.recipe import RECIPES, RecipeError

OWN = sorted(file for file in RECIPES.glob("*-rsicd.yaml"))


def write(path, **entries):
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


def test_a_recipe_extends_another_entry_by_entry(tmp_path):
    (tmp_path / "base.yaml").write_text((RECIPES / "plain-contrast.yaml").read_text())
    base = read_caption_recipe(tmp_path / "base.yaml")
    child = write(tmp_path / "c.yaml", extends="base", epochs=99, weights={"scene": 0.125})
    found = read_caption_recipe(child)
    expected = base.as_dict() | {"epochs": 99}
    expected["weights"] = {**base.weights, "scene": 0.125}
    assert found.as_dict() == expected
    # through several, and options over all
    write(tmp_path / "d.yaml", extends="c", batch_size=7)
    further = read_caption_recipe(tmp_path / "d.yaml", epochs=3)
    assert further.as_dict() == expected | {"batch_size": 7, "epochs": 3}


def test_what_cannot_be_extended_is_named(tmp_path):
    with pytest.raises(RecipeError, match=r"nothing\.yaml does not exist"):
        read_caption_recipe(write(tmp_path / "a.yaml", extends="nothing"))
    with pytest.raises(RecipeError, match=r"b\.yaml extends itself"):
        read_caption_recipe(write(tmp_path / "b.yaml", extends="b"))


def test_a_benchmark_has_its_own_recipe_where_one_is_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(caption_recipe, "RECIPES", tmp_path)
    own, common = tmp_path / "x-rsicd.yaml", tmp_path / "x.yaml"
    assert shipped_caption_recipe("x", "rsicd") == common
    own.touch()
    assert shipped_caption_recipe("x", "rsicd") == own
    assert shipped_caption_recipe("x", "ucm-captions") == common
    assert shipped_caption_recipe("x", "folder/rsicd") == common


@pytest.mark.parametrize("file", OWN, ids=lambda file: file.stem)
def test_the_shipped_ones_are_of_the_system_that_they_are_named_after(file):
    assert OWN
    recipe = read_caption_recipe(file)
    assert f"{recipe.system}-rsicd" == file.stem
    assert recipe.name == recipe.system  # the name of a package says the benchmark beside it
    assert set(recipe.weights) <= set(caption_system(recipe.system).WEIGHTS)
