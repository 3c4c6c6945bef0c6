"""Batches: what stands together, and that an epoch is the same when run again."""

import numpy as np
import pytest
from scene_search.training.data.scenes import SceneBatches
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

CAPTIONS = [("a river", "a blue river"), ("a river",), ("a harbor",), ()]


@pytest.fixture
def batches():
    words = {w: i for i, w in enumerate(["[PAD]", "[UNK]", "a", "blue", "river", "harbor"])}
    tokenizer = Tokenizer(WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
    pixels = [np.full((3, 8, 8, 3), 1, np.uint8), np.full((1, 8, 8, 3), 2, np.uint8)]
    return SceneBatches(pixels, CAPTIONS, [0, 0, 1, 2], [0, 0, 0, 1], [2, 1], tokenizer, 3, 5)


def test_an_epoch_shows_every_dataset_as_often_as_asked(batches):
    assert len(batches) == 2  # 2 × 3 + 1 images in batches of 3
    assert sorted(batches.rows.tolist()) == [0, 0, 1, 1, 2, 2, 3]


def test_an_epoch_run_again_is_the_same_and_the_next_differs(batches):
    first = [batch.label.tolist() for batch in batches]
    assert [batch.label.tolist() for batch in batches] == first
    others = []
    for epoch in range(1, 6):
        batches.set_epoch(epoch)
        others.append([batch.label.tolist() for batch in batches])
    assert any(other != first for other in others)


def test_a_caption_that_stands_on_two_images_describes_both(batches):
    batch = batches.batch(np.array([0, 1, 2]), np.random.default_rng(0))
    sentence = [batches.sentences[c] for c in batch.caption.tolist()]
    for i, own in enumerate(CAPTIONS[:3]):
        for j in range(3):
            assert bool(batch.also_describes[i, j]) == (sentence[j] in own)


def test_an_image_without_captions_has_none(batches):
    batch = batches.batch(np.array([3, 0]), np.random.default_rng(0))
    assert batch.caption[0] == -1
    assert batch.domain.tolist() == [1, 0]
    assert batch.images.shape == (2, 3, 8, 8)


def test_numbers_that_do_not_fit_are_refused(batches):
    with pytest.raises(ValueError, match="differ"):
        SceneBatches(batches.pixels, CAPTIONS[:2], [0], [0], [1, 1], batches.tokenizer, 2, 0)
