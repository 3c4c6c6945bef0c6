"""Settled statistics are those of all images; heads trained last tell classes apart."""

import numpy as np
import pytest
import torch
from scene_search.training.hashing.heads import finish_heads, settle_statistics
from scene_search.training.systems.multilevel_hashing import MultilevelHashing
from scene_search.training.towers.image_tower import ImageTower
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

SIZE = 32


@pytest.fixture
def system(tiny_backbones):
    torch.manual_seed(0)
    return MultilevelHashing(
        ImageTower(str(tiny_backbones / "image"), 16, frozen_layers=2),
        embedding_size=16,
        bits=[8, 16],
        image_size=SIZE,
        mean=(0.5,) * 3,
        std=(0.5,) * 3,
    )


class Colours(nn.Module):
    """In place of a tower: the mean colours of sixteen cells."""

    def forward(self, pixels):
        return nn.functional.adaptive_avg_pool2d(pixels, 4).flatten(1)


@pytest.fixture
def coloured():
    """Images of three classes, each of a colour of its own, and their labels."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 90)
    pixels = 100 + 50 * np.eye(3)[labels][:, None, None, :] + rng.normal(0, 40, (90, SIZE, SIZE, 3))
    return np.clip(pixels, 0, 255).astype(np.uint8), labels.tolist()


def test_statistics_are_those_of_all_batches(system):
    torch.manual_seed(1)
    batches = [torch.randn(8, 3, SIZE, SIZE) for _ in range(3)]
    tower = system.image_tower
    frozen = {id(m) for part in tower._frozen for m in part.modules()}
    layers = [m for m in tower.modules() if isinstance(m, _BatchNorm)]
    before = [layer.running_mean.clone() for layer in layers]
    seen = []
    first = next(layer for layer in layers if id(layer) not in frozen)
    hook = first.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
    settle_statistics(system, iter(batches))
    hook.remove()
    assert not system.training
    means = torch.stack([own.mean((0, 2, 3)) for own in seen])
    torch.testing.assert_close(first.running_mean, means.mean(0))
    assert first.momentum is not None
    for layer, mean in zip(layers, before, strict=True):
        assert torch.equal(layer.running_mean, mean) == (id(layer) in frozen)


def test_heads_tell_classes_apart(coloured):
    pixels, labels = coloured
    system = MultilevelHashing(
        Colours(), embedding_size=48, bits=[8, 16], image_size=SIZE, mean=(0.5,) * 3, std=(0.5,) * 3
    )
    lines = []
    finish_heads(system, pixels, labels, SIZE, seed=1, told=lines.append)
    assert lines[-1] == "heads: 16 bits trained"
    same = torch.tensor(labels)[:, None] == torch.tensor(labels)[None, :]
    with torch.no_grad():
        features = system.features(torch.from_numpy(pixels).permute(0, 3, 1, 2).float() / 255)
        for bits in (8, 16):
            codes = (system.head(bits)(features) >= 0).float() * 2 - 1
            apart = (bits - codes @ codes.T) / 2
            assert apart[same].mean() < 0.2 * apart[~same].mean()


def test_the_same_seed_makes_the_same_heads(system, coloured):
    state = {name: tensor.clone() for name, tensor in system.state_dict().items()}
    made = []
    for _ in range(2):
        system.load_state_dict(state)
        finish_heads(system, *coloured, SIZE, seed=1)
        made.append({name: tensor.clone() for name, tensor in system.state_dict().items()})
    assert all(torch.equal(made[0][name], made[1][name]) for name in state)
