"""Ablations in small, as the command does them: variants trained, measured, written, resumed."""

import dataclasses
import inspect

import pytest
import yaml
from scene_search.training.captions.systems import caption_system
from scene_search.training.systems.multilevel_hashing import MultilevelWeights

from benchmarks.retrieval import ablation_training, ablations
from benchmarks.retrieval.ablation_plan import read_plan
from benchmarks.retrieval.ablation_work import read_runs

IMAGE = {"input_size": 64, "mean": [0.5] * 3, "std": [0.5] * 3}
TEXT = {"layers": 2, "frozen_layers": 1, "frequent_word_pieces": 50, "max_length": 16}
COMMON = {"seed": 1, "embedding_size": 16, "image_size": 64, "cache_size": 64, "batch_size": 6}
RECIPES = {
    "plain-contrast": {"system": "plain-contrast", "bits": 16, "epochs": 1, "text": TEXT},
    "mtgfe": {
        "system": "mtgfe",
        "bits": 16,
        "epochs": 5,
        "text": TEXT,
        "towers": "plain-contrast",
        "frozen_backbone": True,
        "cached_views": 1,
        "settings": {"width": 16, "fusion_layers": 1, "heads": 2, "queue": 10, "grid": 2},
    },
    "multilevel-hashing": {"bits": [8, 16], "epochs": 5},
}
PLAN = {
    "seeds": [1],
    "systems": {
        "multilevel-hashing": {
            "benchmarks": {"ucmd": {"epochs": 2}},
            "metrics": ["code-16", "embedding"],
            "variants": [{"name": "without intra", "part": "intra", "weights": {"intra": 0}}],
        },
        "mtgfe": {
            "benchmarks": {"ucm-captions": {"epochs": 1}},
            "metrics": ["reranked", "embedding", "code"],
            "variants": [
                {"name": "without MLM", "part": "MLM", "weights": {"mlm": 0}},
                {"name": "random negatives", "part": "h", "settings": {"hard_negatives": False}},
                {"name": "no queue", "part": "queue", "settings": {"queue": 1, "momentum": 0.0}},
                {"name": "by embedding", "part": "re-ranking", "metric": "embedding"},
                {
                    "name": "plain",
                    "part": "all",
                    "system": "plain-contrast",
                    "metric": "embedding",
                },
            ],
        },
    },
}


@pytest.fixture
def workplace(tiny_backbones, data_folder, tmp_path, monkeypatch):
    """Small recipes, a small plan, towers of one epoch."""
    for name, entries in RECIPES.items():
        recipe = COMMON | {"name": name, "image": IMAGE} | entries
        for part in ("image", "text"):
            if part in recipe:
                recipe[part] = recipe[part] | {"backbone": str(tiny_backbones / part)}
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(recipe))
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(PLAN))
    (tmp_path / "README.md").write_text("<!-- ablations -->\n<!-- end of ablations -->\n")
    monkeypatch.setattr(ablation_training, "RECIPES", tmp_path)
    return tmp_path


def test_the_shipped_plan_changes_what_the_systems_have():
    plan = read_plan(ablations.HERE / "ablations.yaml")
    for study in plan.studies:
        if study.system == "multilevel-hashing":
            weights, settings = {f.name for f in dataclasses.fields(MultilevelWeights)}, set()
        else:
            kind = caption_system(study.system)
            weights, settings = set(kind.WEIGHTS), set(inspect.signature(kind).parameters)
        for variant in study.variants:
            assert set(variant.weights) <= weights, (study.system, variant.name)
            assert set(variant.settings) <= settings, (study.system, variant.name)


def arguments(workplace, data_folder, *more):
    where = ["--data", data_folder, "--runs", workplace / "runs", "--output", workplace]
    return [str(word) for word in (*where, "--plan", workplace / "plan.yaml", *more)]


def test_variants_are_trained_measured_and_not_repeated(workplace, data_folder, capsys):
    from scene_search.training.captions.recipe import read_caption_recipe
    from scene_search.training.captions.run import train_captions
    from scene_search.training.data.captioned_images import read_captioned

    # without towers a caption study says what is missing
    assert ablations.main(arguments(workplace, data_folder, "--only", "mtgfe")) == 2
    assert "train plain-contrast first" in capsys.readouterr().err
    train_captions(
        read_caption_recipe(workplace / "plain-contrast.yaml"),
        read_captioned("ucm-captions", data_folder),
        None,
        data_folder,
        workplace / "runs" / "plain-contrast" / "ucm-captions",
    )
    # no time at all: nothing is trained and that is said
    assert ablations.main(arguments(workplace, data_folder, "--time-limit", "0")) == 1
    assert read_runs(workplace / "ablations.json") == []

    assert ablations.main(arguments(workplace, data_folder)) == 0
    runs = read_runs(workplace / "ablations.json")
    assert len(runs) == 2 + 5  # "by embedding" is the full system, ranked otherwise
    for run in runs:
        metrics = PLAN["systems"][run["system"]]["metrics"]
        plain = run["changes"]["system"] == "plain-contrast"
        assert set(run["measured"]) == set(metrics) - ({"reranked"} if plain else set())
        assert run["recipe"]["epochs"] == (1 if run["system"] == "mtgfe" else 2)
        for numbers in run["measured"].values():
            assert all(0 <= numbers[k] <= 100 for k in ("map", "mr") if k in numbers)
    page = (workplace / "README.md").read_text()
    assert page.count("undecided: one seed") == 6

    written = (workplace / "ablations.json").read_text()
    assert ablations.main(arguments(workplace, data_folder)) == 0
    assert (workplace / "ablations.json").read_text() == written
