"""Scale decoupling against its formulas by hand."""

import pytest
import torch
from scene_search.training.towers.grid import at_most, overlaps, resample
from scene_search.training.towers.scale_decoupling import (
    Salience,
    ScaleDecoupling,
    ScalePass,
    extracted,
    suppressed,
)
from torch.nn.functional import adaptive_avg_pool2d

CHANNELS, WIDTH = (3, 5, 7), 6
GRIDS = (8, 5, 4)


def draw(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def stages(number=3):
    return [draw(i, number, c, s, s) for i, (c, s) in enumerate(zip(CHANNELS, GRIDS, strict=True))]


def build(**settings):
    torch.manual_seed(5)
    module = ScaleDecoupling(CHANNELS, WIDTH, **settings).double()
    torch.nn.init.normal_(module.weigh.weight)
    return module


def test_extraction_and_suppression_by_hand():
    maps = torch.tensor([[[[2.0, -4.0]], [[1.0, 3.0]]]])  # one image, two channels, two cells
    salience = torch.tensor([[[[0.2, 0.8]]]])
    sem = [[2.0 + 0.5 * 0.2 * 2.0, -4.0 - 0.5 * 0.8 * 4.0], [1.0 + 0.1, 3.0 + 0.4 * 3.0]]
    assert torch.allclose(extracted(maps, salience, 0.5)[0, :, 0], torch.tensor(sem))
    ssm = [[2.0 * (1 - 0.5 * 0.25), -4.0 * 0.5], [1.0 * (1 - 0.5 * 0.25), 3.0 * 0.5]]
    assert torch.allclose(suppressed(maps, salience, 0.5)[0, :, 0], torch.tensor(ssm))


def test_suppression_halves_the_most_salient_cell_and_spares_the_others():
    maps = torch.ones(1, 1, 1, 3)
    salience = torch.tensor([[[[1.0, 0.0, 0.5]]]])
    assert suppressed(maps, salience, 0.5).flatten().tolist() == [0.5, 1.0, 0.75]


def test_salience_equals_the_plain_loop():
    torch.manual_seed(1)
    module = Salience(3, channels=2).double().eval()
    convolution, norm, _ = module.score
    norm.running_mean.copy_(draw(7, 2))
    norm.weight.data.copy_(draw(8, 2).abs())
    maps = draw(2, 2, 3, 2, 2)
    for image, ours in zip(maps, module(maps), strict=True):
        scores = []
        for cell in image.flatten(1).T:
            total = 0.0
            for c in range(2):
                value = float(convolution.weight[c].flatten() @ cell)
                spread = (float(norm.running_var[c]) + norm.eps) ** 0.5
                value = (value - float(norm.running_mean[c])) / spread
                total += max(0.0, value * float(norm.weight[c]) + float(norm.bias[c]))
            scores.append(total / 2)
        expected = torch.tensor(scores, dtype=torch.float64).exp()
        assert torch.allclose(ours.flatten(), expected / expected.sum())


def test_a_pass_by_hand():
    torch.manual_seed(2)
    module = ScalePass(3, 4).double().eval()
    maps = [draw(i, 2, 4, s, s) for i, s in enumerate((4, 2, 1))]
    ours = module(maps)
    handed = None
    for number, stage in enumerate(maps):
        if handed is not None:
            factor = handed.shape[-1] // stage.shape[-1]
            pooled = handed.unflatten(3, (-1, factor)).unflatten(2, (-1, factor)).mean((3, 5))
            stage = stage + module.hand_on[number - 1](pooled)
        m = module.salience[number](stage)
        cells = stage.shape[-1] ** 2
        assert torch.allclose(ours[number], stage * (1 + 0.5 * cells * m))
        handed = stage * (1 - 0.5 * m / m.flatten(1).amax(1)[:, None, None, None])


def test_the_vector_is_the_weighted_sum_of_pooled_maps():
    module = build().eval()
    maps = [lateral(stage) for lateral, stage in zip(module.lateral, stages(), strict=True)]
    scales = [*module.forwards(maps), *module.backwards(maps[::-1])]
    pooled = torch.stack([scale.mean((2, 3)) for scale in scales], 1)
    weights = module.weigh(pooled).squeeze(2).softmax(1)
    ours = module(stages())
    assert torch.allclose(ours.weights, weights)
    assert torch.allclose(ours.vector, (weights[:, :, None] * pooled).sum(1))
    assert torch.allclose(ours.joint.mean((2, 3)), ours.vector)
    assert ours.joint.shape == (3, WIDTH, 4, 4)


def test_information_flows_both_ways():
    """A change at one end of the stages reaches the other end's map, by the right pass."""
    module = build().eval()
    maps = [lateral(stage) for lateral, stage in zip(module.lateral, stages(), strict=True)]
    for first, last, run, order in (
        (0, 2, module.forwards, maps),
        (2, 0, module.backwards, maps[::-1]),
    ):
        changed = list(maps)
        changed[first] = maps[first] + draw(9, *maps[first].shape)
        again = changed if order is maps else changed[::-1]
        assert not torch.allclose(run(order)[2], run(again)[2])
        changed = list(maps)
        changed[last] = maps[last] + 1
        again = changed if order is maps else changed[::-1]
        assert torch.equal(run(order)[0], run(again)[0])


@pytest.mark.parametrize(
    ("settings", "scales"),
    [
        ({}, 6),
        ({"forwards": False}, 3),
        ({"backwards": False}, 3),
        ({"extraction": False}, 6),
        ({"suppression": False}, 6),
        ({"extraction": False, "suppression": False}, 6),
    ],
)
def test_parts_switched_off_cost_no_parameters_and_all_others_learn(settings, scales):
    module = build(**settings)
    full = sum(p.numel() for p in build().parameters())
    ours = module(stages())
    assert ours.weights.shape == (3, scales)
    ours.joint.square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.any()) for p in module.parameters())
    # suppression without extraction needs no salience at a pass's end, extraction needs them all
    fewer = sum(p.numel() for p in module.parameters())
    assert fewer == full if settings in ({}, {"suppression": False}) else fewer < full


def test_without_a_direction_there_is_nothing_to_do():
    with pytest.raises(ValueError, match="direction"):
        ScaleDecoupling(CHANNELS, WIDTH, forwards=False, backwards=False)


def test_switches_change_what_they_name():
    maps = [draw(i, 2, 4, 4, 4) for i in range(2)]
    torch.manual_seed(2)
    plain = ScalePass(2, 4, extraction=False, suppression=False).double().eval()
    first, second = plain(maps)
    assert torch.equal(first, maps[0])
    assert torch.equal(second, maps[1] + plain.hand_on[0](maps[0]))


@pytest.mark.parametrize("seed", range(2))
def test_the_result_does_not_depend_on_the_order_of_the_batch(seed):
    order = torch.randperm(3, generator=torch.Generator().manual_seed(seed))
    module = build()
    assert torch.allclose(
        module(stages()).joint[order], module([stage[order] for stage in stages()]).joint
    )


def test_the_gradient_agrees_with_finite_differences():
    module = build().eval()
    inputs = tuple(stage[:2].requires_grad_() for stage in stages())
    # along random directions: the maps have too many cells to go through one by one
    assert torch.autograd.gradcheck(lambda *maps: module(maps).vector, inputs, fast_mode=True)


@pytest.mark.parametrize(("old", "new"), [(12, 4), (10, 4), (5, 8), (6, 6), (24, 8), (3, 7)])
def test_resampling_keeps_constants_and_means(old, new):
    assert torch.allclose(overlaps(old, new).sum(1), torch.ones(new))
    maps = draw(1, 2, 3, old, old)
    ours = resample(maps, new, new)
    assert ours.shape == (2, 3, new, new)
    # the table of overlaps is float32
    assert torch.allclose(ours.mean((2, 3)), maps.mean((2, 3)), atol=1e-6)
    if old % new == 0:
        assert torch.allclose(ours, adaptive_avg_pool2d(maps, new), atol=1e-6)


def test_maps_are_only_ever_averaged_down():
    maps = draw(1, 2, 3, 6, 3)
    assert at_most(maps, 4).shape == (2, 3, 4, 3)
    assert torch.equal(at_most(maps, 6), maps)
