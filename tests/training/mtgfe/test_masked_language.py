"""Masked words: which are chosen, what becomes of them, and the loss."""

import math

import pytest
import torch
from scene_search.training.losses.masked_language import mask_tokens, masked_language

CLS, SEP, MASK, FIRST, V = 2, 3, 4, 5, 40


def texts(count=3000, length=12):
    """Sentences of several lengths between [CLS] and [SEP], with an unknown word each."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(FIRST, V, (count, length), generator=generator)
    ends = torch.randint(3, length, (count,), generator=generator)
    mask = (torch.arange(length) <= ends[:, None]).long()
    ids[:, 0], ids[:, 1] = CLS, 1
    ids[torch.arange(count), ends] = SEP
    return ids * mask, mask


@pytest.fixture
def masked():
    torch.manual_seed(3)
    ids, mask = texts()
    return (
        ids,
        mask,
        mask_tokens(ids, mask, mask_id=MASK, first_word=FIRST, vocabulary=V),
    )


def test_special_tokens_and_padding_are_never_chosen_nor_changed(masked):
    ids, mask, found = masked
    words = (mask == 1) & (ids >= FIRST)
    assert not bool((found.chosen & ~words).any())
    assert torch.equal(found.input_ids[~found.chosen], ids[~found.chosen])


def test_fifteen_percent_are_chosen_and_eighty_ten_ten_of_them_treated(masked):
    ids, mask, found = masked
    words = (mask == 1) & (ids >= FIRST)
    chosen = int(found.chosen.sum())
    assert chosen / int(words.sum()) == pytest.approx(0.15, abs=0.01)
    new, old = found.input_ids[found.chosen], ids[found.chosen]
    assert float((new == MASK).float().mean()) == pytest.approx(0.8, abs=0.03)
    swapped = (new != MASK) & (new != old)
    # a random word may be the old one
    assert float(swapped.float().mean()) == pytest.approx(0.1 * (1 - 1 / (V - FIRST)), abs=0.02)
    assert int(new[swapped].min()) >= FIRST
    assert int(new[swapped].max()) < V
    assert len(set(new[swapped].tolist())) > (V - FIRST) * 0.8


def test_a_share_of_one_chooses_every_word():
    ids, mask = texts(20)
    found = mask_tokens(ids, mask, mask_id=MASK, first_word=FIRST, vocabulary=V, share=1.0)
    assert torch.equal(found.chosen, (mask == 1) & (ids >= FIRST))


def test_the_loss_equals_the_plain_loop_and_finite_differences():
    generator = torch.Generator().manual_seed(1)
    logits = torch.randn(4, V, generator=generator, dtype=torch.float64, requires_grad=True)
    words = torch.tensor([5, 9, 9, 39])
    expected = 0.0
    for row, word in zip(logits.detach(), words, strict=True):
        total = sum(math.exp(float(x)) for x in row)
        expected -= math.log(math.exp(float(row[word])) / total) / 4
    assert float(masked_language(logits, words)) == pytest.approx(expected, abs=1e-12)
    assert torch.autograd.gradcheck(lambda x: masked_language(x, words), (logits,))


def test_without_a_chosen_word_the_loss_is_zero_with_a_gradient():
    logits = torch.zeros(0, V, requires_grad=True)
    loss = masked_language(logits, torch.zeros(0, dtype=torch.long))
    loss.backward()
    assert float(loss) == 0.0
    assert logits.grad is not None
