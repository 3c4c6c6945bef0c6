"""Which nodes of an image graph are quantised, in a backbone that runs at two scales."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from scene_search.training.export import int8
from scene_search.training.export.graphs import export_graphs
from scene_search.training.towers.hash_head import HashHead, pack
from torch import nn

SIZE, WIDTH, LAYERS = 16, 8, 11


class TwoScales(nn.Module):
    """A backbone of eleven convolutions that sees the whole and the middle, and a head."""

    def __init__(self, head=WIDTH):
        super().__init__()
        layers = [nn.Conv2d(3 if i == 0 else WIDTH, WIDTH, 3, padding=1) for i in range(LAYERS)]
        self.backbone = nn.Sequential(*layers)
        self.head = nn.Linear(2 * WIDTH, head)
        self.hash_head = HashHead(head, 8)

    def image_outputs(self, pixels):
        views = pixels, pixels[:, :, 4:12, 4:12]
        seen = torch.cat([self.backbone(view).mean((2, 3)) for view in views], 1)
        features = nn.functional.normalize(self.head(seen), dim=1)
        return {"features": features, **self.hash_outputs(features)}

    def hash_outputs(self, features):
        return {"code": pack(self.hash_head(features))}


@pytest.fixture
def quantised(tmp_path):
    def made(**settings):
        torch.manual_seed(0)
        system = TwoScales(**settings)
        files = export_graphs(system, SIZE, tmp_path)
        pixels = np.random.default_rng(0).normal(size=(12, 3, SIZE, SIZE)).astype(np.float32)
        target = tmp_path / "image.int8.onnx"
        int8.quantise_image(files["image"], target, pixels)
        outputs = [
            ort.InferenceSession(str(file)).run(["features"], {"pixels": pixels})[0]
            for file in (files["image"], target)
        ]
        return onnx.load(str(target)).graph, outputs

    return made


def products(graph, kind):
    """Return how many nodes of a kind there are with weights as they were, and with int8 ones."""
    floats = {tensor.name for tensor in graph.initializer if tensor.data_type == 1}
    nodes = [node for node in graph.node if node.op_type == kind]
    plain = sum(node.input[1] in floats for node in nodes)
    return plain, len(nodes) - plain


def test_the_first_convolutions_stay_in_fp32_at_every_scale(quantised):
    graph, (exact, rounded) = quantised()
    assert products(graph, "Conv") == (2 * 9, 2 * (LAYERS - 9))
    assert products(graph, "Gemm") == (2, 0)  # the head and the hash layer
    assert (exact * rounded).sum(1).min() > 0.95


def test_large_matrices_are_quantised_too(quantised, monkeypatch):
    monkeypatch.setattr(int8, "_MANY_NUMBERS", 2 * WIDTH * WIDTH)
    graph, (exact, rounded) = quantised()
    assert products(graph, "Gemm")[0] == 0
    assert any(node.op_type == "MatMulInteger" for node in graph.node)
    assert (exact * rounded).sum(1).min() > 0.95
