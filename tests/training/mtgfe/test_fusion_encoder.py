"""The fusion encoder: broadcasting, padding, order, gradients, and its ONNX graph."""

import numpy as np
import onnxruntime
import pytest
import torch
from scene_search.training.towers.fusion_encoder import FusionEncoder
from scene_search.training.towers.image_tokens import ImageTokens
from torch import nn

W, HEADS, P, L = 16, 4, 9, 6


@pytest.fixture
def fusion():
    torch.manual_seed(0)
    return FusionEncoder(W, layers=2, heads=HEADS).double().eval()


def draw(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def attention_by_loop(layer, queries, states, hidden):
    """Attention of one text to one image, head by head and token by token."""
    out = torch.zeros(len(queries), W, dtype=torch.float64)
    size = W // layer.heads
    query, key, value = layer.query(queries), layer.key(states), layer.value(states)
    for head in range(layer.heads):
        part = slice(head * size, (head + 1) * size)
        for i in range(len(queries)):
            seen = [j for j in range(len(states)) if not hidden[j]]
            scores = torch.tensor([float(query[i, part] @ key[j, part]) for j in seen])
            shares = torch.softmax(scores.double() / size**0.5, 0)
            for share, j in zip(shares, seen, strict=True):
                out[i, part] += share * value[j, part]
    return layer.out(out)


@torch.no_grad()
def fused_by_loop(fusion, image, text, mask):
    nothing = [False] * len(image)
    hidden = [int(m) == 0 for m in mask]
    for layer in fusion.layers:
        own = layer.self_norm(text)
        text = text + attention_by_loop(layer.self_attention, own, own, hidden)
        text = text + attention_by_loop(
            layer.cross_attention, layer.cross_norm(text), image, nothing
        )
        text = text + layer.feed_forward(text)
    return fusion.norm(text)


def test_it_equals_the_plain_loop(fusion):
    image, text = draw(3, P, W), draw(3, L, W, seed=1)
    mask = torch.tensor([[1] * L, [1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 0]])
    found = fusion(image, text, mask)
    for k in range(3):
        # the states of padding are nobody's business
        length = int(mask[k].sum())
        expected = fused_by_loop(fusion, image[k], text[k], mask[k])
        # scores go through float32 in the loop
        assert torch.allclose(found[k, :length], expected[:length], atol=1e-5)


def test_one_text_broadcasts_to_many_images(fusion):
    image, text = draw(5, P, W), draw(1, L, W, seed=1)
    mask = torch.tensor([[1, 1, 1, 1, 0, 0]])
    copied = fusion(image, text.repeat(5, 1, 1), mask.repeat(5, 1))
    assert torch.allclose(fusion(image, text, mask), copied, atol=1e-12)
    for k in range(5):
        alone = fusion(image[k : k + 1], text, mask)
        assert torch.allclose(alone[0], copied[k], atol=1e-12)


def test_padding_does_not_count(fusion):
    image, text = draw(2, P, W), draw(2, L, W, seed=1)
    short = fusion(image, text, torch.ones(2, L, dtype=torch.int64))
    padded = torch.cat([text, 100 * draw(2, 3, W, seed=2)], 1)
    mask = torch.tensor([[1] * L + [0] * 3] * 2)
    assert torch.equal(fusion(image, padded, mask)[:, :L], short)


def test_a_text_of_nothing_but_padding_stays_finite(fusion):
    found = fusion(draw(1, P, W), draw(1, L, W), torch.zeros(1, L, dtype=torch.int64))
    assert bool(found.isfinite().all())


def test_pairs_do_not_look_at_each_other_and_cells_have_no_order(fusion):
    image, text = draw(4, P, W), draw(4, L, W, seed=1)
    mask = torch.ones(4, L, dtype=torch.int64)
    whole = fusion(image, text, mask)
    order = torch.tensor([2, 0, 3, 1])
    assert torch.allclose(fusion(image[order], text[order], mask), whole[order], atol=1e-12)
    # where a cell lies is told by its position, added before
    shuffled = image[:, torch.randperm(P, generator=torch.Generator().manual_seed(4))]
    assert torch.allclose(fusion(shuffled, text, mask), whole, atol=1e-12)


def test_gradients_agree_with_finite_differences_and_reach_everything():
    torch.manual_seed(0)
    small = FusionEncoder(4, layers=1, heads=2, expansion=2).double().eval()
    image = draw(2, 3, 4).requires_grad_()
    text = draw(1, 3, 4, seed=1).requires_grad_()
    mask = torch.tensor([[1, 1, 0]])
    cls = lambda a, b: small(a, b, mask)[:, 0]  # noqa: E731
    assert torch.autograd.gradcheck(cls, (image, text))
    cls(image, text).square().sum().backward()
    assert bool((image.grad.abs().sum(2) > 0).all())
    assert bool((text.grad[0, :2].abs().sum(1) > 0).all())
    assert float(text.grad[0, 2].abs().max()) == 0.0
    # a key's bias moves all scores of a query alike, which a softmax does not see
    for name, weights in small.named_parameters():
        moved = float(weights.grad.abs().max())
        assert moved > 0 or "key.bias" in name, name


def test_a_width_that_the_heads_do_not_share_is_refused():
    with pytest.raises(ValueError, match="multiple of 3 heads"):
        FusionEncoder(16, heads=3)


def test_tokens_follow_the_cells_row_by_row_and_other_grids_are_interpolated():
    torch.manual_seed(0)
    tokens = ImageTokens(5, W, grid=4).double().eval()
    nn.init.normal_(tokens.position)
    cells = draw(2, 5, 4, 4)
    found = tokens(cells)
    assert found.shape == (2, 16, W)
    alone = tokens.norm(tokens.project(cells[1, :, 2, 3]) + tokens.position[0, :, 2, 3])
    assert torch.allclose(found[1, 2 * 4 + 3], alone, atol=1e-12)
    assert tokens(draw(2, 5, 5, 7)).shape == (2, 35, W)
    # a position twice as fine in each direction lies between its neighbours
    flat = ImageTokens(5, W, grid=4).double()
    nn.init.constant_(flat.position, 0.5)
    even = draw(1, 5, 1, 1).expand(1, 5, 8, 8)
    assert torch.allclose(flat(even), flat(even)[:, :1].expand(1, 64, W), atol=1e-12)


class _Match(nn.Module):
    def __init__(self):
        super().__init__()
        self.fusion, self.head = FusionEncoder(W, layers=2, heads=HEADS), nn.Linear(W, 1)

    def forward(self, image, text, mask):
        return torch.sigmoid(self.head(self.fusion(image, text, mask)[:, 0]).squeeze(1))


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    torch.manual_seed(0)
    model = _Match().eval()
    file = tmp_path_factory.mktemp("graph") / "fusion.onnx"
    torch.onnx.export(
        model,
        (torch.rand(3, P, W), torch.rand(1, L, W), torch.ones(1, L, dtype=torch.int64)),
        str(file),
        input_names=["image_tokens", "text_tokens", "text_mask"],
        output_names=["match"],
        dynamic_axes={
            "image_tokens": {0: "images", 1: "cells"},
            "text_tokens": {0: "texts", 1: "tokens"},
            "text_mask": {0: "texts", 1: "tokens"},
            "match": {0: "images"},
        },
        opset_version=17,
        dynamo=False,
    )
    return model, onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize(("cells", "length"), [(P, L), (25, 3), (36, 20)])
@pytest.mark.parametrize("many_texts", [False, True])
@pytest.mark.parametrize("images", [1, 7])
def test_the_graph_computes_what_the_module_does(graph, images, many_texts, cells, length):
    model, session = graph
    count = images if many_texts else 1
    image = draw(images, cells, W).float()
    text = draw(count, length, W, seed=1).float()
    mask = torch.ones(count, length, dtype=torch.int64)
    mask[-1, length // 2 + 1 :] = 0
    inputs = {"image_tokens": image, "text_tokens": text, "text_mask": mask}
    (found,) = session.run(["match"], {name: value.numpy() for name, value in inputs.items()})
    with torch.no_grad():
        expected = model(image, text, mask).numpy()
    assert found.shape == (images,)
    np.testing.assert_allclose(found, expected, atol=1e-6)
