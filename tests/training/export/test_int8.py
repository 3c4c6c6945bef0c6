"""Graphs whose weights are kept in eight bits compute nearly the same."""

import numpy as np
import onnx
import onnxruntime as ort
import pytest
import torch
from scene_search.training.export.int8 import quantise_weights
from torch import nn

WORDS, WIDTH = 300, 128


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
    large = [t for t in onnx.load(str(graphs[1])).graph.initializer if np.prod(t.dims) >= 32768]
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


def test_convolutions_are_kept_in_eight_bits_but_for_depthwise_ones(tmp_path):
    torch.manual_seed(0)
    network = nn.Sequential(
        nn.Conv2d(3, 64, 3), nn.Conv2d(64, 64, 23, groups=64), nn.Conv2d(64, 512, 1)
    )
    source, target = tmp_path / "fp32.onnx", tmp_path / "int8.onnx"
    torch.onnx.export(
        network.eval(),
        (torch.ones(1, 3, 32, 32),),
        str(source),
        input_names=["pixels"],
        output_names=["features"],
        opset_version=17,
        dynamo=False,
    )
    quantise_weights(source, target)
    kept = {tuple(t.dims): t.data_type for t in onnx.load(str(target)).graph.initializer}
    assert kept[512, 64, 1, 1] == onnx.TensorProto.INT8
    assert kept[64, 1, 23, 23] == onnx.TensorProto.FLOAT
    pixels = np.random.default_rng(0).normal(size=(1, 3, 32, 32)).astype(np.float32)
    exact, rounded = (
        ort.InferenceSession(str(file)).run(None, {"pixels": pixels})[0].ravel()
        for file in (source, target)
    )
    assert exact @ rounded > 0.9999 * np.linalg.norm(exact) * np.linalg.norm(rounded)
