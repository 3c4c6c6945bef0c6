"""SSJDN's losses against plain loops in float64, their gradients and their invariances."""

import math

import pytest
import torch
from scene_search.training.losses.semantic_classes import semantic_classes
from scene_search.training.losses.semantic_triplet import semantic_margin, semantic_triplet

N, C = 6, 4


def draw(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def probabilities(seed):
    return draw(seed, N, C).softmax(1)


def neutral_pairs():
    pairs = torch.eye(N, dtype=torch.bool)
    pairs[0, 3] = pairs[3, 0] = pairs[2, 5] = True
    return pairs


def triplet_by_loop(similarity, image, text, neutral, m, hardest):
    def margin(i, j):
        return m * (1 - sum(float(a) * float(b) for a, b in zip(image[i], text[j], strict=True)))

    total = 0.0
    for i in range(N):
        foreign_texts = [j for j in range(N) if j != i and not neutral[i, j]]
        foreign_images = [j for j in range(N) if j != i and not neutral[j, i]]
        own = float(similarity[i, i])
        for hinges in (
            [max(0.0, margin(i, j) - own + float(similarity[i, j])) for j in foreign_texts],
            [max(0.0, margin(j, i) - own + float(similarity[j, i])) for j in foreign_images],
        ):
            violating = [h for h in hinges if h > 0]
            if hardest:
                total += max(hinges, default=0.0)
            elif violating:
                total += sum(violating) / len(violating)
    return total / (2 * N)


@pytest.mark.parametrize("hardest", [True, False])
def test_the_triplet_loss_equals_the_plain_loop(hardest):
    similarity, image, text = draw(1, N, N).tanh(), probabilities(2), probabilities(3)
    ours = semantic_triplet(
        similarity, semantic_margin(image, text, 0.2), neutral_pairs(), hardest=hardest
    )
    expected = triplet_by_loop(similarity, image, text, neutral_pairs(), 0.2, hardest)
    assert expected > 0
    assert float(ours) == pytest.approx(expected, abs=1e-12)


def test_the_margin_goes_from_nothing_to_m():
    one_hot = torch.eye(3, dtype=torch.float64)
    margin = semantic_margin(one_hot, one_hot, 0.2)
    assert torch.equal(margin, 0.2 * (1 - torch.eye(3, dtype=torch.float64)))
    uniform = torch.full((3, 3), 1 / 3, dtype=torch.float64)
    assert semantic_margin(uniform, uniform, 0.2)[0, 1] == pytest.approx(0.2 * 2 / 3)


def test_the_margin_is_a_constant_to_the_gradient():
    logits = draw(2, N, C).requires_grad_()
    similarity = draw(1, N, N).tanh().requires_grad_()
    margin = semantic_margin(logits.softmax(1), logits.softmax(1))
    assert not margin.requires_grad
    semantic_triplet(similarity, margin, neutral_pairs()).backward()
    assert logits.grad is None
    assert float(similarity.grad.abs().sum()) > 0


@pytest.mark.parametrize("hardest", [True, False])
def test_items_of_one_class_may_lie_closer_than_items_of_two(hardest):
    similarity = torch.tensor([[0.5, 0.45], [0.45, 0.5]])
    apart = torch.zeros(2, 2, dtype=torch.bool)
    same = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    other = torch.eye(2)
    alike = semantic_triplet(similarity, semantic_margin(same, same), apart, hardest=hardest)
    unlike = semantic_triplet(similarity, semantic_margin(other, other), apart, hardest=hardest)
    assert float(alike) == 0.0
    assert float(unlike) == pytest.approx(0.15)


@pytest.mark.parametrize("hardest", [True, False])
def test_duplicates_are_never_negatives(hardest):
    """Whatever a neutral pair's similarity, neither the loss nor its gradient knows of it."""
    similarity, neutral = draw(1, N, N).tanh(), neutral_pairs()
    off_diagonal = neutral & ~torch.eye(N, dtype=torch.bool)
    # the most violating of all, were they negatives
    worst = torch.where(off_diagonal, torch.full_like(similarity, 5.0), similarity)
    worst.requires_grad_()
    loss = semantic_triplet(worst, 0.2, neutral, hardest=hardest)
    loss.backward()
    assert float(loss) == float(semantic_triplet(similarity, 0.2, neutral, hardest=hardest))
    assert not bool(worst.grad[off_diagonal].any())
    as_negatives = semantic_triplet(
        worst, 0.2, torch.zeros(N, N, dtype=torch.bool), hardest=hardest
    )
    assert float(as_negatives) > float(loss)


@pytest.mark.parametrize("hardest", [True, False])
def test_a_batch_without_negatives_costs_nothing(hardest):
    similarity = draw(1, N, N).requires_grad_()
    everything = torch.ones(N, N, dtype=torch.bool)
    loss = semantic_triplet(similarity, 0.2, everything, hardest=hardest)
    loss.backward()
    assert float(loss) == 0.0
    assert float(similarity.grad.abs().sum()) == 0.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("hardest", [True, False])
def test_the_triplet_loss_does_not_depend_on_the_order_of_the_batch(seed, hardest):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))
    similarity, neutral = draw(1, N, N).tanh(), neutral_pairs()
    margin = semantic_margin(probabilities(2), probabilities(3))
    assert torch.allclose(
        semantic_triplet(similarity, margin, neutral, hardest=hardest),
        semantic_triplet(
            similarity[order][:, order],
            margin[order][:, order],
            neutral[order][:, order],
            hardest=hardest,
        ),
    )


@pytest.mark.parametrize("hardest", [True, False])
def test_the_triplet_gradient_agrees_with_finite_differences(hardest):
    margin = semantic_margin(probabilities(2), probabilities(3))
    check = torch.autograd.gradcheck
    similarity = draw(1, N, N).tanh().requires_grad_()
    assert check(
        lambda s: semantic_triplet(s, margin, neutral_pairs(), hardest=hardest), similarity
    )
    semantic_triplet(similarity, margin, neutral_pairs(), hardest=hardest).backward()
    assert bool((similarity.grad.diagonal() < 0).any())


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_class_loss_equals_the_plain_loop_and_skips_unknown_classes(smoothing):
    logits, labels = draw(4, N, C), torch.tensor([0, 3, -1, 1, 1, -1])
    losses = []
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        if label >= 0:
            log_sum = math.log(sum(math.exp(x) for x in row))
            target = [smoothing / C + (1 - smoothing) * (c == label) for c in range(C)]
            losses.append(-sum(t * (x - log_sum) for t, x in zip(target, row, strict=True)))
    ours = semantic_classes(logits, labels, smoothing)
    assert float(ours) == pytest.approx(sum(losses) / len(losses), abs=1e-12)


def test_the_class_gradient_agrees_with_finite_differences():
    logits, labels = draw(4, N, C).requires_grad_(), torch.tensor([0, 3, -1, 1, 1, -1])
    assert torch.autograd.gradcheck(lambda x: semantic_classes(x, labels, 0.1), logits)
    semantic_classes(logits, labels).backward()
    assert torch.equal(logits.grad.abs().sum(1) > 0, labels >= 0)


def test_a_batch_without_classes_costs_nothing():
    logits = draw(4, N, C).requires_grad_()
    loss = semantic_classes(logits, torch.full((N,), -1))
    loss.backward()
    assert float(loss) == 0.0
    assert float(logits.grad.abs().sum()) == 0.0
