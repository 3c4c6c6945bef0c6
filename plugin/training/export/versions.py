"""What made the graphs, for the card."""

from __future__ import annotations

from typing import Any

import onnx
import onnxruntime as ort
import torch

from .graphs import OPSET


def versions() -> dict[str, Any]:
    """Return the card's properties that name the opset and the versions of the exporting tools."""
    return {
        "scene_search:onnx_opset": OPSET,
        "scene_search:exported_with": {
            "torch": torch.__version__.split("+")[0],
            "onnx": onnx.__version__,
            "onnxruntime": ort.__version__,
        },
    }
