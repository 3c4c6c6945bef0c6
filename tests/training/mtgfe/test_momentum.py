"""The momentum encoder: what it copies, how it follows, and what it never does."""

import copy

import pytest
import torch
from scene_search.training.towers.momentum import Momentum
from torch import nn


@pytest.fixture
def online():
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(3, 4), nn.Linear(4, 4), nn.Dropout(0.5), nn.BatchNorm1d(4), nn.Linear(4, 2)
    )
    model[0].requires_grad_(False)
    return model.train()


def changed(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in model.parameters():
            if weights.requires_grad:
                weights += torch.randn(weights.shape, generator=generator)
    return model


def test_the_first_step_copies_and_later_ones_average(online):
    momentum = Momentum(online, decay=0.9)
    changed(online, 1)  # as weights that are loaded later
    online[3].running_mean += 1
    momentum.update(online)
    for mine, theirs in zip(momentum.copy.parameters(), online.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    assert torch.equal(momentum.copy[3].running_mean, online[3].running_mean)
    before = copy.deepcopy(online)
    changed(online, 2)
    momentum.update(online)
    for mine, old, new in zip(
        momentum.copy.parameters(), before.parameters(), online.parameters(), strict=True
    ):
        assert torch.allclose(mine, 0.9 * old + 0.1 * new)
    assert int(momentum.updates) == 2


def test_frozen_layers_are_shared_and_nothing_of_the_copy_is_trained(online):
    momentum = Momentum(online)
    assert momentum.copy[0] is online[0]
    assert momentum.copy[1] is not online[1]
    assert not any(weights.requires_grad for weights in momentum.parameters())
    assert all(weights.requires_grad for weights in online[1:].parameters())


def test_the_copy_has_no_dropout_but_the_statistics_of_its_batch(online):
    momentum = Momentum(online)
    momentum.train()
    momentum.update(online)
    data = torch.randn(8, 3) * 5 + 1
    found = momentum.copy(data)
    assert torch.equal(found, momentum.copy(data))
    plain = copy.deepcopy(online)
    plain[2] = nn.Identity()
    assert torch.allclose(found, plain(data), atol=1e-6)
    online.eval()
    momentum.update(online)
    assert not momentum.copy[3].training


def test_it_comes_back_from_its_state(online):
    momentum = Momentum(online, 0.9)
    momentum.update(online)
    fresh = copy.deepcopy(online)
    again = Momentum(fresh, 0.9)
    again.load_state_dict(momentum.state_dict())
    for one, model in ((momentum, online), (again, fresh)):
        changed(model, 3)
        one.update(model)
    for name, weights in momentum.state_dict().items():
        assert torch.equal(weights, again.state_dict()[name]), name
