"""CCLS2T's losses against plain loops, their gradients and invariances, and duplicates."""

import math

import pytest
import torch
from scene_search.training.losses.context_reconstruction import context_reconstruction
from scene_search.training.losses.contrastive import image_text_contrast
from scene_search.training.losses.pair_depths import pair_depths
from scene_search.training.losses.soft_contrast import soft_contrast, softened
from scene_search.training.losses.tree_hash import flat_hash, level_bits, tree_hash
from torch.nn.functional import normalize

N, D, K, LEVELS = 6, 5, 16, 3
TAU, KAPPA = 0.3, 5.0
# classes 0 and 1 share their group, 2 their kind only, 3 nothing
CLASS_DEPTH = torch.tensor([[3, 2, 1, 0], [2, 3, 1, 0], [1, 1, 3, 0], [0, 0, 0, 3]])
LABEL = torch.tensor([0, 1, 2, 3, 0, 2])
# image 5 is a copy of image 2; caption 4 is caption 0's sentence; caption 1 stands on image 3 too
IMAGE = torch.tensor([0, 1, 2, 3, 4, 2])
CAPTION = torch.tensor([0, 1, 2, 3, 0, 5])
DESCRIBES = torch.eye(N, dtype=torch.bool)
for i, j in ((0, 4), (4, 0), (3, 1), (2, 5), (5, 2)):
    DESCRIBES[i, j] = True
ALLOCATION = (2, 4, 10)


def draw(seed, width, count=N):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(count, width, generator=generator, dtype=torch.float64)


def depths():
    return pair_depths(CLASS_DEPTH, LABEL, IMAGE, CAPTION, DESCRIBES, LEVELS)


def weights(kappa=KAPPA):
    return softened(depths().image_text, DESCRIBES, LEVELS, kappa)


def dot(a, b):
    return sum(float(x * y) for x, y in zip(a, b, strict=True))


def soft_contrast_by_loop(image, text):
    def weight(i, j):
        depth = LEVELS + 1 if DESCRIBES[i, j] else int(CLASS_DEPTH[LABEL[i], LABEL[j]])
        return math.exp(KAPPA * depth / (LEVELS + 1))

    total = 0.0
    for i in range(N):
        by_image = sum(math.exp(dot(image[i], text[j]) / TAU) for j in range(N))
        by_text = sum(math.exp(dot(image[j], text[i]) / TAU) for j in range(N))
        shares = sum(weight(i, j) for j in range(N)), sum(weight(j, i) for j in range(N))
        for j in range(N):
            to_text = dot(image[i], text[j]) / TAU - math.log(by_image)
            to_image = dot(image[j], text[i]) / TAU - math.log(by_text)
            total -= weight(i, j) / shares[0] * to_text / N
            total -= weight(j, i) / shares[1] * to_image / N
    return total / 2


def tree_hash_by_loop(first, second, depth):
    total, start = 0.0, 0
    for level, bits in enumerate(ALLOCATION, start=1):
        terms = []
        for i in range(len(first)):
            for j in range(len(second)):
                agreement = dot(first[i][start : start + bits], second[j][start : start + bits])
                wanted = 1 if depth[i, j] >= level else -1
                terms.append((agreement / bits - wanted) ** 2)
        total += sum(terms) / len(terms) / len(ALLOCATION)
        start += bits
    return total


def test_soft_contrast_equals_the_plain_loop():
    image, text = normalize(draw(1, D)), normalize(draw(2, D))
    ours = soft_contrast(image, text, TAU, weights().double())
    # the weights themselves are float32
    assert float(ours) == pytest.approx(soft_contrast_by_loop(image, text), abs=1e-6)


def test_weights_of_a_pair_fall_with_every_level_it_climbs():
    depth = torch.tensor([[3, 3, 2, 1, 0]])
    same = torch.tensor([[True, False, False, False, False]])
    found = softened(depth, same, LEVELS, 8.0)[0].tolist()
    assert found == pytest.approx([1.0, math.exp(-2), math.exp(-4), math.exp(-6), math.exp(-8)])


def test_without_the_tree_and_duplicates_it_is_the_plain_contrast():
    image, text = normalize(draw(1, D)), normalize(draw(2, D))
    hard = softened(torch.zeros(N, N, dtype=torch.int64), torch.eye(N).bool(), LEVELS, None)
    assert float(soft_contrast(image, text, TAU, hard)) == pytest.approx(
        float(image_text_contrast(image, text, TAU)), abs=1e-12
    )


@pytest.mark.parametrize("kappa", [KAPPA, 16.0, None])
def test_duplicates_share_the_target_and_are_never_negatives(kappa):
    found = weights(kappa)
    assert torch.equal(found[0, [0, 4]], torch.ones(2))  # one sentence drawn twice
    assert float(found[3, 1]) == 1.0  # a sentence of another class that stands on image 3 too
    assert torch.equal(found[[2, 5], 2], torch.ones(2))  # one image twice
    # every image alike to its own caption alone, so that a gradient shows one pair's pull
    text = torch.eye(N, dtype=torch.float64)

    def pull_on_image_3(own_weights):
        image = torch.eye(N, dtype=torch.float64).requires_grad_()
        soft_contrast(image, text, TAU, own_weights.double()).backward()
        return -float(image.grad[3, 1])

    alone = softened(depths().image_text.masked_fill(DESCRIBES, 0), torch.eye(N).bool(), 3, kappa)
    assert pull_on_image_3(found) > 0 > pull_on_image_3(alone)


def test_tree_hash_equals_the_plain_loop():
    first, second = torch.tanh(draw(3, K)), torch.tanh(draw(4, K))
    depth = depths().image_text
    ours = tree_hash(first, second, depth, ALLOCATION)
    assert float(ours) == pytest.approx(tree_hash_by_loop(first, second, depth), abs=1e-12)


def test_flat_hash_equals_the_plain_loop():
    first, second = torch.tanh(draw(3, K)), torch.tanh(draw(4, K))
    depth = depths().image_text
    terms = [
        (dot(first[i], second[j]) / K - (2 * int(depth[i, j]) / LEVELS - 1)) ** 2
        for i in range(N)
        for j in range(N)
    ]
    ours = flat_hash(first, second, depth, LEVELS)
    assert float(ours) == pytest.approx(sum(terms) / len(terms), abs=1e-12)


def test_codes_that_form_the_tree_cost_nothing_and_share_prefixes():
    # two kinds, whose first bits are opposite; each has one class, two images of it
    depth = torch.tensor([[3, 3, 0, 0], [3, 3, 0, 0], [0, 0, 3, 3], [0, 0, 3, 3]])
    code = torch.ones(4, K)
    code[2:] = -1
    assert float(tree_hash(code, code, depth, ALLOCATION)) == 0.0
    code[0, 3] = -1  # one bit of the second level's four: agreements 1 become 1/2, −1 become −1/2
    assert float(tree_hash(code, code, depth, ALLOCATION)) == pytest.approx(6 * 0.25 / 16 / 3)


@pytest.mark.parametrize(
    ("bits", "expected"), [(64, (8, 16, 40)), (32, (4, 8, 20)), (16, (2, 4, 10)), (8, (1, 2, 5))]
)
def test_bits_are_allotted_to_levels(bits, expected):
    assert level_bits(bits) == expected


@pytest.mark.parametrize("bits", [0, 4, 12])
def test_codes_that_are_no_bytes_have_no_levels(bits):
    with pytest.raises(ValueError, match="three levels"):
        level_bits(bits)


def test_the_mean_of_the_levels_targets_is_the_flat_target():
    # codes of equal agreement at every level: both losses see the same agreement
    depth = torch.tensor([[3, 2], [1, 0]])
    wanted = sum(2.0 * (depth >= level).float() - 1.0 for level in (1, 2, 3)) / 3
    assert torch.allclose(wanted, 2.0 * depth / LEVELS - 1.0)


def test_reconstruction_equals_the_plain_loop_over_known_numbers():
    predicted, target = draw(5, 9), draw(6, 9)
    known = draw(7, 9) > 0
    terms = [
        float((predicted[i, j] - target[i, j]) ** 2)
        for i in range(N)
        for j in range(9)
        if known[i, j]
    ]
    ours = context_reconstruction(predicted, target, known)
    assert float(ours) == pytest.approx(sum(terms) / len(terms), abs=1e-12)


def test_what_is_unknown_gives_no_gradient():
    predicted = draw(5, 9).requires_grad_()
    known = torch.zeros(N, 9, dtype=torch.bool)
    known[2, 3] = True
    context_reconstruction(predicted, draw(6, 9), known).backward()
    assert (predicted.grad != 0).nonzero().tolist() == [[2, 3]]
    nothing = context_reconstruction(predicted, draw(6, 9), torch.zeros_like(known))
    assert float(nothing) == 0.0


def test_duplicates_agree_fully_whatever_their_classes():
    found = depths()
    assert int(found.image_image[2, 5]) == LEVELS
    assert int(found.text_text[0, 4]) == LEVELS
    assert int(found.image_text[3, 1]) == LEVELS
    assert int(found.text_text[3, 1]) == 0  # two sentences of classes with nothing in common
    none = pair_depths(torch.zeros(0, 0).long(), LABEL, IMAGE, CAPTION, DESCRIBES, LEVELS)
    assert torch.equal(none.image_text > 0, DESCRIBES)


@pytest.mark.parametrize("seed", range(3))
def test_losses_do_not_depend_on_the_order_of_the_batch(seed):
    order = torch.randperm(N, generator=torch.Generator().manual_seed(seed))
    image, text = normalize(draw(1, D)), normalize(draw(2, D))
    u, v = torch.tanh(draw(3, K)), torch.tanh(draw(4, K))
    describes = DESCRIBES[order][:, order]
    mixed = pair_depths(CLASS_DEPTH, LABEL[order], IMAGE[order], CAPTION[order], describes, LEVELS)
    again = softened(mixed.image_text, describes, LEVELS, KAPPA).double()
    assert torch.allclose(
        soft_contrast(image, text, TAU, weights().double()),
        soft_contrast(image[order], text[order], TAU, again),
    )
    both, both_mixed = torch.cat([u, v]), torch.cat([u[order], v[order]])
    assert torch.allclose(
        tree_hash(both, both, depths().all_pairs(), ALLOCATION),
        tree_hash(both_mixed, both_mixed, mixed.all_pairs(), ALLOCATION),
    )


def test_gradients_agree_with_finite_differences_and_reach_every_input():
    image, text = (normalize(draw(s, D)).requires_grad_() for s in (1, 2))
    u, v = (torch.tanh(draw(s, K)).requires_grad_() for s in (3, 4))
    depth, soft = depths().image_text, weights().double()
    check = torch.autograd.gradcheck
    assert check(lambda a, b: soft_contrast(a, b, TAU, soft), (image, text))
    assert check(lambda a, b: tree_hash(a, b, depth, ALLOCATION), (u, v))
    assert check(lambda a, b: flat_hash(a, b, depth, LEVELS), (u, v))
    known = draw(7, 9) > 0
    assert check(
        lambda a: context_reconstruction(a, draw(6, 9), known), (draw(5, 9).requires_grad_(),)
    )
    total = soft_contrast(image, text, TAU, soft) + tree_hash(u, v, depth, ALLOCATION)
    total.backward()
    assert all(bool((t.grad.abs().sum(1) > 0).all()) for t in (image, text, u, v))
