"""Hubness against its definition, and what ranking by it does to a hub."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scene_search.training.towers.hub_prototypes import HubPrototypes


def unit(rows, width, seed):
    values = torch.from_numpy(np.random.default_rng(seed).normal(size=(rows, width)))
    return torch.nn.functional.normalize(values, dim=1).float()


def by_loop(features, bank, temperature, share):
    """The soft maximum of the cosines with everything in a bank."""
    found = []
    for one in features.double():
        mean = sum(torch.exp(one @ other / temperature) for other in bank.double()) / len(bank)
        found.append(share * temperature * torch.log(mean))
    return torch.stack(found)


@given(
    st.integers(1, 12), st.integers(2, 20), st.floats(0.05, 1), st.floats(0.1, 1), st.integers(0, 9)
)
def test_with_a_place_for_each_it_is_that_of_the_whole_bank(count, width, temperature, share, seed):
    hubs = HubPrototypes(16, width, temperature, share)
    bank, features = unit(count, width, seed), unit(5, width, seed + 100)
    hubs.learn(bank)
    expected = by_loop(features, bank, temperature, share)
    np.testing.assert_allclose(hubs(features), expected, atol=1e-5)


def test_clusters_stand_for_what_is_in_them():
    centres = unit(6, 32, 0)
    sizes = [5, 10, 20, 40, 80, 160]
    bank = torch.cat(
        [
            torch.nn.functional.normalize(centre + 0.02 * unit(size, 32, 50 + size), dim=1)
            for centre, size in zip(centres, sizes, strict=True)
        ]
    )
    hubs, features = HubPrototypes(6, 32), unit(40, 32, 1)
    hubs.learn(bank)
    expected = by_loop(features, bank, hubs.temperature, hubs.share)
    np.testing.assert_allclose(hubs(features), expected, atol=2e-3)
    # shares matter: the same means, each counted alike, say something else
    alike = HubPrototypes(6, 32)
    alike.vectors.copy_(hubs.vectors)
    assert (alike(features) - expected).abs().max() > 0.02


def test_nothing_is_a_hub_before_it_has_learnt():
    assert HubPrototypes(8, 4)(unit(5, 4, 0)).abs().max() < 1e-6


def test_copies_in_the_bank_leave_no_cluster_that_counts_for_nothing():
    bank = unit(2, 8, 0).repeat(10, 1)  # 8 clusters of two different rows
    hubs, features = HubPrototypes(8, 8), unit(5, 8, 1)
    hubs.learn(bank)
    expected = by_loop(features, bank, hubs.temperature, hubs.share)
    np.testing.assert_allclose(hubs(features), expected, atol=1e-5)
    assert torch.isfinite(hubs.vectors).all()


def test_an_image_that_every_text_is_near_to_no_longer_comes_first():
    texts = unit(30, 16, 0)
    own = torch.nn.functional.normalize(texts + 2 * unit(30, 16, 1), dim=1)
    middle = torch.nn.functional.normalize(texts[:10].sum(0, keepdim=True), dim=1)
    images = torch.cat([own, middle])
    hubs = HubPrototypes(64, 16, share=1.0)
    hubs.learn(texts)
    cosine = texts @ images.T
    hub = len(images) - 1
    hits = [int((order.argmax(1) == hub).sum()) for order in (cosine, cosine - hubs(images))]
    assert hits[1] < hits[0]


@pytest.mark.parametrize("seed", [0, 3])
def test_learning_again_finds_the_same(seed):
    one, other = HubPrototypes(4, 8), HubPrototypes(4, 8)
    bank = unit(50, 8, 2)
    one.learn(unit(7, 8, 3))  # what was learnt before is forgotten
    one.learn(bank, seed)
    other.learn(bank, seed)
    assert torch.equal(one.vectors, other.vectors)
    assert torch.equal(one.log_share, other.log_share)
