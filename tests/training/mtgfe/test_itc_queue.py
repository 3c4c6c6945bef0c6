"""Image–text contrast against the batch's momentum features and a queue."""

import math

import pytest
import torch
from scene_search.training.losses.itc_queue import itc_queue, shared_contrast
from scene_search.training.losses.pair_queue import NONE, PairQueue, Pairs, describes
from torch.nn.functional import normalize

N, D, Q, TAU = 6, 5, 9, 0.3


def unit(seed, count=N):
    generator = torch.Generator().manual_seed(seed)
    return normalize(torch.randn(count, D, generator=generator, dtype=torch.float64), dim=1)


#: Captions 7 and 8 stand on images 0 and 3; images 1 and 4 are copies; -1 fills.
BATCH = Pairs(
    unit(1),
    unit(2),
    torch.tensor([0, 1, 2, 3, 1, 5]),
    torch.tensor([7, 11, 12, 8, 14, 15]),
    torch.tensor([[7, 8], [11, 14], [12, NONE], [8, 7], [11, 14], [15, NONE]]),
)
#: Of earlier steps: image 2 again, a stranger with caption 15, a stranger whose image also has
#: caption 12, and strangers.
QUEUE = Pairs(
    unit(3, Q),
    unit(4, Q),
    torch.tensor([2, 20, 21, 22, 23, 24, 25, 26, 27]),
    torch.tensor([12, 15, 31, 32, 33, 34, 35, 36, 37]),
    torch.tensor([[12], [15], [12], [32], [33], [34], [35], [36], [37]]),
)


def belongs(image, owned, text_image, caption):
    return image == text_image or caption in {int(c) for c in owned if c != NONE}


def by_loop(image, text, alpha):
    loss = 0.0
    pairs = [(p, k) for p in (BATCH, QUEUE) for k in range(len(p.image))]
    for i in range(N):
        own = int(BATCH.image[i]), BATCH.owned[i], int(BATCH.caption[i])
        for anchors, teachers, name in (
            (image, BATCH.image_features, "text_features"),
            (text, BATCH.text_features, "image_features"),
        ):
            similar, soft, positive = [], [], []
            for p, k in pairs:
                candidate = getattr(p, name)[k]
                similar.append(math.exp(float(anchors[i] @ candidate) / TAU))
                soft.append(math.exp(float(teachers[i] @ candidate) / TAU))
                positive.append(
                    belongs(own[0], own[1], int(p.image[k]), int(p.caption[k]))
                    if name == "text_features"
                    else belongs(int(p.image[k]), p.owned[k], own[0], own[2])
                )
            for k in range(len(pairs)):
                share = (1 - alpha) * positive[k] / sum(positive) + alpha * soft[k] / sum(soft)
                loss -= share * math.log(similar[k] / sum(similar))
    return loss / (2 * N)


@pytest.mark.parametrize("alpha", [0.0, 0.4])
def test_it_equals_the_plain_loop(alpha):
    ours = itc_queue(unit(5), unit(6), BATCH, QUEUE, TAU, alpha)
    assert float(ours) == pytest.approx(by_loop(unit(5), unit(6), alpha), abs=1e-12)


def test_gradients_agree_with_finite_differences_and_reach_every_input():
    image, text = unit(5).requires_grad_(), unit(6).requires_grad_()
    tau = torch.tensor(TAU, dtype=torch.float64, requires_grad=True)
    check = torch.autograd.gradcheck
    assert check(lambda a, b, t: itc_queue(a, b, BATCH, QUEUE, t), (image, text, tau))
    itc_queue(image, text, BATCH, QUEUE, tau, 0.4).backward()
    assert all(bool((t.grad.abs().sum(1) > 0).all()) for t in (image, text))
    assert float(tau.grad) != 0


@pytest.mark.parametrize("seed", range(3))
def test_it_does_not_depend_on_the_order_of_batch_or_queue(seed):
    generator = torch.Generator().manual_seed(seed)
    order, old = torch.randperm(N, generator=generator), torch.randperm(Q, generator=generator)
    batch, queue = Pairs(*(v[order] for v in BATCH)), Pairs(*(v[old] for v in QUEUE))
    assert torch.allclose(
        itc_queue(unit(5), unit(6), BATCH, QUEUE, TAU),
        itc_queue(unit(5)[order], unit(6)[order], batch, queue, TAU),
    )


def test_an_empty_queue_leaves_the_batch():
    empty = PairQueue(Q, D, 2).pairs()
    empty = empty._replace(
        image_features=empty.image_features.double(), text_features=empty.text_features.double()
    )
    positive = describes(BATCH.image, BATCH.owned, BATCH.image, BATCH.caption)
    expected = (
        shared_contrast(unit(5), BATCH.text_features, positive, TAU)
        + shared_contrast(unit(6), BATCH.image_features, positive.T, TAU)
    ) / 2
    assert torch.allclose(itc_queue(unit(5), unit(6), BATCH, empty, TAU), expected)


def test_what_belongs_together():
    inside = describes(BATCH.image, BATCH.owned, BATCH.image, BATCH.caption)
    expected = torch.eye(N, dtype=torch.bool)
    expected[0, 3] = expected[3, 0] = expected[1, 4] = expected[4, 1] = True
    assert torch.equal(inside, expected)
    outside = describes(BATCH.image, BATCH.owned, QUEUE.image, QUEUE.caption)
    assert outside.nonzero().tolist() == [[2, 0], [5, 1]]
    turned = describes(QUEUE.image, QUEUE.owned, BATCH.image, BATCH.caption)
    assert turned.nonzero().tolist() == [[0, 2], [1, 5], [2, 2]]
    # the fill of a short list is no caption that two images share
    nothing = torch.tensor([[NONE]])
    assert not describes(torch.tensor([1]), nothing, torch.tensor([2]), torch.tensor([9])).any()


def test_duplicates_in_batch_and_queue_are_never_pushed_away():
    """Where only duplicates are candidates, the gradient pulls towards every one of them."""
    image = unit(5).requires_grad_()
    itc_queue(image, unit(6), BATCH, QUEUE, TAU).backward()
    pulled = {0: BATCH.text_features[3], 2: QUEUE.text_features[0], 5: QUEUE.text_features[1]}
    for row, duplicate in pulled.items():
        # the same with the duplicate as a stranger pushes the image away from it
        caption = torch.arange(100, 100 + N)
        strangers = BATCH._replace(caption=caption, owned=caption[:, None])
        queue = QUEUE._replace(
            image=QUEUE.image + 100, caption=QUEUE.caption + 200, owned=QUEUE.owned + 200
        )
        own = unit(5).requires_grad_()
        itc_queue(own, unit(6), strangers, queue, TAU).backward()
        assert float(image.grad[row] @ duplicate) < float(own.grad[row] @ duplicate)


def pairs(first, count, captions=2):
    features = unit(first, count).float()
    image = torch.arange(first, first + count)
    return Pairs(features, -features, image, image + 50, (image + 50)[:, None].repeat(1, captions))


def test_the_queue_keeps_the_last_pairs_in_a_ring():
    queue = PairQueue(5, D, 3)
    assert len(queue.pairs().image) == 0
    queue.push(pairs(0, 3))
    assert queue.pairs().image.tolist() == [0, 1, 2]
    queue.push(pairs(3, 4))
    kept = queue.pairs()
    assert sorted(kept.image.tolist()) == [2, 3, 4, 5, 6]
    for row, image in enumerate(kept.image.tolist()):
        wanted = pairs(3, 4) if image >= 3 else pairs(0, 3)
        at = wanted.image.tolist().index(image)
        assert torch.equal(kept.image_features[row], wanted.image_features[at])
        assert torch.equal(kept.text_features[row], -kept.image_features[row])
        assert int(kept.caption[row]) == image + 50
        assert kept.owned[row].tolist() == [image + 50, image + 50, NONE]
    queue.push(pairs(20, 12))
    assert sorted(queue.pairs().image.tolist()) == [27, 28, 29, 30, 31]
    with pytest.raises(ValueError, match="4 captions"):
        queue.push(pairs(0, 1, captions=4))


def test_the_queue_comes_back_from_its_state():
    queue, again = PairQueue(5, D, 2), PairQueue(5, D, 2)
    queue.push(pairs(0, 3))
    again.load_state_dict(queue.state_dict())
    for one in (queue, again):
        one.push(pairs(3, 3))
    assert all(torch.equal(a, b) for a, b in zip(queue.pairs(), again.pairs(), strict=True))
