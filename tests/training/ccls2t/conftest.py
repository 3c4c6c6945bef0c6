"""Towers small enough for tests, whose frozen image backbone still tells images apart."""

import shutil

import pytest
import torch
from scene_search.training.captions.recipe import caption_recipe
from scene_search.training.captions.run import build_caption_system
from scene_search.training.towers.vocabulary import prune_vocabulary
from transformers import MobileNetV2Model

RECIPE = {
    "name": "small",
    "system": "ccls2t",
    "seed": 1,
    "embedding_size": 16,
    "bits": 16,
    "image_size": 48,
    "cache_size": 48,
    "epochs": 2,
    "batch_size": 8,
    "frozen_backbone": True,
    "cached_views": 2,
}


@pytest.fixture(scope="session")
def backbones(tiny_backbones, tmp_path_factory):
    """The tiny backbones with real normalisation statistics.

    With those of a new network, 0 and 1, random weights shrink every image to 1e-25.
    """
    folder = tmp_path_factory.mktemp("normed")
    shutil.copytree(tiny_backbones, folder, dirs_exist_ok=True)
    model = MobileNetV2Model.from_pretrained(folder / "image").train()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None  # the plain mean over the batches seen
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for _ in range(4):
            model(torch.rand(16, 3, 48, 48, generator=generator) * 2 - 1)
    model.save_pretrained(folder / "image")
    return folder


@pytest.fixture(scope="session")
def entries(backbones):
    """A recipe's entries."""
    image = {"input_size": 48, "mean": [0.5] * 3, "std": [0.5] * 3}
    text = {"layers": 2, "frozen_layers": 1, "frequent_word_pieces": 500, "max_length": 48}
    return RECIPE | {
        "image": image | {"backbone": str(backbones / "image")},
        "text": text | {"backbone": str(backbones / "text")},
    }


@pytest.fixture(scope="session")
def make_system(entries, backbones):
    """Return a function that builds the system: settings and weights over the recipe's."""

    def make(classes=("harbor", "forest"), weights=None, **settings):
        recipe = caption_recipe(entries | {"settings": settings, "weights": weights or {}}, "small")
        words = prune_vocabulary(
            backbones / "text" / "tokenizer.json", ["a harbor", "a forest"], 500
        )
        torch.manual_seed(0)
        image, text = entries["image"]["backbone"], entries["text"]["backbone"]
        return build_caption_system(recipe, image, text, words, classes)

    return make
