"""Graphs whose matrices and tables are kept in eight bits compute nearly the same."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from scene_search.training.export.weights_only import quantise_weights
from torch import nn

WORDS, WIDTH = 300, 64


class Reader(nn.Module):
    """A table, a product of tokens, a recurrent layer both ways, and a projection."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.mixing = nn.Linear(WIDTH, 2 * WIDTH, bias=False)
        self.onward = nn.GRU(2 * WIDTH, WIDTH, batch_first=True, bidirectional=True)
        self.projection = nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, ids):
        states, _ = self.onward(self.mixing(self.words(ids)))
        return self.projection(states.mean(1))


@pytest.fixture
def graphs(tmp_path):
    torch.manual_seed(0)
    source, target = tmp_path / "fp32.onnx", tmp_path / "int8.onnx"
    torch.onnx.export(
        Reader().eval(),
        (torch.ones(2, 5, dtype=torch.int64),),
        str(source),
        input_names=["ids"],
        output_names=["features"],
        dynamic_axes={"ids": {1: "tokens"}},
        opset_version=17,
        dynamo=False,
    )
    quantise_weights(source, target)
    return source, target


def test_it_computes_nearly_the_same(graphs):
    ids = np.random.default_rng(0).integers(0, WORDS, (2, 9))
    exact, rounded = (ort.InferenceSession(str(file)).run(None, {"ids": ids})[0] for file in graphs)
    cosine = (
        (exact * rounded).sum(1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(rounded, axis=1)
    )
    assert cosine.min() > 0.999
    assert np.abs(exact - rounded).max() > 0  # it did round


def test_it_is_a_quarter_of_the_size(graphs):
    source, target = (file.stat().st_size for file in graphs)
    assert target < 0.32 * source
    large = [t for t in onnx.load(str(graphs[1])).graph.initializer if np.prod(t.dims) >= 4096]
    assert len(large) == 5  # table, product, both matrices of the recurrent layer, projection
    assert all(tensor.data_type == onnx.TensorProto.INT8 for tensor in large)


def test_no_weight_is_off_by_more_than_half_a_step(graphs):
    source, target = (
        {t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(str(file)).graph.initializer}
        for file in graphs
    )
    checked = 0
    for name, weights in source.items():
        if f"{name}.int8" in target:
            scale = target[f"{name}.scale"]
            error = np.abs(target[f"{name}.int8"] * scale - weights)
            assert (error <= 0.5001 * scale).all()
            checked += 1
    assert checked == 5
