"""A small SSJDN and a batch for it."""

import pytest
import torch
from scene_search.training.captions.recipe import caption_recipe
from scene_search.training.captions.run import build_caption_system
from scene_search.training.data.caption_batches import CaptionBatch, tokenise
from scene_search.training.towers.vocabulary import prune_vocabulary
from torch.nn.modules.batchnorm import _BatchNorm
from transformers import MobileNetV2Model

SENTENCES = (
    "a harbor with many small boats",
    "bare land",
    "a forest beside a river and a road",
    "many boats lie in the harbor",
    "a long sandy beach",
    "bare land",
)


@pytest.fixture(scope="session")
def image_backbone(tiny_backbones, tmp_path_factory):
    """The tiny image backbone with the statistics of images.

    Without them its activations fade from layer to layer, until float16 keeps nothing of them.
    """
    model = MobileNetV2Model.from_pretrained(str(tiny_backbones / "image")).train()
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            module.momentum = None  # the mean over all batches, which are one
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        model(pixel_values=torch.randn(16, 3, 96, 96, generator=generator))
    folder = tmp_path_factory.mktemp("backbone") / "image"
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def small_entries(tiny_backbones, image_backbone):
    """Entries of a recipe, to be completed by settings."""
    return {
        "name": "small",
        "system": "ssjdn",
        "seed": 1,
        "embedding_size": 16,
        "bits": 16,
        "image": {
            "backbone": str(image_backbone),
            "input_size": 64,
            "mean": [0.5] * 3,
            "std": [0.5] * 3,
        },
        "text": {
            "backbone": str(tiny_backbones / "text"),
            "layers": 2,
            "frozen_layers": 1,
            "frequent_word_pieces": 500,
            "max_length": 48,
        },
        "image_size": 96,
        "cache_size": 96,
        "epochs": 2,
        "batch_size": 8,
        "frozen_backbone": True,
        "cached_views": 2,
        "settings": {"width": 16, "hidden": 8, "grids": [6, 4, 2]},
    }


@pytest.fixture(scope="session")
def build(small_entries, tiny_backbones, image_backbone):
    """Return a function that builds the system with further settings and weights."""
    words = prune_vocabulary(tiny_backbones / "text" / "tokenizer.json", SENTENCES, 500)

    def built(*, weights=None, classes=("Harbor", "BareLand", "forest", "beach"), **settings):
        torch.manual_seed(3)
        entries = small_entries | {
            "weights": weights or {},
            "settings": small_entries["settings"] | settings,
        }
        return build_caption_system(
            caption_recipe(entries, "small"),
            str(image_backbone),
            str(tiny_backbones / "text"),
            words,
            classes,
        )

    return built


@pytest.fixture
def batch():
    """Return a function that gives a batch for a system; captions 1 and 5 are equal."""

    def made(system):
        generator = torch.Generator().manual_seed(4)
        pixels = torch.rand(len(SENTENCES), 3, 96, 96, generator=generator)
        caption = torch.tensor([0, 1, 2, 3, 4, 1])
        with torch.no_grad():
            visual = system.visual(system.normalised(pixels))
        return CaptionBatch(
            None,
            (visual,),
            tokenise(system.tokenizer, SENTENCES),
            caption,
            caption[:, None] == caption[None, :],
            torch.arange(len(SENTENCES)),
            torch.tensor([0, 1, 2, 0, 3, 1]),
            {},
        )

    return made


@pytest.fixture(scope="session")
def stir():
    """Return a function that gives the parts that begin at zero something to say."""

    def stirred(system):
        torch.manual_seed(5)
        for side in (system.image_side, system.text_side):
            for part in side.residual.parts:
                torch.nn.init.normal_(part[-1].weight, std=0.1)
        return system

    return stirred
