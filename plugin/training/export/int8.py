"""The eight-bit variant of an image graph: a quarter of the size, and faster on most processors.

It is quantised statically (QDQ, per channel) with activation ranges calibrated on training images:
dynamic quantisation does nothing for convolutions.

Weights use 7 of the 8 bits. Sums of products of the whole range overflow, silently, on processors
with AVX2 and no VNNI (see onnxruntime's quantisation guide): an emulated Haswell gave features of
cosine 0.986 to those of a newer processor, and codes made on one machine are searched on another.

The image graph's first convolutions stay in fp32: their few channels differ much in range. On the
shipped encoder three, nine and fifteen of them in fp32 gave mean cosines to the fp32 features of
0.990, 0.995 and 0.998; nine cost a third of the speed that int8 gains, fifteen nearly all of it.
They are found by their weights: a system that sees an image at several scales runs the same
convolutions several times. What follows the backbone stays in fp32, unless its matrices, or those
of a backbone that is a transformer, are large.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import onnx
from onnx import numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader,
    CalibrationMethod,
    QuantFormat,
    QuantType,
    quantize_dynamic,
    quantize_static,
)
from onnxruntime.quantization.shape_inference import quant_pre_process

#: How many of the first convolutions stay in fp32: the stem and the first two inverted residuals.
_FLOAT_CONVOLUTIONS = 9
#: Operators of the image graph that are quantised statically.
_STATIC = ("Conv", "Add", "Clip", "GlobalAveragePool")
#: What the names of a backbone's nodes contain: the tracing exporter names nodes after modules,
#: with a number where a module runs again.
_BACKBONE = re.compile(r"/backbone(_\d+)?/")
#: Numbers in the matrices of an image graph from which on these are quantised too. A projection
#: behind a convolutional backbone has fewer, transformers have many times as many.
_MANY_NUMBERS = 1_000_000


class _Batches(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, pixels: npt.NDArray[np.float32], batch_size: int = 4) -> None:
        self._batches: Iterator[dict[str, npt.NDArray[np.float32]]] = iter(
            [{"pixels": pixels[i : i + batch_size]} for i in range(0, len(pixels), batch_size)]
        )

    def get_next(self) -> dict[str, npt.NDArray[np.float32]] | None:
        return next(self._batches, None)


def quantise_image(source: Path, target: Path, pixels: npt.NDArray[np.float32]) -> None:
    """Write the int8 variant of an image graph.

    Args:
        source: the fp32 graph.
        target: where to write.
        pixels: normalised calibration images (N, 3, S, S), none of them a test item.
    """
    logging.getLogger("root").setLevel(logging.ERROR)
    with TemporaryDirectory() as folder:
        prepared, static = Path(folder) / "prepared.onnx", Path(folder) / "static.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(static),
            _Batches(pixels),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            calibrate_method=CalibrationMethod.MinMax,
            op_types_to_quantize=list(_STATIC),
            nodes_to_exclude=_kept(onnx.load(str(prepared)).graph),
        )
        if _numbers_in_matrices(onnx.load(str(static)).graph) < _MANY_NUMBERS:
            shutil.move(static, target)  # the temporary folder may be on another file system
        else:
            quantise_matrices(static, target)


def _numbers_in_matrices(graph: onnx.GraphProto) -> int:
    """Return how many fp32 weights the matrix products have."""
    sizes = {tensor.name: math.prod(tensor.dims) for tensor in graph.initializer}
    products = (node for node in graph.node if node.op_type in ("MatMul", "Gemm"))
    return sum(sizes.get(name, 0) for node in products for name in node.input)


def _kept(graph: onnx.GraphProto) -> list[str]:
    """Return the nodes that stay in fp32: the first convolutions and what is after the backbone."""
    weights = {tensor.name: tensor for tensor in graph.initializer}
    first: set[bytes] = set()
    kept = []
    for node in graph.node:
        if not _BACKBONE.search(node.name):
            kept.append(node.name)
        elif node.op_type == "Conv":
            weight = numpy_helper.to_array(weights[node.input[1]]).tobytes()
            if len(first) < _FLOAT_CONVOLUTIONS:
                first.add(weight)
            if weight in first:
                kept.append(node.name)
    return kept


def quantise_matrices(source: Path, target: Path) -> None:
    """Write the int8 variant of a graph whose weights are matrices and tables."""
    logging.getLogger("root").setLevel(logging.ERROR)
    quantize_dynamic(
        str(source),
        str(target),
        per_channel=True,
        reduce_range=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Gemm", "Gather"],
    )
