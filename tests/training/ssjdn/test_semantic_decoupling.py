"""Semantic decoupling against plain loops, and what padding and order may not change."""

import math

import pytest
import torch
from scene_search.training.towers.semantic_decoupling import SemanticDecoupling

N, P, W, C, X = 3, 5, 4, 3, 6


def draw(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


@pytest.fixture
def module():
    torch.manual_seed(3)
    built = SemanticDecoupling(W, X, C, hidden=7).double()
    torch.nn.init.normal_(built.bias)
    return built


def mask():
    return torch.tensor([[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 0, 0, 0, 0]])


def by_loop(module, places, words, kept):
    """Logits and vector of one item, place by place and class by class."""
    logits, features = [], []
    for c, word in enumerate(words):
        v = module.word.weight @ word
        scores = []
        for place in places[:kept]:
            u = module.place.weight @ place
            scores.append(
                sum(
                    float(w) * math.tanh(float(a) * float(b))
                    for w, a, b in zip(module.attend.weight[0], u, v, strict=True)
                )
            )
        total = sum(math.exp(s) for s in scores)
        feature = sum(math.exp(s) / total * f for s, f in zip(scores, places, strict=False))
        features.append(feature)
        logits.append(float(module.classify[c] @ feature + module.bias[c]))
    total = sum(math.exp(x) for x in logits)
    vector = sum(math.exp(x) / total * f for x, f in zip(logits, features, strict=True))
    return logits, vector


def test_attention_classes_and_vector_equal_the_plain_loop(module):
    places, words = draw(1, N, P, W), draw(2, C, X)
    ours = module(places, words, mask())
    for n, kept in enumerate(mask().sum(1).tolist()):
        logits, vector = by_loop(module, places[n], words, kept)
        assert ours.logits[n].tolist() == pytest.approx(logits, abs=1e-12)
        assert torch.allclose(ours.vector[n], vector)


def test_attention_sums_to_one_and_is_nothing_at_padding(module):
    attention = module(draw(1, N, P, W), draw(2, C, X), mask()).attention
    assert torch.allclose(attention.sum(1), torch.ones(N, C, dtype=torch.float64))
    assert float(attention[mask() == 0].abs().max()) == 0.0


def test_what_stands_in_the_padding_changes_nothing(module):
    places, words = draw(1, N, P, W), draw(2, C, X)
    ours = module(places, words, mask())
    places[mask() == 0] = 100.0
    again = module(places, words, mask())
    assert torch.equal(ours.logits, again.logits)
    assert torch.equal(ours.vector, again.vector)
    short = module(places[1:, :3], words, mask()[1:, :3])
    assert torch.allclose(short.logits, ours.logits[1:], atol=1e-14)


def test_places_have_no_order_but_items_and_classes_keep_theirs(module):
    places, words = draw(1, N, P, W), draw(2, C, X)
    ours = module(places, words)
    order = torch.randperm(P, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(ours.logits, module(places[:, order], words).logits)
    assert torch.allclose(ours.vector.flip(0), module(places.flip(0), words).vector)


def test_a_class_looks_where_its_word_says(module):
    """Two classes with equal words attend alike; another word attends elsewhere."""
    words = draw(2, C, X)
    words[1] = words[0]
    attention = module(draw(1, N, P, W), words).attention
    assert torch.equal(attention[:, :, 0], attention[:, :, 1])
    assert not torch.allclose(attention[:, :, 0], attention[:, :, 2])


def test_the_gradient_agrees_with_finite_differences_and_reaches_every_parameter(module):
    places, words = draw(1, N, P, W).requires_grad_(), draw(2, C, X)

    def run(inputs):
        out = module(inputs, words, mask())
        return out.logits, out.vector

    assert torch.autograd.gradcheck(run, places)
    logits, vector = run(places)
    (logits.square().sum() + vector.square().sum()).backward()
    assert all(bool(p.grad.any()) for p in module.parameters())
    assert float(places.grad[mask() == 0].abs().max()) == 0.0
