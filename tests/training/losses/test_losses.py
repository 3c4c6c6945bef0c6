"""Losses against plain loops in float64, their gradients, and their invariances."""

import math

import pytest
import torch
from scene_search.training.losses.class_contrast import class_contrast
from scene_search.training.losses.contrastive import image_text_contrast
from scene_search.training.losses.quantisation import balance, quantisation
from torch.nn.functional import normalize

N, D = 7, 5
TAU = 0.3


@pytest.fixture
def vectors():
    generator = torch.Generator().manual_seed(3)
    draw = lambda: normalize(torch.randn(N, D, generator=generator, dtype=torch.float64), dim=1)  # noqa: E731
    return draw(), draw()


def neutral_pairs():
    pairs = torch.zeros(N, N, dtype=torch.bool)
    pairs[0, 3] = pairs[3, 0] = pairs[2, 5] = True
    return pairs


def contrast_by_loop(image, text, neutral):
    total = 0.0
    for a, b, skip in ((image, text, neutral), (text, image, neutral.T)):
        for i in range(N):
            kept = [j for j in range(N) if j == i or not skip[i, j]]
            denominator = sum(math.exp(float(a[i] @ b[j]) / TAU) for j in kept)
            total -= math.log(math.exp(float(a[i] @ b[i]) / TAU) / denominator) / N
    return total / 2


def class_contrast_by_loop(vectors, labels, domains):
    losses = []
    for i in range(N):
        others = [j for j in range(N) if j != i and domains[j] == domains[i]]
        positives = [j for j in others if labels[j] == labels[i]]
        if positives:
            denominator = sum(math.exp(float(vectors[i] @ vectors[j]) / TAU) for j in others)
            terms = [
                math.log(math.exp(float(vectors[i] @ vectors[j]) / TAU) / denominator)
                for j in positives
            ]
            losses.append(-sum(terms) / len(terms))
    return sum(losses) / len(losses)


def test_contrast_equals_the_plain_loop(vectors):
    image, text = vectors
    ours = image_text_contrast(image, text, TAU, neutral_pairs())
    assert float(ours) == pytest.approx(contrast_by_loop(image, text, neutral_pairs()), abs=1e-12)


def test_a_repeated_caption_is_no_negative(vectors):
    image, text = vectors
    text = text.clone()
    text[3] = text[0]
    repeated = torch.zeros(N, N, dtype=torch.bool)
    repeated[0, 3] = repeated[3, 0] = True

    def pull_on_image_0(neutral):
        own = image.clone().requires_grad_()
        image_text_contrast(own, text, TAU, neutral).backward()
        return float(own.grad[0] @ text[0])

    # taken as a negative, the copy pushes image 0 away from its own caption
    assert pull_on_image_0(repeated) < pull_on_image_0(None) < 0


def test_class_contrast_equals_the_plain_loop(vectors):
    labels = torch.tensor([0, 0, 1, 1, 0, 2, 2])
    domains = torch.tensor([0, 0, 0, 0, 1, 1, 1])
    ours = class_contrast(vectors[0], labels, domains, TAU)
    expected = class_contrast_by_loop(vectors[0], labels, domains)
    assert float(ours) == pytest.approx(expected, abs=1e-12)


def test_class_contrast_without_positives_is_zero_with_a_gradient(vectors):
    own = vectors[0].requires_grad_()
    loss = class_contrast(own, torch.arange(N), torch.zeros(N, dtype=torch.long), TAU)
    loss.backward()
    assert float(loss) == 0.0
    assert own.grad is not None


@pytest.mark.parametrize("seed", range(3))
def test_losses_do_not_depend_on_the_order_of_the_batch(vectors, seed):
    image, text = vectors
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))
    neutral = neutral_pairs()
    labels = torch.tensor([0, 0, 1, 1, 0, 2, 2])
    domains = torch.tensor([0, 0, 0, 0, 1, 1, 1])
    assert torch.allclose(
        image_text_contrast(image, text, TAU, neutral),
        image_text_contrast(image[order], text[order], TAU, neutral[order][:, order]),
    )
    assert torch.allclose(
        class_contrast(image, labels, domains),
        class_contrast(image[order], labels[order], domains[order]),
    )


def test_gradients_agree_with_finite_differences(vectors):
    image, text = (v.requires_grad_() for v in vectors)
    labels = torch.tensor([0, 0, 1, 1, 0, 2, 2])
    domains = torch.tensor([0, 0, 0, 0, 1, 1, 1])
    check = torch.autograd.gradcheck
    assert check(lambda a, b: image_text_contrast(a, b, TAU, neutral_pairs()), (image, text))
    assert check(lambda a: class_contrast(a, labels, domains, TAU), (image,))
    codes = (torch.rand(N, 8, dtype=torch.float64) * 1.6 - 0.8).requires_grad_()
    assert check(quantisation, (codes,))
    assert check(balance, (codes,))


def test_quantisation_and_balance_by_hand():
    codes = torch.tensor([[0.5, -1.0], [1.0, -1.0]])
    assert float(quantisation(codes)) == pytest.approx(0.25 / 4)
    assert float(balance(codes)) == pytest.approx((0.75**2 + 1.0) / 2)
