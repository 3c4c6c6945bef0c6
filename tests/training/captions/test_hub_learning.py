"""The last step of MTGFE's training: its checkpoint learns hubs, and nothing else in it changes."""

import numpy as np
import pytest
import torch
from scene_search.training.captions.hub_learning import learn_hubs
from scene_search.training.captions.run import train_captions
from scene_search.training.data.captioned_images import read_captioned
from scene_search.training.data.pixels import cached_pixels
from scene_search.training.export.checkpoint import load_checkpoint
from scene_search.training.export.trained import restore

from tests.support.small_recipe import FROZEN, MTGFE, small_recipe

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def images(data_folder):
    return read_captioned("ucm-captions", data_folder)


@pytest.fixture(scope="module")
def train(tiny_backbones, data_folder, images, tmp_path_factory):
    def run(system, settings):
        recipe = small_recipe(tiny_backbones, system, settings=settings, **FROZEN)
        return train_captions(recipe, images, None, data_folder, tmp_path_factory.mktemp("run"))

    return run


@pytest.fixture(scope="module")
def checkpoint(train):
    return train("mtgfe", MTGFE)


@pytest.fixture(scope="module")
def pixels(images, tmp_path_factory):
    return cached_pixels(images.paths, 64, tmp_path_factory.mktemp("cache"))


def test_a_trained_system_knows_its_images_and_texts(checkpoint, images, pixels):
    system = restore(load_checkpoint(checkpoint), None, "it").system
    views = torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).float() / 255
    with torch.no_grad():
        seen = system.image_outputs(system.normalised(views))["features"]
    # as many clusters as images: every prototype is an image
    used = system.image_hubs.vectors[system.image_hubs.log_share > -100]
    nearest = (torch.nn.functional.normalize(used, dim=1) @ seen.T).max(1).values
    assert len(used) == len(torch.unique(seen.round(decimals=5), dim=0))
    np.testing.assert_allclose(nearest, 1, atol=1e-4)
    assert system.image_hubs.log_share.exp().sum() == pytest.approx(1, abs=1e-5)
    assert system.text_hubs.log_share.exp().sum() == pytest.approx(1, abs=1e-5)
    assert system.text_hubs.vectors.abs().sum() > 0


def test_only_the_prototypes_change(checkpoint, images, pixels, tmp_path):
    content = torch.load(checkpoint, weights_only=True, map_location="cpu")
    before = {name: values.clone() for name, values in content["state_dict"].items()}
    for name, values in content["state_dict"].items():
        if "hubs." in name:
            values.fill_(3)
    changed = tmp_path / "last.ckpt"
    torch.save(content, changed)
    learn_hubs(changed, images, pixels, CPU)
    after = torch.load(changed, weights_only=True, map_location="cpu")
    assert set(after) == set(content)
    for name, values in before.items():
        assert torch.equal(values, after["state_dict"][name]), name
    assert [file.name for file in tmp_path.iterdir()] == ["last.ckpt"]


def test_a_system_that_has_none_is_left_alone(train, images, pixels):
    plain = train("plain-contrast", {})
    before = plain.read_bytes()
    learn_hubs(plain, images, pixels, CPU)
    assert plain.read_bytes() == before
