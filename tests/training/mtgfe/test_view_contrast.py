"""Multi-view contrast of joint representations, and the views themselves."""

import math

import pytest
import torch
from scene_search.training.data.view_change import COARSER, ViewChange, coarser
from scene_search.training.losses.view_contrast import view_contrast
from torch.nn.functional import normalize

N, D = 6, 5


def unit(seed):
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(N, D, generator=generator, dtype=torch.float64), dim=1)


def one_sided():
    """Text 3 also describes image 0; whether text 0 describes image 3 is not said."""
    pairs = torch.eye(N, dtype=torch.bool)
    pairs[0, 3] = pairs[2, 5] = True
    return pairs


def by_loop(first, second, pairs, temperature):
    loss = 0.0
    for a, b in ((first, second), (second, first)):
        for i in range(N):
            kept = [j for j in range(N) if j == i or not (pairs[i, j] or pairs[j, i])]
            total = sum(math.exp(float(a[i] @ b[j]) / temperature) for j in kept)
            loss -= math.log(math.exp(float(a[i] @ b[i]) / temperature) / total)
    return loss / (2 * N)


def test_it_equals_the_plain_loop():
    expected = by_loop(unit(1), unit(2), one_sided(), 0.07)
    assert float(view_contrast(unit(1), unit(2), one_sided())) == pytest.approx(expected, abs=1e-12)


def test_gradients_agree_with_finite_differences_and_reach_every_input():
    one, two = unit(1).requires_grad_(), unit(2).requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: view_contrast(a, b, one_sided(), 0.3), (one, two))
    view_contrast(one, two, one_sided()).backward()
    assert all(bool((t.grad.abs().sum(1) > 0).all()) for t in (one, two))


@pytest.mark.parametrize("seed", range(3))
def test_it_depends_neither_on_the_order_nor_on_which_view_is_first(seed):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))
    pairs = one_sided()
    whole = view_contrast(unit(1), unit(2), pairs)
    assert torch.allclose(
        whole, view_contrast(unit(1)[order], unit(2)[order], pairs[order][:, order])
    )
    assert torch.allclose(whole, view_contrast(unit(2), unit(1), pairs))


def gradient(row, changed):
    """The gradient of row ``row`` of the first view where row ``changed`` of the second is new."""
    one, two = unit(1).requires_grad_(), unit(2)
    two[changed] = unit(3)[changed]
    view_contrast(one, two, one_sided()).backward()
    return one.grad[row]


def test_a_pair_that_shows_the_same_is_neither_pulled_nor_pushed():
    one = unit(1).requires_grad_()
    view_contrast(one, unit(2), one_sided()).backward()
    for i, j in ((0, 3), (3, 0), (2, 5), (5, 2)):
        assert torch.equal(gradient(i, j), one.grad[i])
    for i, j in ((0, 1), (1, 0), (2, 4), (0, 0)):
        assert not torch.allclose(gradient(i, j), one.grad[i])


@pytest.fixture
def images():
    generator = torch.Generator().manual_seed(0)
    return torch.randint(0, 256, (40, 3, 48, 48), generator=generator, dtype=torch.uint8)


def sharpness(views):
    """Mean difference of neighbouring pixels, which a coarser sensor averages away."""
    return (views[..., 1:] - views[..., :-1]).abs().mean((1, 2, 3))


def test_views_keep_size_and_range_and_follow_the_seed(images):
    change = ViewChange(32, 0.5)
    torch.manual_seed(0)
    one = change(images)
    assert one.shape == (40, 3, 32, 32)
    assert float(one.min()) >= 0.0
    assert float(one.max()) <= 1.0
    torch.manual_seed(0)
    assert torch.equal(one, change(images))
    assert not torch.equal(one, change(images))


def test_a_coarser_view_keeps_the_mean_and_loses_detail(images):
    views = images.float() / 255
    before = sharpness(views)
    for factor in COARSER[1:]:
        seen = coarser(views, factor)
        assert torch.allclose(seen.mean((2, 3)), views.mean((2, 3)), atol=0.02)
        after = sharpness(seen)
        assert bool((after < before).all())
        before = after


def test_resolutions_differ_within_a_batch(images):
    torch.manual_seed(0)
    same = images[:1].repeat(40, 1, 1, 1)
    found = sharpness(ViewChange(48, 1.0)(same))
    assert float(found.max() / found.min()) > 3
