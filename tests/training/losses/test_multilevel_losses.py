"""The losses of multi-level contrastive deep hashing against plain loops, and their invariances."""

import math

import pytest
import torch
from scene_search.training.losses.category_contrast import category_contrast
from scene_search.training.losses.class_contrast import class_contrast
from scene_search.training.losses.inter_class_hash import inter_class_hash
from scene_search.training.losses.intra_class_hash import intra_class_hash
from torch.nn.functional import normalize

N, D, K = 7, 5, 16
LABELS = torch.tensor([0, 1, 0, 2, 1, 0, 3])  # class 3 has one image


def unit(seed):
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(N, D, generator=generator, dtype=torch.float64), dim=1)


def codes(seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.tanh(torch.randn(N, K, generator=generator, dtype=torch.float64))


def category_by_loop(first, second, labels, temperature):
    views, classes = [*first, *second], [*labels, *labels]
    losses = []
    for i, anchor in enumerate(views):
        others = [j for j in range(2 * N) if j != i]
        positives = [j for j in others if classes[j] == classes[i]]
        total = sum(math.exp(float(anchor @ views[j]) / temperature) for j in others)
        terms = [
            math.log(math.exp(float(anchor @ views[j]) / temperature) / total) for j in positives
        ]
        losses.append(-sum(terms) / len(terms))
    return sum(losses) / len(losses)


def inter_by_loop(relaxed, labels, margin):
    terms = []
    for i in range(N):
        for j in range(N):
            if labels[i] != labels[j]:
                distance = (
                    K - sum(float(a * b) for a, b in zip(relaxed[i], relaxed[j], strict=True))
                ) / 2
                terms.append((max(0.0, margin - distance) / margin) ** 2)
    return sum(terms) / len(terms)


def test_category_contrast_equals_the_plain_loop():
    expected = category_by_loop(unit(1), unit(2), LABELS.tolist(), 0.1)
    assert float(category_contrast(unit(1), unit(2), LABELS)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("margin", [None, 7.0, float(K)])
def test_inter_class_loss_equals_the_plain_loop(margin):
    expected = inter_by_loop(codes(1), LABELS.tolist(), K / 2 if margin is None else margin)
    assert expected > 0
    assert float(inter_class_hash(codes(1), LABELS, margin)) == pytest.approx(expected, abs=1e-12)


def test_intra_class_loss_equals_the_plain_loop():
    one, two = codes(1), codes(2)
    expected = sum(
        sum(float((a - b) ** 2) for a, b in zip(u, v, strict=True)) / K
        for u, v in zip(one, two, strict=True)
    )
    assert float(intra_class_hash(one, two)) == pytest.approx(expected / N, abs=1e-12)


def test_values_at_the_ends_of_their_ranges():
    ones = torch.ones(2, K)
    foreign = torch.tensor([0, 1])
    assert float(intra_class_hash(ones, ones)) == 0.0
    assert float(intra_class_hash(ones, -ones)) == 4.0
    # equal codes of two classes cost 1; codes that differ in half of their bits or more nothing
    half = torch.cat([torch.ones(K // 2), -torch.ones(K // 2)])
    assert float(inter_class_hash(ones, foreign)) == 1.0
    assert float(inter_class_hash(torch.stack([ones[0], half]), foreign)) == 0.0
    assert float(inter_class_hash(torch.stack([ones[0], -ones[0]]), foreign)) == 0.0


@pytest.mark.parametrize("seed", range(3))
def test_losses_do_not_depend_on_the_order_of_the_batch(seed):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))
    one, two, u, v = unit(1), unit(2), codes(1), codes(2)
    assert torch.allclose(
        category_contrast(one, two, LABELS),
        category_contrast(one[order], two[order], LABELS[order]),
    )
    assert torch.allclose(inter_class_hash(u, LABELS), inter_class_hash(u[order], LABELS[order]))
    assert torch.allclose(intra_class_hash(u, v), intra_class_hash(u[order], v[order]))


def test_the_branches_may_be_swapped():
    assert torch.allclose(
        category_contrast(unit(1), unit(2), LABELS), category_contrast(unit(2), unit(1), LABELS)
    )


def test_gradients_agree_with_finite_differences_and_reach_every_input():
    one, two, u, v = (t.requires_grad_() for t in (unit(1), unit(2), codes(1), codes(2)))
    check = torch.autograd.gradcheck
    assert check(lambda a, b: category_contrast(a, b, LABELS), (one, two))
    assert check(lambda a: inter_class_hash(a, LABELS, float(K)), (u,))
    assert check(intra_class_hash, (u, v))
    total = (
        category_contrast(one, two, LABELS)
        + inter_class_hash(u, LABELS, float(K))
        + intra_class_hash(u, v)
    )
    total.backward()
    assert all(bool((t.grad.abs().sum(1) > 0).all()) for t in (one, two, u, v))


def test_a_batch_of_one_class_gives_finite_losses_and_gradients():
    same = torch.zeros(N, dtype=torch.long)
    one, two, u = unit(1).requires_grad_(), unit(2).requires_grad_(), codes(1).requires_grad_()
    inter = inter_class_hash(u, same)
    (category_contrast(one, two, same) + inter).backward()
    assert float(inter.detach()) == 0.0
    assert bool(one.grad.isfinite().all())
    assert bool(two.grad.isfinite().all())
    assert float(u.grad.abs().max()) == 0.0


def test_copies_of_an_image_are_never_pushed_apart():
    # without classes, copies share the number of their content
    instance = torch.tensor([0, 1, 0, 2, 3, 4, 5])
    u = codes(1)
    u[2] = u[0]
    u.requires_grad_()
    apart = inter_class_hash(u, torch.arange(N), float(K))
    together = inter_class_hash(u, instance, float(K))
    assert bool(together < apart)
    first = unit(1)
    first[2] = first[0]
    second = unit(2)
    second[2] = second[0]

    def pull_of_the_copy(labels):
        own = first.clone().requires_grad_()
        category_contrast(own, second, labels).backward()
        return float(own.grad[0] @ first[2])

    # descending the gradient, the image nears its copy more where the copy is a positive
    assert pull_of_the_copy(instance) < pull_of_the_copy(torch.arange(N))


def test_an_image_alone_in_its_dataset_leaves_the_gradient_finite():
    vectors = unit(1).requires_grad_()
    domains = torch.tensor([0, 0, 0, 0, 0, 0, 1])
    class_contrast(vectors, LABELS, domains).backward()
    assert bool(vectors.grad.isfinite().all())
