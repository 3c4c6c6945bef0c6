"""The GRU against torch's own with packed sequences; padding changes nothing; it exports."""

import numpy as np
import onnxruntime
import pytest
import torch
from scene_search.training.towers.gru_text import GruText, masked_mean, reversed_inside
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

N, L, W, H = 4, 6, 5, 3
LENGTHS = (6, 1, 4, 3)


def draw(seed, *shape):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def mask(length=L):
    return (torch.arange(length)[None, :] < torch.tensor(LENGTHS)[:, None]).long()


@pytest.fixture
def module():
    torch.manual_seed(4)
    return GruText(W, H).double()


def test_reversal_stays_inside_each_sentence():
    places = torch.arange(1.0, L + 1).expand(N, L)[:, :, None]
    ours = reversed_inside(places, mask())[:, :, 0].int().tolist()
    assert ours == [
        [6, 5, 4, 3, 2, 1],
        [1, 2, 3, 4, 5, 6],
        [4, 3, 2, 1, 5, 6],
        [3, 2, 1, 4, 5, 6],
    ]
    tokens = draw(1, N, L, W)
    assert torch.equal(reversed_inside(reversed_inside(tokens, mask()), mask()), tokens)


def test_states_equal_a_packed_bidirectional_gru(module):
    reference = nn.GRU(W, H, batch_first=True, bidirectional=True).double()
    for name, parameter in module.onward.named_parameters():
        reference.get_parameter(name).data.copy_(parameter)
    for name, parameter in module.backward_.named_parameters():
        reference.get_parameter(f"{name}_reverse").data.copy_(parameter)
    tokens = draw(1, N, L, W)
    packed = pack_padded_sequence(
        tokens, torch.tensor(LENGTHS), batch_first=True, enforce_sorted=False
    )
    expected, _ = pad_packed_sequence(reference(packed)[0], batch_first=True)
    assert torch.allclose(module(tokens, mask()), expected, atol=1e-12)


def test_padding_changes_nothing(module):
    tokens = draw(1, N, L, W)
    ours = module(tokens, mask())
    tokens[mask() == 0] = 1e6
    assert torch.equal(module(tokens, mask()), ours)
    longer = torch.cat([tokens, torch.full((N, 5, W), -7.0, dtype=torch.float64)], 1)
    again = module(longer, mask(L + 5))
    assert torch.allclose(again[:, :L], ours, atol=1e-14)
    assert not bool(again[:, L:].any())
    pooled = masked_mean(ours, mask())
    assert torch.allclose(masked_mean(again, mask(L + 5)), pooled, atol=1e-14)


def test_the_masked_mean_by_hand():
    tokens = draw(1, N, L, W)
    for row, length, ours in zip(tokens, LENGTHS, masked_mean(tokens, mask()), strict=True):
        assert torch.allclose(ours, sum(row[:length]) / length)


def test_the_order_of_words_counts_in_both_directions(module):
    tokens = draw(1, 1, 3, W)
    ones = torch.ones(1, 3, dtype=torch.long)
    ours = module(tokens, ones)
    changed = tokens.clone()
    changed[:, 2] += 1
    again = module(changed, ones)
    assert torch.equal(again[:, 0, :H], ours[:, 0, :H])  # onward has not read the last word yet
    assert not torch.allclose(again[:, 0, H:], ours[:, 0, H:])  # the way back began with it


def test_the_gradient_agrees_with_finite_differences(module):
    tokens = draw(1, N, L, W).requires_grad_()
    assert torch.autograd.gradcheck(lambda t: masked_mean(module(t, mask()), mask()), tokens)
    module(tokens, mask()).square().sum().backward()
    assert torch.equal(tokens.grad.abs().sum(2) > 0, mask() == 1)
    assert all(bool(p.grad.any()) for p in module.parameters())


def test_the_graph_takes_any_batch_and_any_length(module, tmp_path):
    class Pooled(nn.Module):
        def __init__(self):
            super().__init__()
            self.gru = module.float()

        def forward(self, tokens, mask):
            return masked_mean(self.gru(tokens, mask), mask)

    graph = Pooled().eval()
    file = str(tmp_path / "gru.onnx")
    dynamic = {0: "batch", 1: "tokens"}
    torch.onnx.export(
        graph,
        (torch.rand(2, 4, W), torch.ones(2, 4, dtype=torch.long)),
        file,
        input_names=["tokens", "mask"],
        output_names=["pooled"],
        dynamic_axes={"tokens": dynamic, "mask": dynamic, "pooled": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    for number, length in ((1, 1), (1, 9), (4, 6), (7, 3)):
        tokens = draw(number, number, length, W).float()
        kept = torch.randint(1, length + 1, (number, 1))
        padding = (torch.arange(length)[None, :] < kept).long()
        ours = session.run(["pooled"], {"tokens": tokens.numpy(), "mask": padding.numpy()})[0]
        with torch.no_grad():
            assert np.abs(ours - graph(tokens, padding).numpy()).max() < 1e-6
