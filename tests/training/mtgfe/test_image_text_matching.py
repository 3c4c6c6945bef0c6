"""Matching with hard negatives: what may be drawn, how often, and the loss."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scene_search.training.losses.image_text_matching import hard_negatives, image_text_matching

N = 5


def forbidden_pairs():
    """Captions 0 and 3 are one sentence; text 1 also describes image 4, but not the reverse."""
    pairs = torch.eye(N, dtype=torch.bool)
    pairs[0, 3] = pairs[3, 0] = pairs[4, 1] = True
    return pairs


@given(st.integers(0, 2**31 - 1), st.floats(0.1, 0.9))
@settings(max_examples=60, deadline=None)
def test_a_pair_that_belongs_together_is_never_drawn(seed, density):
    generator = torch.Generator().manual_seed(seed)
    forbidden = torch.rand(N, N, generator=generator) < density
    forbidden |= torch.eye(N, dtype=torch.bool)
    # the likeliest pairs are the forbidden ones, as copies are in training
    similarity = torch.randn(N, N, generator=generator) + 1e3 * forbidden
    torch.manual_seed(seed)
    drawn = hard_negatives(similarity, forbidden)
    assert not forbidden[drawn.image, drawn.text].any()
    images = (~forbidden).any(1).nonzero().flatten()
    texts = (~forbidden).any(0).nonzero().flatten()
    # one for every image, then one for every text, that has any
    assert torch.equal(drawn.image[: len(images)], images)
    assert torch.equal(drawn.text[len(images) :], texts)


def test_they_are_drawn_in_proportion_to_the_softmax():
    generator = torch.Generator().manual_seed(0)
    similarity = torch.randn(N, N, generator=generator)
    forbidden = forbidden_pairs()
    counts = torch.zeros(2, N, N)
    rounds = 4000
    torch.manual_seed(1)
    for _ in range(rounds):
        drawn = hard_negatives(similarity, forbidden)
        for k, (i, j) in enumerate(zip(drawn.image, drawn.text, strict=True)):
            counts[0 if k < N else 1, i, j] += 1
    for turned in (0, 1):
        logits = similarity.masked_fill(forbidden, float("-inf"))
        expected = torch.softmax(logits, dim=0 if turned else 1)
        # five standard deviations of a share of 4000 draws
        assert float((counts[turned] / rounds - expected).abs().max()) < 5 * 0.5 / rounds**0.5


def test_without_any_negative_the_loss_is_that_of_the_positives():
    drawn = hard_negatives(torch.zeros(N, N), torch.ones(N, N, dtype=torch.bool))
    assert len(drawn.image) == len(drawn.text) == 0
    logits = torch.randn(N, dtype=torch.float64)
    loss = image_text_matching(logits, logits[drawn.image])
    expected = sum(math.log(1 + math.exp(-float(x))) for x in logits) / N
    assert float(loss) == pytest.approx(expected, abs=1e-12)


def test_the_loss_equals_the_plain_loop_and_finite_differences():
    generator = torch.Generator().manual_seed(2)
    positive = torch.randn(N, generator=generator, dtype=torch.float64, requires_grad=True)
    negative = torch.randn(2 * N, generator=generator, dtype=torch.float64, requires_grad=True)
    sigmoid = lambda x: 1 / (1 + math.exp(-float(x)))  # noqa: E731
    terms = [-math.log(sigmoid(x)) for x in positive]
    terms += [-math.log(1 - sigmoid(x)) for x in negative]
    loss = image_text_matching(positive, negative)
    assert float(loss) == pytest.approx(sum(terms) / len(terms), abs=1e-12)
    assert torch.autograd.gradcheck(image_text_matching, (positive, negative))
    loss.backward()
    assert bool((positive.grad < 0).all())
    assert bool((negative.grad > 0).all())
    order = torch.randperm(2 * N, generator=generator)
    assert torch.allclose(image_text_matching(positive.flip(0), negative[order]), loss)
