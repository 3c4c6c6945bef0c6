"""Recipe files: one reader for every kind, and a clear word where a file is none."""

import pytest
import yaml
from scene_search.training.hashing.recipe import read_hashing_recipe
from scene_search.training.recipe import RECIPES, RecipeError, read_recipe, recipe_entries


def write(path, **entries):
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("read", "shipped"),
    [(read_recipe, "default.yaml"), (read_hashing_recipe, "multilevel-hashing.yaml")],
)
def test_every_kind_of_recipe_can_extend_another(tmp_path, read, shipped):
    (tmp_path / "base.yaml").write_text((RECIPES / shipped).read_text(encoding="utf-8"))
    child = write(tmp_path / "child.yaml", extends="base", seed=99)
    assert read(child).seed == 99
    assert read(child).image == read(RECIPES / shipped).image


def test_recipes_that_extend_in_a_circle_are_refused(tmp_path):
    write(tmp_path / "a.yaml", extends="b")
    write(tmp_path / "b.yaml", extends="a")
    with pytest.raises(RecipeError, match=r"a\.yaml extends itself"):
        recipe_entries(tmp_path / "a.yaml")


@pytest.mark.parametrize("content", [b"a: [", b"- 1\n- 2\n", b"", b"\xff\xfe\x00"])
def test_what_is_no_recipe_is_named(tmp_path, content):
    path = tmp_path / "odd.yaml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match=r"odd\.yaml is not a recipe"):
        recipe_entries(path)


def test_errors_name_file_and_part(tmp_path):
    (tmp_path / "base.yaml").write_text((RECIPES / "default.yaml").read_text(encoding="utf-8"))
    child = write(tmp_path / "child.yaml", extends="base", text={"colour": 1})
    with pytest.raises(RecipeError, match=r"child\.yaml, text: unknown entries \['colour'\]"):
        read_recipe(child)
