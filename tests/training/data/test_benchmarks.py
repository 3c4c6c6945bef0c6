"""What may be trained on: nothing that any list calls a test item, and no copy of it."""

import os
from pathlib import Path

import pytest
from scene_search.training.data.benchmarks import (
    AID,
    UCMD,
    TrainingDataError,
    read_list,
    training_images,
)

REAL = Path(os.environ.get("SCENE_SEARCH_DATA") or "../shared/data")


def names(images):
    return {f"{image.path.parent.name}/{image.path.name}" for image in images}


def test_items_that_any_list_tests_on_are_left_out(data_folder):
    kept = names(training_images(data_folder, UCMD))
    # 0 and 1 are test items of the hashing list, 1 and 2 of the captions
    for scene in ("harbor", "forest"):
        assert not kept & {f"{scene}/{scene}0{i}.png" for i in (0, 1, 2)}
    assert "forest/forest11.png" in kept


def test_a_copy_of_a_test_item_is_left_out(data_folder):
    assert "harbor/harbor11.png" not in names(training_images(data_folder, UCMD))
    assert "harbor/harbor11.png" in names(training_images(data_folder, AID))


def test_captions_are_distinct_and_validation_items_marked(data_folder):
    images = {image.path.name: image for image in training_images(data_folder, UCMD)}
    assert images["forest04.png"].captions == ("a forest with number 1", "a forest")
    assert images["forest03.png"].held_out
    assert not images["forest04.png"].held_out
    assert images["forest04.png"].label == "ucmd/forest"


def test_a_missing_list_says_what_to_set(tmp_path):
    with pytest.raises(TrainingDataError, match=r"SCENE_SEARCH_DATA|missing"):
        training_images(tmp_path, UCMD)


@pytest.mark.skipif(not (REAL / "splits").is_dir(), reason="the data folder is absent")
@pytest.mark.parametrize("benchmark", [UCMD, AID], ids=lambda b: b.name)
def test_the_real_benchmarks_lose_every_test_item(benchmark):
    kept = names(training_images(REAL, benchmark))
    assert not kept & set(read_list(REAL / benchmark.test_list))
    assert len(kept) == {"ucmd": 1512, "aid": 5387}[benchmark.name]
