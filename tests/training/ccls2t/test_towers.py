"""Scales and context: what they begin as, what they leave alone, how they compute."""

import math

import pytest
import torch
from scene_search.training.towers.context_fusion import ContextFusion
from scene_search.training.towers.multiscale import (
    ScaleCombination,
    footprints,
    statistics_kept,
)
from torch.nn import functional as F  # noqa: N812

N, D, W, L, C = 4, 8, 12, 7, 10


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def fusion():
    torch.manual_seed(1)
    return ContextFusion(D, W, heads=2, gate=0.5).eval()


@pytest.fixture
def mask():
    lengths = torch.tensor([7, 4, 3, 5])
    return (torch.arange(L)[None, :] < lengths[:, None]).long()


@pytest.mark.parametrize(
    ("size", "sides"), [(192, [192, 128, 96]), (160, [160, 112, 80]), (48, [48, 32, 32])]
)
def test_views_have_their_sides(size, sides):
    assert [view.shape[-1] for view in footprints(draw(1, 3, size, size))] == sides


def test_middles_show_the_middle():
    pixels = torch.zeros(1, 3, 64, 64)
    pixels[:, :, 24:40, 24:40] = 1.0  # the middle quarter
    whole, half, quarter = footprints(pixels)
    assert whole is pixels
    assert float(quarter.min()) == 1.0
    assert float(half.mean()) == pytest.approx(0.25, abs=0.01)
    assert float(half[0, 0, 0, 0]) == 0.0


def test_the_combination_begins_as_the_whole_tile_to_the_bit_and_learns():
    combination = ScaleCombination(C, D)
    whole, middles = draw(N, D), [draw(N, C, seed=1).abs(), draw(N, C, seed=2).abs()]
    assert torch.equal(combination(whole, middles), whole)
    combination(whole, middles).square().sum().backward()
    assert all(float(a.weight.grad.abs().sum()) > 0 for a in combination.additions)


def test_the_combination_is_the_sum_weighted_by_the_softmax():
    combination = ScaleCombination(C, D).eval()
    with torch.no_grad():
        combination.logits.copy_(torch.tensor([1.0, -0.5, 0.3]))
        for addition in combination.additions:
            addition.weight.normal_()
    whole, middles = draw(N, D), [draw(N, C, seed=1), draw(N, C, seed=2)]
    exp = [math.exp(x) for x in (1.0, -0.5, 0.3)]
    expected = whole.clone()
    for k in (1, 2):
        matrix = combination.additions[k - 1].weight
        for i in range(N):
            expected[i] += exp[k] / sum(exp) * (matrix @ middles[k - 1][i])
    assert torch.allclose(combination(whole, middles), expected, atol=1e-6)


def test_statistics_of_normalisation_are_kept():
    norm = torch.nn.BatchNorm2d(3)
    before = norm.running_mean.clone()
    with statistics_kept(norm):
        norm(draw(2, 3, 4, 4) + 5)
        assert not norm.training
    assert norm.training
    assert torch.equal(norm.running_mean, before)


def test_fusion_equals_the_plain_loop(fusion, mask):
    features, tokens = F.normalize(draw(N, D)), draw(N, L, W, seed=1)
    found = fusion(features, tokens, mask)
    for i in range(N):
        states = fusion.norm(tokens[i][mask[i].bool()])
        query, keys, values = fusion.query(features[i]), fusion.key(states), fusion.value(states)
        said = []
        for head in range(2):
            own = slice(head * D // 2, (head + 1) * D // 2)
            share = torch.softmax(keys[:, own] @ query[own] / math.sqrt(D / 2), dim=0)
            said.append(share @ values[:, own])
        fused = features[i] + 0.5 * fusion.out(torch.cat(said))
        assert torch.allclose(found[i], fused / fused.norm(), atol=1e-6)


def test_without_metadata_features_come_back_to_the_bit(fusion, mask):
    features, tokens = F.normalize(draw(N, D)), draw(N, L, W, seed=1)
    mask[1] = 0
    mask[2, 2] = 0  # nothing but what begins and ends a text
    found = fusion(features, tokens, mask)
    assert torch.equal(found[1:3], features[1:3])
    assert not torch.equal(found[0], features[0])


def test_padding_says_nothing(fusion, mask):
    features, tokens = F.normalize(draw(N, D)), draw(N, L, W, seed=1)
    found = fusion(features, tokens, mask)
    other = torch.where(mask[:, :, None].bool(), tokens, draw(N, L, W, seed=2) * 50)
    assert torch.allclose(fusion(features, other, mask), found, atol=1e-6)
    longer = torch.cat([tokens, draw(N, 3, W, seed=3)], dim=1)
    longer_mask = torch.cat([mask, torch.zeros(N, 3, dtype=torch.long)], dim=1)
    assert torch.allclose(fusion(features, longer, longer_mask), found, atol=1e-6)


def test_no_gradient_is_lost_or_broken_where_some_have_no_metadata(fusion, mask):
    features = F.normalize(draw(N, D)).requires_grad_()
    tokens = draw(N, L, W, seed=1).requires_grad_()
    mask[1] = 0
    (fusion(features, tokens, mask) * draw(N, D, seed=4)).sum().backward()
    assert bool(features.grad.isfinite().all())
    assert bool(tokens.grad.isfinite().all())
    assert float(tokens.grad[1].abs().max()) == 0.0
    assert float(tokens.grad[0].abs().max()) > 0.0
    assert float(fusion.gate.grad.abs()) > 0.0


def test_heads_must_divide_the_embedding():
    with pytest.raises(ValueError, match="multiple"):
        ContextFusion(10, W, heads=4)
