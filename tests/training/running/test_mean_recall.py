"""The recall that is watched in training, against a plain count."""

import numpy as np
import pytest
from scene_search.training.running.mean_recall import mean_recall


def unit(rng, rows):
    vectors = rng.normal(size=(rows, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def counted(image, text, owner, k):
    """Count with a loop; for vectors without ties."""
    i2t = [
        owner[np.argsort(-(text @ one))[:k]].tolist().count(i) > 0 for i, one in enumerate(image)
    ]
    t2i = [owner[j] in np.argsort(-(image @ one))[:k] for j, one in enumerate(text)]
    return 100 * np.mean(i2t), 100 * np.mean(t2i)


def test_recall_is_what_a_loop_counts():
    rng = np.random.default_rng(0)
    image, owner = unit(rng, 30), np.repeat(np.arange(30), 2)
    text = unit(rng, 60)
    found = mean_recall(image, text, owner)
    for k in (1, 5, 10):
        expected = counted(image, text, owner, k)
        assert (found[f"i2t_r{k}"], found[f"t2i_r{k}"]) == pytest.approx(expected, abs=2e-3)
    ways = [value for name, value in found.items() if name != "mr"]
    assert found["mr"] == pytest.approx(np.mean(ways), abs=2e-3)


def test_a_sentence_on_two_images_is_right_half_the_time():
    image = np.eye(2, 8, dtype=np.float32)
    same = np.full((2, 8), 8**-0.5, np.float32)
    found = mean_recall(image, same, np.array([0, 1]))
    assert (found["i2t_r1"], found["t2i_r1"]) == (50.0, 50.0)
    assert found["t2i_r5"] == 100.0
