"""The towers' own training: what scene classes add to captions."""

from pathlib import Path

import pytest
import torch
from scene_search.training.captions.run import (
    build_caption_system,
    load_towers,
    train_captions,
    vocabulary_of,
)
from scene_search.training.data.caption_batches import CaptionBatch, tokenise
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.towers.vocabulary import prune_vocabulary

from tests.support.small_recipe import small_recipe

SENTENCES = ("a harbor with boats", "bare land", "a forest", "a long beach")
N = len(SENTENCES)


def built(settings, classes):
    torch.manual_seed(0)
    words = prune_vocabulary(Path(settings.text.backbone) / "tokenizer.json", SENTENCES, 500)
    system = build_caption_system(
        settings, settings.image.backbone, settings.text.backbone, words, classes
    )
    return system, words.load(16)


def batch(tokenizer, labels, width):
    return CaptionBatch(
        images=None,
        views=((torch.randn(N, width),),),
        texts=tokenise(tokenizer, SENTENCES),
        caption=torch.arange(N),
        also_describes=torch.eye(N, dtype=torch.bool),
        image=torch.arange(N),
        label=torch.tensor(labels),
        extra={},
    )


def test_scene_classes_are_learnt_where_wanted(tiny_backbones):
    system, tokenizer = built(
        small_recipe(tiny_backbones, "plain-contrast", weights={"scene": 0.5}), ("a", "b", "c")
    )
    width = system.scene_head.in_features
    labels = [0, 2, 1, 2]
    given = batch(tokenizer, labels, width)
    found = system.losses(given)["scene"]
    # by a plain loop, a tenth of the target spread over the three classes
    expected = 0.0
    for row, label in zip(given.views[0][0], labels, strict=True):
        scores = (system.scene_head.weight @ row + system.scene_head.bias).double()
        logs = [float(s) - float(scores.exp().sum().log()) for s in scores]
        expected -= sum((0.9 * (c == label) + 0.1 / 3) * logs[c] for c in range(3)) / N
    assert float(found) == pytest.approx(expected, rel=1e-5)
    found.backward()
    assert float(system.scene_head.weight.grad.abs().sum()) > 0


@pytest.mark.parametrize(("weights", "classes"), [({}, ("a", "b")), ({"scene": 0.5}, ())])
def test_without_classes_or_weight_there_is_no_such_loss(tiny_backbones, weights, classes):
    system, tokenizer = built(
        small_recipe(tiny_backbones, "plain-contrast", weights=weights), classes
    )
    width = system.image_tower.projection[1].in_features
    assert "scene" not in system.losses(batch(tokenizer, [0] * N, width))


def test_the_towers_serve_systems_that_know_no_scenes(tiny_backbones, data_folder, tmp_path):
    images = read_captioned("ucm-captions", data_folder)
    with_scenes = small_recipe(tiny_backbones, "plain-contrast", weights={"scene": 0.5})
    checkpoint = train_captions(with_scenes, images, None, data_folder, tmp_path)
    other = small_recipe(tiny_backbones, "plain-contrast")
    words = vocabulary_of(checkpoint)
    system = build_caption_system(
        other, other.image.backbone, other.text.backbone, words, images.classes
    )
    load_towers(system, checkpoint)
    state = torch.load(checkpoint, weights_only=True)["state_dict"]
    assert torch.equal(state["hash_head.linear.weight"], system.hash_head.linear.weight)
